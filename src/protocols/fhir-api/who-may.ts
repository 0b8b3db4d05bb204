/** Whose resources a caller may touch, and what it may file (interfaces.md, Scopes). */
import type { Caller, RequireScope } from '../../access/caller.ts';
import { type ScopeLetter, type ScopeLevel, scopeLevels } from '../../access/scope.ts';
import type { Guard } from '../../base/endpoint.ts';
import type { Failure } from '../../base/failure.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { idOfReference } from '../../fhir/reference.ts';
import { everything, type Reach } from '../../fhir/resource-store.ts';

/** Admits a caller whose scope allows the interaction at one of the levels. */
export const allowing = (
  requireScope: RequireScope,
  type: string,
  letter: ScopeLetter,
  levels: readonly ScopeLevel[] = scopeLevels,
): Guard<Caller> => requireScope(...levels.map((level) => `${level}/${type}.${letter}`));

/** The place where a limit to organizations joins the limit to patients. */
export const reachOf = ({ patients }: Caller): Reach =>
  patients ? { patients: patients.map(idOfReference) } : everything;

/** A consent of the patient to whom the client belongs, or of another by a client registered to file for others. */
export function mayFileConsent(
  caller: Caller,
  patient: string,
  status: string | undefined,
): Result<undefined, Failure> {
  if (caller.patient === `Patient/${patient}`) return ok();
  if (caller.patients && !caller.patients.includes(`Patient/${patient}`))
    return err(forbidden('of this patient'));
  if (!caller.may.includes('file')) return err(forbidden('of others'));
  if (status === 'active' && !caller.may.includes('activate'))
    return err(forbidden('of others with status active'));
  return ok();
}

/** The directory says who is who; a client that belongs to patients has no say in that. */
export const mayFileDirectory = (caller: Caller): Result<undefined, Failure> =>
  caller.patients ? err({ ...forbidden(''), detail: 'this client may not write to the directory' }) : ok();

const forbidden = (what: string): Failure => ({
  kind: 'forbidden',
  code: 'forbidden',
  detail: `this client may not file consents ${what}`,
});
