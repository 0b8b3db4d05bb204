/** The tree of a FHIRPath expression, as the library parses it. */
import fhirpath from 'fhirpath';

export type Node = { readonly type: string; readonly text?: string; readonly children?: readonly Node[] };

/** Undefined for what is no FHIRPath. */
export function parseTree(text: string): Node | undefined {
  try {
    return fhirpath.parse(text) as Node;
  } catch {
    return undefined;
  }
}

export const childrenOf = ({ children = [] }: Node): readonly Node[] => children;

/** The name of the function that a node calls. */
export const callOf = (node: Node | undefined): string | undefined =>
  node?.type === 'FunctionInvocation' ? node.text : undefined;

/** What stands between the parentheses of a call. */
export const argumentsOf = (call: Node): readonly Node[] =>
  childrenOf(call)
    .flatMap(childrenOf)
    .filter(({ type }) => type === 'ParamList')
    .flatMap(childrenOf);
