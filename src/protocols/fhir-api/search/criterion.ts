/** One criterion of a search, taken apart: the parameter, what modifies it, and what is asked for (FHIR R4 §3.1.1.4). */
import type { Failure } from '../../../base/failure.ts';
import type { Instant } from '../../../base/instant.ts';
import { ok, type Result } from '../../../base/result.ts';
import { parameterNamed, type SearchParameter, shapeOf } from '../../../fhir/search/search-parameter.ts';
import type { FhirVersion } from '../../../fhir/version.ts';
import { malformedQuery } from '../failures.ts';

export type Criterion = {
  readonly parameter: SearchParameter;
  /** Under which it is indexed in the version asked for. */
  readonly names: readonly string[];
  readonly modifier: string | undefined;
  /** The parameter of the target: `identifier` of `patient.identifier`. */
  readonly chain: string | undefined;
  /** Alternatives, still escaped; at least one. */
  readonly values: readonly string[];
  readonly version: FhirVersion;
};

export type CriteriaContext = { readonly ownBases: readonly string[]; readonly at: Instant };

export type CriterionName = Pick<Criterion, 'parameter' | 'modifier' | 'chain'>;

/** Whether a parameter is known here; `modifier` when it is, and what modifies or chains it is not. */
export type Known = 'yes' | 'no' | 'modifier';

/** `patient`, `patient:missing`, `patient:Patient.identifier`. */
export function readName(
  parameters: readonly SearchParameter[],
  version: FhirVersion,
  written: string,
): CriterionName | Exclude<Known, 'yes'> {
  const [, name = '', modifier, chain] = /^([^:.]*)(?::([^.]*))?(?:\.(.*))?$/s.exec(written) ?? [];
  const parameter = parameterNamed(parameters, shapeOf(version), name);
  if (!parameter) return 'no';
  const read = { parameter, modifier, chain };
  return isSupported(read) ? read : 'modifier';
}

function isSupported({ parameter, modifier, chain }: CriterionName): boolean {
  const isType = modifier !== undefined && isTarget(parameter, modifier);
  if (chain !== undefined)
    return (parameter.chains ?? []).includes(chain) && (modifier === undefined || isType);
  return modifier === undefined || isType || modifiersOf(parameter).includes(modifier);
}

/** `actor:Organization`. */
const isTarget = ({ type, targets, of }: SearchParameter, modifier: string): boolean =>
  type === 'reference' &&
  of === undefined &&
  (targets?.includes(modifier) ?? /^[A-Z][A-Za-z]+$/.test(modifier));

const coded = ['missing', 'not', 'text', 'in', 'not-in', 'above', 'below'];

/** Besides the types of its targets (FHIR R4 §3.1.1.4.5). */
function modifiersOf({ type, of, column }: SearchParameter): readonly string[] {
  if (column === 'id' || column === 'updated') return [];
  switch (type) {
    case 'token':
      if (of === 'Identifier') return ['missing', 'not', 'text', 'of-type'];
      return of === 'boolean' ? ['missing', 'not'] : coded;
    case 'reference':
      return of === 'canonical' ? ['missing'] : ['missing', 'identifier'];
    case 'date':
      return ['missing'];
    case 'uri':
      return ['missing', 'below'];
  }
}

/** What is read of each, or what is wrong with the first that cannot be read. */
export function readEach<Item, Read>(
  items: readonly Item[],
  read: (item: Item) => Result<readonly Read[], Failure>,
): Result<readonly Read[], Failure> {
  const all: Read[] = [];
  for (const item of items) {
    const one = read(item);
    if (!one.ok) return one;
    all.push(...one.value);
  }
  return ok(all);
}

/** What the caller wrote, fit to be shown. */
export const shown = (text: string): string => `\`${text.slice(0, 64).replaceAll(/[^\x20-\x7e]|`/g, '?')}\``;

export const unreadable = (
  { parameter }: Pick<Criterion, 'parameter'>,
  value: string,
  expected: string,
): Failure =>
  malformedQuery(`${shown(value)} cannot be a value of ${shown(parameter.name)}: it takes ${expected}`);
