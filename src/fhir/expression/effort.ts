/** How much an evaluation may do: each step pays for itself and for what the next one will do with its result. */
import { sizeOf } from './plain-data.ts';
import { callOf, childrenOf, type Node } from './tree.ts';

/** What whoever takes the result of a node does with it. */
type Use = 'navigated' | 'walked' | 'compared' | 'united';
export type Taken = { readonly use: Use; readonly by: Node };

/** Some milliseconds at worst; a written expression needs hundreds. */
export const mostEffort = 20_000;

/** Who takes the result of which node. */
export function takersIn(tree: Node, takers = new Map<Node, Taken>()): ReadonlyMap<Node, Taken> {
  const use = useOf(tree);
  const operands = childrenOf(tree).filter((_, index) => index === 0 || use !== 'navigated');
  for (const operand of operands) if (use) takers.set(operand, { use, by: tree });
  for (const child of childrenOf(tree)) takersIn(child, takers);
  return takers;
}

function useOf({ type, children = [] }: Node): Use | undefined {
  if (type === 'InvocationExpression') return walks.has(callOf(children[1]) ?? '') ? 'walked' : 'navigated';
  return uses[type];
}

const walks: ReadonlySet<string> = new Set(['children', 'descendants']);
const uses: Readonly<Record<string, Use>> = {
  EqualityExpression: 'compared',
  InequalityExpression: 'compared',
  MembershipExpression: 'compared',
  UnionExpression: 'united',
};

/** Of one step, and of the one that takes what it found. */
export function effortOf(values: readonly unknown[], use: Use | undefined): number {
  const here = 1 + values.length + total(values, (value) => charactersOf(value) / 256);
  switch (use) {
    case undefined:
      return here;
    case 'navigated':
      return here + total(values, (value) => sizeOf(value).widest);
    case 'walked':
      return here + total(values, (value) => sizeOf(value).values);
    case 'compared':
      return here + comparison(values);
    case 'united':
      return here + everyPair(values);
  }
}

const weightOf = (value: unknown): number => sizeOf(value).weight + charactersOf(value) / 16;

const comparison = (values: readonly unknown[]): number => total(values, weightOf);

/** Each may be compared with each, which costs what the lighter one weighs: at most the product of the roots. */
const everyPair = (values: readonly unknown[]): number =>
  total(values, (value) => Math.sqrt(weightOf(value))) ** 2;

const charactersOf = (value: unknown): number => (typeof value === 'string' ? value.length : 0);

const total = (values: readonly unknown[], of: (value: unknown) => number): number =>
  values.reduce<number>((sum, value) => sum + of(value), 0);
