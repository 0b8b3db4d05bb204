/** What a scope on a resource asks of a patient's consent: which actions, on which types of data. */
import { parseSmartScope, type ScopeLetter } from '../../../access/scope.ts';
import { type Action, actions } from '../../../decision/request.ts';

export type ScopeMeaning = {
  readonly actions: readonly Action[];
  /** Absent means data of any type. */
  readonly types?: readonly string[];
  /** Less is asked than that says, and no consent can say how much less. */
  readonly isNarrower?: true;
};

/**
 * Undefined for a vocabulary we do not speak: such a scope is never granted, since no consent was asked about it.
 * A condition after the question mark narrows further and is the resource server's to carry out.
 */
export function meaningOf(scope: string, resourceType: string | undefined): ScopeMeaning | undefined {
  const smart = parseSmartScope(scope);
  if (smart) {
    const asked = [...new Set(smart.letters.map((letter) => actionOfLetter[letter]))];
    return {
      actions: asked,
      ...(smart.type === '*' ? {} : { types: [smart.type] }),
      ...(smart.condition === undefined ? {} : narrower),
    };
  }
  const action = actionOfWord(scope);
  if (!action) return undefined;
  const type = fhirTypeOf(resourceType);
  // A record is often registered as `Patient`, which then means all of it.
  if (type === 'Patient') return { actions: [action] };
  return { actions: [action], ...(type === undefined ? narrower : { types: [type] }) };
}

const narrower = { isNarrower: true } as const;

/** M-9. Nothing there speaks of deleting; it changes what is held as an update does, so it asks for the same. */
const actionOfLetter: Readonly<Record<ScopeLetter, Action>> = {
  r: 'access',
  s: 'access',
  c: 'collect',
  u: 'correct',
  d: 'correct',
};

const actionOfWord = (word: string): Action | undefined =>
  word === 'read' || word === 'search' ? 'access' : actions.find((action) => action === word);

/** `http://hl7.org/fhir/Observation`. */
const fhirTypeOf = (uri: string | undefined): string | undefined =>
  /^http:\/\/hl7\.org\/fhir\/(?:StructureDefinition\/)?(?<type>[A-Z][A-Za-z]+)$/.exec(uri ?? '')?.groups?.[
    'type'
  ];
