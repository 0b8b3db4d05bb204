/** What a resource server answers without a sufficient RPT (UMA Grant §3.2; uma2.md §6, U25). */
import { expect, it } from 'vitest';
import { challenge, requestTicket } from '../../src/sdk/index.ts';
import { connected, fakeAuthority, losingPatience, says, staysSilent } from './fake-authority.ts';

const authority = fakeAuthority();
const wanted = [{ resourceId: 'rsrc-7f3a', scopes: ['patient/Observation.rs'] }];
const unreachable = { status: 403, headers: { Warning: '199 - "UMA Authorization Server Unreachable"' } };

it('U1 (G 3.2.1): with a ticket it is a challenge that names the authority by its issuer', async () => {
  const ticket = await requestTicket(await connected(authority), wanted);
  expect(challenge('records', authority.issuer, ticket)).toEqual({
    status: 401,
    headers: { 'WWW-Authenticate': `UMA realm="records", as_uri="${authority.issuer}", ticket="tU1"` },
  });
});

it('a realm in quotation marks stays one parameter (RFC 9110 §5.6.4)', () => {
  const { headers } = challenge('a "b", ticket="x" \\', 'https://as.example', { ok: true, value: 't' });
  expect(headers['WWW-Authenticate']).toBe(
    'UMA realm="a \\"b\\", ticket=\\"x\\" \\\\", as_uri="https://as.example", ticket="t"',
  );
});

it('U25 (G 3.2.2): without one it is 403 and the warning: the authority does not answer', async () => {
  authority.on('/uma/permission', staysSilent);
  const ticket = await requestTicket(await losingPatience(await connected(authority)), wanted);
  expect(challenge('records', authority.issuer, ticket)).toEqual(unreachable);
});

it('U25 (G 3.2.2): or it refuses', async () => {
  authority.on('/uma/permission', says(400, { error: 'invalid_resource_id' }));
  const ticket = await requestTicket(await connected(authority), wanted);
  expect(challenge('records', authority.issuer, ticket)).toEqual(unreachable);
});
