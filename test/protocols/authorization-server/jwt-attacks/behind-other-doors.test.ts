/** The same attacks where an access token opens what is not OAuth's: the FHIR API and the decision APIs (RFC 6750 §3.1). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgeries } from '../../../support/jwt-attacks/forgeries.ts';
import { fitsHeader } from '../../../support/jwt-attacks/place.ts';
import { aKey, type Statement } from '../../../support/jwt-attacks/statement.ts';
import { headerOf, payloadOf } from '../../../support/keys.ts';
import { type Service, startService } from '../../../support/service.ts';

let service: Service;
let reader: Awaited<ReturnType<Service['clientWith']>>;
let statement: Statement;

beforeAll(async () => {
  service = await startService();
  reader = await service.clientWith(['system/*.cruds', 'decision', 'decision.explain', 'b2b']);
  const token = reader.authorization.slice('Bearer '.length);
  const [publicJwk] = (await service.send('GET', '/oauth/jwks')).body.keys;
  // A forger has no more than the public key; whatever is made from a genuine signature is left to other doors.
  statement = { header: headerOf(token), payload: payloadOf(token), key: { ...(await aKey()), publicJwk } };
});
afterAll(() => service.stop());

const question = { patient: 'Patient/ann', requester: { type: 'patient' }, purposes: ['TREAT'] };
const evaluation = {
  subject: { type: 'patient', id: 'Patient/ann' },
  action: { name: 'read' },
  resource: { type: 'Observation', id: 'o', properties: { patient: 'Patient/ann' } },
  context: { purpose_of_use: ['TREAT'] },
};
const doors: readonly (readonly [method: string, path: string, body: object | undefined])[] = [
  ['GET', '/fhir/R4/Consent?patient=ann', undefined],
  ['GET', '/fhir/R5/AuditEvent', undefined],
  ['POST', '/fhir/R5/Patient', { resourceType: 'Patient' }],
  ['POST', '/decisions', question],
  ['POST', '/decisions/explain', question],
  ['POST', '/access/v1/evaluation', evaluation],
];

describe.each([...doors])('%s %s', (method, path, body) => {
  const knock = (authorization: string) =>
    service.send(method, path, body, { authorization, 'x-request-id': randomUUID() });

  it.each(forgeries)('is opened by no %s', async (_, forge) => {
    const token = await forge(statement);
    if (!fitsHeader(token)) return;
    const { status, text, headers } = await knock(`Bearer ${token}`);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(text).not.toMatch(/jose|signature|alg|kid|stack/i);
  });

  it('and is opened by the genuine one', async () => {
    expect([200, 201]).toContain((await knock(reader.authorization)).status);
  });
});
