/** The invariants that FHIR publishes, evaluated as they are written by a FHIRPath library. */
import fhirpath from 'fhirpath';
import type { FailurePart } from '../../base/failure.ts';
import type { JsonObject } from '../../base/json.ts';
import { elements } from '../read-element.ts';

export type Invariant = {
  readonly key: string;
  readonly severity: 'error' | 'warning';
  /** The type or path it is a constraint of. */
  readonly context: string;
  /** As published. */
  readonly human: string;
  readonly expression: string;
  /** It holds wherever this element is missing, and need not be evaluated there. */
  readonly when?: string;
  /** It holds wherever this element is present, likewise. */
  readonly unless?: string;
  /** The list whose items it is about one by one, so that the one at fault can be named. */
  readonly each?: string;
  /** What is missing; without it the resource itself is named. */
  readonly wants?: string;
};

export type Broken = { readonly severity: Invariant['severity']; readonly part: FailurePart };

/** Of a resource whose structure was found right. */
export function brokenInvariants(table: readonly Invariant[], resource: JsonObject): readonly Broken[] {
  return table.flatMap((invariant) => {
    if (isPlain(invariant, resource) || holds(invariant, resource)) return [];
    const { key, severity, human } = invariant;
    return placesOf(invariant, resource).map((pointer) => ({
      severity,
      part: { code: 'invariant', detail: `${lowerCased(human)} (${key})`, pointer },
    }));
  });
}

const isPlain = ({ when, unless }: Invariant, resource: JsonObject): boolean =>
  (when !== undefined && resource[when] === undefined) ||
  (unless !== undefined && resource[unless] !== undefined);

function placesOf(invariant: Invariant, resource: JsonObject): readonly string[] {
  const type = String(resource['resourceType']);
  const { each, wants } = invariant;
  if (wants !== undefined) return [`${type}.${wants}`];
  if (each === undefined) return [type];
  return elements(resource, each).flatMap((item, index) =>
    holds(invariant, { [each]: [item] }) ? [] : [`${type}.${each}[${index}]`],
  );
}

/** Whether the expression says `true`: an invariant that says nothing is not met. */
export function holds({ expression }: Pick<Invariant, 'expression'>, resource: JsonObject): boolean {
  const [answer]: readonly unknown[] = compiled(expression)(resource, { resource, rootResource: resource });
  return answer === true;
}

type Evaluate = (resource: JsonObject, variables: Readonly<Record<string, JsonObject>>) => readonly unknown[];

const evaluators = new Map<string, Evaluate>();

/** Without a model of types, which none of the expressions asks for and which would take its time to load. */
function compiled(expression: string): Evaluate {
  const known = evaluators.get(expression);
  if (known) return known;
  const evaluate: Evaluate = fhirpath.compile(expression, undefined, { async: false });
  evaluators.set(expression, evaluate);
  return evaluate;
}

const lowerCased = (human: string): string =>
  /^[A-Z][a-z ]/.test(human) ? human.charAt(0).toLowerCase() + human.slice(1) : human;
