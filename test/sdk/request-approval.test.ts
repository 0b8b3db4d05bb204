import { decodeJwt, decodeProtectedHeader, generateKeyPair, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { asInstant } from '../../src/base/instant.ts';
import { actReason, idTokenFormat, requestApproval, signClaimToken } from '../../src/sdk/index.ts';
import {
  connected,
  fakeAuthority,
  losingPatience,
  redirectsTo,
  says,
  staysSilent,
} from './fake-authority.ts';

const authority = fakeAuthority();
const request = { ticket: 'tU1', claimToken: 'signed.about.somebody' };
const token = '/oauth/token';

describe('asking for an approval in the back channel (variant B1)', () => {
  it('redeems the ticket with the claim token and our own proof', async () => {
    authority.on(token, says(200, { access_token: 'rpt-u', token_type: 'Bearer', expires_in: 300 }));
    expect(await requestApproval(await connected(authority), request)).toEqual({ ok: true, value: 'rpt-u' });
    const form = Object.fromEntries(new URLSearchParams(authority.to(token)[0]?.body));
    expect(form).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
      ticket: 'tU1',
      claim_token: 'signed.about.somebody',
      claim_token_format: idTokenFormat,
    });
    expect(decodeJwt(form['client_assertion'] ?? '')).toMatchObject({
      sub: 'hospital',
      aud: authority.issuer,
    });
  });

  it.each([
    ['a denial', 403, { error: 'request_denied' }, { reason: 'approval-denied' }],
    [
      'a wish for more claims',
      403,
      {
        error: 'need_info',
        ticket: 'tU2',
        required_claims: [{ name: 'purpose' }],
        redirect_user: 'https://a.example',
      },
      { reason: 'more-information-needed', ticket: 'tU2', redirectUser: 'https://a.example' },
    ],
    [
      'a patient who was asked',
      403,
      { error: 'request_submitted', ticket: 'tU2', interval: 30 },
      { reason: 'approval-pending', ticket: 'tU2', intervalSeconds: 30 },
    ],
    [
      'a spent ticket',
      400,
      { error: 'invalid_grant' },
      { reason: 'authority-refused', error: 'invalid_grant' },
    ],
    ['need_info without a ticket', 403, { error: 'need_info' }, { reason: 'authority-unreadable' }],
    [
      'need_info with the ticket just spent',
      403,
      { error: 'need_info', ticket: 'tU1' },
      { reason: 'authority-unreadable' },
    ],
    ['a success without a token', 200, { token_type: 'Bearer' }, { reason: 'authority-unreadable' }],
  ])('turns %s into a failure that says so', async (_, status, body, failure) => {
    authority.on(token, says(status, body));
    expect(await requestApproval(await connected(authority), request)).toMatchObject({ ok: false, failure });
  });

  it('is not led elsewhere with the claim token in hand', async () => {
    const upstream = await connected(authority);
    authority.on(token, redirectsTo(`${authority.issuer}/stolen`));
    expect(await requestApproval(upstream, request)).toMatchObject({
      failure: { reason: 'authority-unreadable' },
    });
    expect(authority.to('/stolen')).toEqual([]);
  });

  it('does not wait for ever', async () => {
    const upstream = await losingPatience(await connected(authority));
    authority.on(token, staysSilent);
    expect(await requestApproval(upstream, request)).toMatchObject({
      failure: { reason: 'authority-timeout' },
    });
  });
});

describe('the claim token', () => {
  it('names requester, purpose and the client behind, for one audience and five minutes', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const at = asInstant(Date.now());
    const purposes = [{ system: actReason, code: 'TREAT' }];
    const signed = await signClaimToken(
      { issuer: 'https://idp.example', key: { key: privateKey, kid: 'k' } },
      'https://consent.example.org',
      { subject: 'prac-81', purposes, organizationId: 'urn:oid:1.2.3', onBehalfOfClient: 'ehr-1' },
      at,
    );
    const { payload } = await jwtVerify(signed, publicKey, { audience: 'https://consent.example.org' });
    expect(payload).toMatchObject({ iss: 'https://idp.example', sub: 'prac-81', client_id: 'ehr-1' });
    expect(payload['extensions']).toEqual({
      ihe_iua: { purpose_of_use: purposes, subject_organization_id: 'urn:oid:1.2.3' },
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
    expect(payload.jti).toMatch(/^[\da-f-]{36}$/);
    expect(decodeProtectedHeader(signed).alg).toBe('ES256');
  });
});
