/** Whether a patient is, at this moment, one that each of these clients is registered for (interfaces.md, Scopes). */
import type { FindPatient } from '../../../access/find-on-file.ts';
import { isWithin, type Limits } from '../../../access/patient-in-reach.ts';
import { type Client, isClientId } from '../../authorization-server/client.ts';
import type { ClientStore } from '../../authorization-server/client-store.ts';
import type { RequestingParty } from './requesting-party.ts';

export type ReachDeps = { readonly findPatient: FindPatient };

/** Asked anew at every step: the patient's organization may have changed, or the registration. */
export async function isWithinRegistrations(
  { findPatient }: ReachDeps,
  patient: string,
  registrations: readonly Limits[] | Promise<readonly Limits[]>,
): Promise<boolean> {
  const [onFile, all] = await Promise.all([findPatient(patient), registrations]);
  return onFile !== undefined && all.every((limits) => isWithin(limits, onFile));
}

/** The registrations that limit whom an approval may be about: the redeemer's, and that of the client it asks for. */
export async function registrationsBehind(
  { clients }: { readonly clients: Pick<ClientStore, 'find'> },
  redeemer: Limits & Pick<Client, 'id'>,
  { requester: { clientId } }: Pick<RequestingParty, 'requester'>,
): Promise<readonly Limits[]> {
  if (clientId === redeemer.id || !isClientId(clientId)) return [redeemer];
  const behind = await clients.find(clientId);
  if (behind?.disabledAt !== undefined) return [redeemer, nobodyInReach];
  return behind ? [redeemer, behind] : [redeemer];
}

const nobodyInReach: Limits = { patients: [] };
