/** A client, and the moment of all contracts. */
import { randomUUID } from 'node:crypto';
import { asInstant } from '../../src/base/instant.ts';
import type { Client } from '../../src/protocols/authorization-server/client.ts';

export const at = asInstant(Date.UTC(2026, 9, 1, 10) + 123);

export const aClient = (given: Partial<Client> = {}): Client => ({
  id: randomUUID(),
  name: 'a client',
  jwks: [{ kty: 'EC', kid: 'k' }],
  grants: ['client_credentials'],
  scopes: ['b2b'],
  may: [],
  createdAt: at,
  ...given,
});
