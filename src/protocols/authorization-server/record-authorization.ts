/** What the audit log keeps of a patient who was asked and answered: all that was agreed (audit.md A-9). */
import type { AuthorizationEntry } from '../../audit/audit-log.ts';
import type { RandomBytes } from '../../base/clock.ts';
import type { Asked } from '../../base/endpoint.ts';
import { randomId } from '../../base/ids.ts';
import type { Authorization } from './authorization-store.ts';
import type { Client } from './client.ts';

export type PatientsWord = Pick<Asked, 'at' | 'requestId' | 'address'> & {
  readonly client: Pick<Client, 'id'>;
  /** `Patient/ann`. */
  readonly patient: string;
  readonly scopes: readonly string[];
  /** RFC 8707; empty: our own APIs. */
  readonly resources: readonly string[];
};

/** @param authorization what was written down, where the patient agreed */
export const recordOfWord = (
  random: RandomBytes,
  { client, patient, scopes, resources, at, requestId, address }: PatientsWord,
  authorization?: Pick<Authorization, 'id' | 'expiresAt'>,
): AuthorizationEntry => ({
  kind: 'authorization',
  id: randomId(random),
  recordedAt: at,
  patient,
  answer: authorization === undefined ? 'denied' : 'allowed',
  scopes,
  resources,
  ...(authorization === undefined ? {} : { expiresAt: authorization.expiresAt }),
  circumstances: {
    door: 'authorize',
    clientId: client.id,
    requestId,
    ...(authorization === undefined ? {} : { transaction: authorization.id }),
    ...(address === undefined ? {} : { address }),
  },
});
