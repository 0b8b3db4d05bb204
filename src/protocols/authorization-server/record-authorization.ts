/** What the audit log keeps of a patient who was asked and answered: a decision without a consent (audit.md A-9). */
import { parseSmartScope } from '../../access/scope.ts';
import type { DecisionEntry } from '../../audit/audit-log.ts';
import type { RandomBytes } from '../../base/clock.ts';
import type { Asked } from '../../base/endpoint.ts';
import { randomId } from '../../base/ids.ts';
import type { Client } from './client.ts';

export type PatientsWord = Pick<Asked, 'at' | 'requestId' | 'address'> & {
  readonly client: Pick<Client, 'id'>;
  /** `Patient/ann`. */
  readonly patient: string;
  readonly scopes: readonly string[];
};

/** @param authorization what was written down, where the patient agreed */
export function recordOfWord(
  random: RandomBytes,
  { client, patient, scopes, at, requestId, address }: PatientsWord,
  authorization?: string,
): DecisionEntry {
  const types = typesIn(scopes);
  return {
    kind: 'decision',
    id: randomId(random),
    recordedAt: at,
    patient,
    ...(authorization === undefined
      ? { outcome: 'deny', reason: 'explicit-deny' }
      : { outcome: 'permit', reason: 'permitted' }),
    basis: [],
    conflict: false,
    action: 'access',
    ...(types.length === 0 ? {} : { resourceTypes: types }),
    purposes: ['PATRQT'],
    requester: { type: 'patient', reference: patient, clientId: client.id },
    circumstances: {
      door: 'authorize',
      clientId: client.id,
      requestId,
      ...(authorization === undefined ? {} : { transaction: authorization }),
      ...(address === undefined ? {} : { address }),
    },
  };
}

/** None where the scopes mean any. */
function typesIn(scopes: readonly string[]): readonly string[] {
  const types = scopes.flatMap((scope) => parseSmartScope(scope)?.type ?? []);
  return types.includes('*') ? [] : [...new Set(types)].sort();
}
