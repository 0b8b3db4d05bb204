/** Which consents take the place of which (consent-decisioning.md C-3, R-27). */
import type { Consent } from '../../consent/consent.ts';
import { type Coding, codeSystems, codingToken } from '../../fhir/coding.ts';
import { namesOfReference, type Reference } from '../../fhir/reference.ts';
import { type Directory, namesOf } from '../directory.ts';
import type { Subject } from '../program.ts';
import { namesPatient } from './subject.ts';

/**
 * For each consent the places of those that supersede it while they are in force. Consents that take each other's place in
 * a circle leave one another where they are, and one without authority takes nobody's: it would undo what the patient said.
 */
export function supersessionIn(
  consents: readonly Consent[],
  hasAuthority: readonly boolean[],
  subject: Subject,
  directory: Directory,
): readonly (readonly number[])[] {
  const traits = consents.map((consent) => traitsOf(consent, subject, directory));
  const claimed = consents.map((older, place) =>
    consents.flatMap((newer, at) => {
      const [old, recent] = [traits[place], traits[at]];
      if (at === place || !old || !recent || !hasAuthority[at]) return [];
      const isNamed = refersTo(newer, older) && !isCertainlyEarlier(recent, old);
      return isNamed || isSuccessor(recent, old) ? [at] : [];
    }),
  );
  return claimed.map((successors, place) => successors.filter((at) => !leadsTo(claimed, at, place)));
}

/** Whether somebody who supersedes it, or supersedes who supersedes it, is the one looked for. */
function leadsTo(claimed: readonly (readonly number[])[], from: number, wanted: number): boolean {
  const reached = [from];
  for (const place of reached)
    for (const next of claimed[place] ?? []) {
      if (next === wanted) return true;
      if (!reached.includes(next)) reached.push(next);
    }
  return false;
}

const isCertainlyEarlier = ({ dated: one }: Traits, { dated: other }: Traits): boolean =>
  one?.end !== undefined && other?.start !== undefined && one.end < other.start;

type Traits = {
  readonly policies: readonly string[];
  readonly grantors: string;
  readonly categories: string | undefined;
  readonly controllers: string;
  readonly dated: Consent['dated'];
};

/** Same grantor, category and controllers, one policy in common, and signed later: on one day nobody can tell. */
function isSuccessor(newer: Traits, older: Traits): boolean {
  return (
    newer.dated !== undefined &&
    older.dated !== undefined &&
    newer.dated.start !== undefined &&
    older.dated.end !== undefined &&
    newer.dated.start > older.dated.end &&
    newer.controllers !== '' &&
    newer.controllers === older.controllers &&
    newer.grantors === older.grantors &&
    newer.categories !== undefined &&
    newer.categories === older.categories &&
    newer.policies.some((policy) => older.policies.includes(policy))
  );
}

function traitsOf(consent: Consent, subject: Subject, directory: Directory): Traits {
  const { policies, grantors, controllers, categories, dated } = consent;
  return {
    policies,
    dated,
    grantors: written(grantors, directory, (each) => namesPatient(each, subject)) || patient,
    controllers: written(controllers, directory, () => false),
    categories: categories?.uncoded ? undefined : categoriesOf(categories?.values ?? []),
  };
}

const patient = 'patient';

/** Each party under the first of all its names, so that a reference and an identifier of one organization are one. */
function written(
  references: readonly Reference[],
  directory: Directory,
  isPatient: (reference: Reference) => boolean,
): string {
  const each = references.map((reference) =>
    isPatient(reference)
      ? patient
      : ([...namesOf(directory, namesOfReference(reference))].sort()[0] ?? reference.foreign ?? '?'),
  );
  return [...new Set(each)].sort().join(' ');
}

const isUsual = ({ system, code }: Coding): boolean =>
  system === codeSystems.consentScope && code === 'patient-privacy';

/** Compared after mapping: R5 says the scope of R4 as a category, and leaves out the one that goes without saying. */
const categoriesOf = (codings: readonly Coding[]): string =>
  [...new Set(codings.filter((coding) => !isUsual(coding)).map(codingToken))].sort().join(' ');

const refersTo = ({ sources }: Consent, { id }: Consent): boolean =>
  sources.some(({ local }) => local === `Consent/${id}`);
