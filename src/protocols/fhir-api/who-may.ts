/** Whose resources a caller may touch, and what it may file (interfaces.md, Scopes). */
import type { Caller, RequireScope } from '../../access/caller.ts';
import { levelsAllowing, type ScopeLetter, type ScopeLevel, scopeLevels } from '../../access/scope.ts';
import type { Guard } from '../../base/endpoint.ts';
import type { Failure } from '../../base/failure.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { idOfReference } from '../../fhir/reference.ts';
import { isDeletion } from '../../fhir/resource.ts';
import { everything, type Reach, type ReadResources } from '../../fhir/resource-store.ts';

/** Admits a caller whose scope allows the interaction at one of the levels. */
export const allowing = (
  requireScope: RequireScope,
  type: string,
  letter: ScopeLetter,
  levels: readonly ScopeLevel[] = scopeLevels,
): Guard<Caller> => requireScope(...levels.map((level) => `${level}/${type}.${letter}`));

/** The levels at which resources are deleted: a patient's own scopes do not reach so far. */
export const administrators: readonly ScopeLevel[] = ['user', 'system'];

/** Of the patients named in the registration, else of the organizations named there, else of all. */
export function reachOf({ patients, organizations }: Caller): Reach {
  if (patients) return { patients: patients.map(idOfReference) };
  return organizations ? { organizations } : everything;
}

/** Of types that tell nothing of a patient, all. */
export const reachIn = (kind: { readonly ofPatients: boolean }, caller: Caller): Reach =>
  kind.ofPatients ? reachOf(caller) : everything;

/** Whoever may not file for others, and belongs to nobody, has nothing to look for under a condition, or to try out. */
export const mayFileSome = (caller: Caller): Result<undefined, Failure> =>
  caller.patient !== undefined || caller.may.includes('file') ? ok() : err(forbidden('consents of others'));

/** A condition tells what there is, as a search does (SMART scopes, `s`). */
export const maySearch = ({ scopes }: Caller, type: string): Result<undefined, Failure> =>
  levelsAllowing(scopes, type, 's').length > 0
    ? ok()
    : err({ kind: 'forbidden', code: 'forbidden', detail: `a condition takes a scope to search ${type}` });

export const mayRead = ({ scopes }: Caller, type: string): boolean =>
  levelsAllowing(scopes, type, 'r').length > 0;

/** A consent of the patient to whom the client belongs, or of another by a client registered to file for others. */
export async function mayFileConsent(
  resources: ReadResources,
  caller: Caller,
  patient: string | undefined,
  status: string | undefined,
): Promise<Result<undefined, Failure>> {
  if (patient !== undefined && caller.patient === `Patient/${patient}`) return ok();
  if (!caller.may.includes('file')) return err(forbidden('consents of others'));
  if (!(await isInReach(resources, caller, patient))) return err(forbidden('consents of this patient'));
  if (status === 'active' && !caller.may.includes('activate'))
    return err(forbidden('active consents of others'));
  return ok();
}

/** The consent of a Group or a Practitioner is of no patient: it is nobody's whose reach is limited. */
async function isInReach(
  resources: ReadResources,
  caller: Caller,
  patient: string | undefined,
): Promise<boolean> {
  if (patient === undefined) return !caller.patients && !caller.organizations;
  if (caller.patients) return caller.patients.includes(`Patient/${patient}`);
  if (!caller.organizations) return true;
  const onFile = await resources.read('Patient', patient, reachOf(caller));
  return onFile !== undefined && !isDeletion(onFile);
}

/**
 * Deleting is administration: a patient, or whoever acts for one, withdraws a consent by filing it as `inactive`
 * (fhir-consent.md §8).
 */
export const mayDelete = (caller: Caller): Result<undefined, Failure> =>
  caller.patient === undefined ? ok() : err(onlyWithdrawn);

const onlyWithdrawn: Failure = {
  kind: 'forbidden',
  code: 'forbidden',
  detail: 'a consent is withdrawn by filing it as `inactive`, not by deleting it',
};

/**
 * The directory says who is who; a client that is limited to some of them has no say in that. INVARIANT: nor in which
 * patients are one, or belong to a Group, since consents of one then count for the other (EV-4).
 */
export const mayFileDirectory = ({ patients, organizations }: Caller): Result<undefined, Failure> =>
  patients || organizations ? err(forbidden('directory resources')) : ok();

const forbidden = (what: string): Failure => ({
  kind: 'forbidden',
  code: 'forbidden',
  detail: `this client may not file ${what}`,
});
