/** Whether whoever gave a consent could give it, and until when that lasts (consent-decisioning.md PR-1 … PR-3). */
import { overlaps, type Period } from '../../base/period.ts';
import type { ActorCriterion, Consent, Defect, Provision } from '../../consent/consent.ts';
import { namesOfReference, type Reference } from '../../fhir/reference.ts';
import { authorityOf, heldWhen, roleSystems } from '../authority.ts';
import { type Directory, namesOf } from '../directory.ts';
import type { CompiledConsent, Subject } from '../program.ts';
import type { DecisionSettings } from '../settings.ts';
import { namesPatient } from './subject.ts';

/** What authority is looked for in. */
export type OnFile = {
  readonly subject: Subject;
  readonly directory: Directory;
  readonly settings: DecisionSettings;
  /** The consents of the patient, of which one may delegate. */
  readonly consents: readonly Consent[];
};

type Standing = Pick<CompiledConsent, 'agesOut' | 'isOwn'> & { readonly defects: readonly Defect[] };

/** An absent grantor is taken to be the patient (C-3). */
export function standingOf(consent: Consent, onFile: OnFile): Standing {
  const { grantors } = consent;
  const { subject } = onFile;
  if (grantors.length === 0 || grantors.some((grantor) => namesPatient(grantor, subject))) return own;
  const held = grantors.flatMap((grantor) => authoritiesAt(grantor, consent.signed, onFile));
  if (
    held.some(({ isParental }) => !isParental) ||
    grantors.some((each) => isDelegate(each, consent, onFile))
  )
    return sound;
  const wasOfAge =
    subject.majority !== undefined && (consent.signed.start ?? Number.NEGATIVE_INFINITY) >= subject.majority;
  if (held.length === 0 || wasOfAge) return unauthorized;
  return { defects: [], isOwn: false, agesOut: subject.majority };
}

const own: Standing = { defects: [], isOwn: true, agesOut: undefined };
const sound: Standing = { ...own, isOwn: false };
const unauthorized: Standing = {
  isOwn: false,
  defects: [{ reason: 'grantor-without-authority', detail: 'no authority of its grantor is on file' }],
  agesOut: undefined,
};

const authoritiesAt = (grantor: Reference, signed: Period, { subject, directory, settings }: OnFile) =>
  [...namesOf(directory, namesOfReference(grantor))]
    .flatMap((name) => authorityOf(directory.entries.get(name), directory, settings) ?? [])
    .filter((authority) => heldWhen(authority, signed))
    .filter(({ patient }) => [...patient].some((name) => subject.names.has(name)));

/**
 * Named as a delegate by a consent that the patient gave, in force when this one was signed (PR-1). One that the patient
 * gave again later, on the same policy, speaks for itself: what the older one delegated ended with it.
 */
function isDelegate(
  grantor: Reference,
  { id, signed }: Consent,
  { consents, subject, directory }: OnFile,
): boolean {
  const names = namesOf(directory, namesOfReference(grantor));
  const isNamed = (actor: ActorCriterion): boolean =>
    actor.roles.some(({ system, code }) => code === 'DELEGATEE' && roleSystems.has(system)) &&
    namesOfReference(actor.reference ?? {}).some((name) => names.has(name));
  const ofPatient = consents.filter(
    ({ defects, grantors }) => defects.length === 0 && grantors.every((each) => namesPatient(each, subject)),
  );
  return ofPatient.some(
    (other) =>
      other.id !== id &&
      overlaps(other.period, signed) &&
      permittedActors(other, signed).some(isNamed) &&
      !ofPatient.some((newer) => newer !== other && isGivenAgain(other, newer, signed)),
  );
}

/** Before the delegate signed, or on the same day. */
const isGivenAgain = (older: Consent, newer: Consent, signed: Period): boolean =>
  (newer.policies.some((policy) => older.policies.includes(policy)) ||
    newer.sources.some(({ local }) => local === `Consent/${older.id}`)) &&
  (newer.signed.start ?? 0) > (older.signed.start ?? 0) &&
  (newer.signed.start ?? 0) <= (signed.end ?? Number.POSITIVE_INFINITY);

function permittedActors({ rules }: Consent, signed: Period): readonly ActorCriterion[] {
  const inside = (provisions: readonly Provision[]): readonly ActorCriterion[] =>
    provisions
      .filter(({ period }) => overlaps(period, signed))
      .flatMap(({ effect, condition, children }) => [
        ...(effect === 'permit' ? (condition.actors ?? []) : []),
        ...inside(children),
      ]);
  return rules.flatMap(({ base, scope, exceptions }) => [
    ...(base === 'permit' ? (scope.actors ?? []) : []),
    ...inside(exceptions),
  ]);
}
