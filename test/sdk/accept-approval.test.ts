import { describe, expect, it } from 'vitest';
import { asInstant, plusSeconds, toEpochSeconds } from '../../src/base/instant.ts';
import type { JsonObject } from '../../src/base/json.ts';
import {
  acceptApproval,
  actReason,
  type Expectation,
  reviewApproval,
  seenTokensInMemory,
  type Upstream,
} from '../../src/sdk/index.ts';
import {
  connected,
  fakeAuthority,
  losingPatience,
  redirectsTo,
  says,
  staysSilent,
} from './fake-authority.ts';

const authority = fakeAuthority();
const introspection = '/oauth/introspect';
const now = asInstant(Date.UTC(2026, 9, 1, 10));
const seconds = (later: number): number => toEpochSeconds(plusSeconds(now, later));
const treat = { system: actReason, code: 'TREAT' };
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';

/** What an honest authority says about an approval made for this transaction. */
const approval = (): JsonObject => ({
  active: true,
  iss: authority.issuer,
  aud: 'https://hospital.example',
  client_id: 'ehr-1',
  sub: 'pairwise-51',
  rqp: { iss: 'https://hospital.example', sub: 'prac-81' },
  iat: seconds(-10),
  exp: seconds(290),
  jti: 'u-1',
  txn: 'p-77',
  permissions: [
    {
      resource_id: 'rsrc-7f3a',
      resource_scopes: ['patient/Observation.rs', 'patient/Group.rs'],
      exp: seconds(200),
    },
    { resource_id: 'rsrc-other', resource_scopes: ['patient/Condition.rs'] },
  ],
  obligations: ['NORDSCLCD'],
  extensions: {
    ihe_iua: { purpose_of_use: [treat] },
    ihe_pcf: {
      patient_id: 'Patient/ann',
      doc_id: ['Consent/77'],
      residual: [{ type: 'forbid', securityLabel: [{ system: confidentiality, code: 'R' }] }],
    },
  },
});

const expectation: Expectation = {
  audience: 'https://hospital.example',
  resourceId: 'rsrc-7f3a',
  requestedScopes: ['observation.read', 'condition.read'],
  organizationalScopes: ['observation.read', 'condition.read', 'group.read'],
  scopeMap: {
    'patient/Observation.rs': ['observation.read'],
    'patient/Condition.rs': ['condition.read'],
    'patient/Group.rs': ['group.read'],
  },
  requester: { issuer: 'https://hospital.example', subject: 'prac-81' },
  clientId: 'ehr-1',
  purposes: [treat],
  understoodObligations: ['NORDSCLCD'],
};

const upstreamNow = async (): Promise<Upstream> => await connected(authority, { clock: () => now });

const reasonWhen = async (
  changed: JsonObject,
  expected: Partial<Expectation> = {},
  seen = seenTokensInMemory(),
): Promise<string> => {
  authority.on(introspection, says(200, { ...approval(), ...changed }));
  const granted = await acceptApproval(await upstreamNow(), 'rpt-u', { ...expectation, ...expected }, seen);
  return granted.ok ? 'granted' : granted.failure.reason;
};

describe('accepting an approval', () => {
  it('grants what all sides grant, until the first of them ends, with what must be carried', async () => {
    authority.on(introspection, says(200, approval()));
    const granted = await acceptApproval(await upstreamNow(), 'rpt-u', expectation, seenTokensInMemory());
    expect(granted).toEqual({
      ok: true,
      value: {
        scopes: ['observation.read'],
        expiresAt: plusSeconds(now, 200),
        residual: [{ type: 'forbid', securityLabel: [{ system: confidentiality, code: 'R' }] }],
        obligations: [{ type: 'NORDSCLCD', wire: 'NORDSCLCD' }],
        purposes: [treat],
        patient: 'Patient/ann',
        consents: ['Consent/77'],
        tokenId: 'u-1',
        transaction: 'p-77',
      },
    });
    const [asked] = authority.to(introspection);
    expect(asked).toMatchObject({
      authorization: 'Bearer pat-1',
      body: 'token=rpt-u&token_type_hint=access_token',
    });
  });

  it('ends after the re-check interval at the latest (D12)', async () => {
    authority.on(introspection, says(200, approval()));
    const hurried = { ...expectation, longestSeconds: 60 };
    const granted = await acceptApproval(await upstreamNow(), 'rpt-u', hurried, seenTokensInMemory());
    expect(granted.ok && granted.value.expiresAt).toBe(plusSeconds(now, 60));
  });

  it.each([
    ['D1 another issuer', { iss: 'https://rogue.example' }, 'untrusted-issuer'],
    ['D2 another audience', { aud: 'https://clinic.example' }, 'wrong-audience'],
    [
      'D2 a second audience',
      { aud: ['https://hospital.example', 'https://clinic.example'] },
      'wrong-audience',
    ],
    ['D2 no audience left', { aud: [] }, 'wrong-audience'],
    ['D3 an expiry that has come', { exp: seconds(0) }, 'outside-validity'],
    ['D3 a start still to come', { nbf: seconds(31) }, 'outside-validity'],
    ['D3 an issue in the future', { iat: seconds(31) }, 'outside-validity'],
    ['D3 a start that cannot be read', { nbf: 'soon' }, 'authority-unreadable'],
    ['D3 milliseconds', { exp: seconds(290) * 1000 }, 'authority-unreadable'],
    ['D4 inactive', { active: false }, 'approval-inactive'],
    ['D4 active as a string', { active: 'true' }, 'authority-unreadable'],
    [
      'D6 another record',
      { permissions: [{ resource_id: 'x', resource_scopes: ['patient/Observation.rs'] }] },
      'wrong-resource',
    ],
    ['D6 no permission', { permissions: [] }, 'wrong-resource'],
    [
      'D5 a scope nobody asked for',
      { permissions: [{ resource_id: 'rsrc-7f3a', resource_scopes: ['patient/Group.rs'] }] },
      'nothing-granted',
    ],
    [
      'D5 an unmapped scope',
      { permissions: [{ resource_id: 'rsrc-7f3a', resource_scopes: ['observation.read'] }] },
      'nothing-granted',
    ],
    [
      'D5 a scope named like a prototype member',
      { permissions: [{ resource_id: 'rsrc-7f3a', resource_scopes: ['toString'] }] },
      'nothing-granted',
    ],
    ['D7 another requester', { rqp: { iss: 'https://hospital.example', sub: 'prac-82' } }, 'wrong-requester'],
    [
      'D7 the same name at another provider',
      { rqp: { iss: 'https://clinic.example', sub: 'prac-81' } },
      'wrong-requester',
    ],
    ['D7 nobody named', { rqp: null }, 'wrong-requester'],
    ['D8 another client', { client_id: 'ehr-2' }, 'wrong-client'],
    ['D8 a key that was not proved', { cnf: { jkt: '0Zc' } }, 'wrong-client'],
    ['D8 a binding that is not understood', { cnf: { 'x5t#S256': 'abc' } }, 'authority-unreadable'],
    ['D11 an unknown obligation', { obligations: ['NORDSCLCD', 'ANONY'] }, 'unknown-obligation'],
    ['D11 an obligation without a type', { obligations: [{ properties: {} }] }, 'authority-unreadable'],
    [
      'an expired permission',
      {
        permissions: [
          { resource_id: 'rsrc-7f3a', resource_scopes: ['patient/Observation.rs'], exp: seconds(0) },
        ],
      },
      'wrong-resource',
    ],
    [
      'a permission still to begin',
      {
        permissions: [
          { resource_id: 'rsrc-7f3a', resource_scopes: ['patient/Observation.rs'], nbf: seconds(1) },
        ],
      },
      'wrong-resource',
    ],
    [
      'a permission with an unreadable bound',
      { permissions: [{ resource_id: 'rsrc-7f3a', resource_scopes: [], exp: 'soon' }] },
      'authority-unreadable',
    ],
    ['no jti', { jti: null }, 'authority-unreadable'],
    [
      'no restrictions part',
      { extensions: { ihe_iua: { purpose_of_use: [treat] } } },
      'authority-unreadable',
    ],
  ])('refuses %s', async (_, changed, reason) => {
    expect(await reasonWhen(changed)).toBe(reason);
  });

  it.each([
    ['another purpose', [{ system: actReason, code: 'HPAYMT' }]],
    ['a further purpose', [treat, { system: actReason, code: 'HPAYMT' }]],
    ['no purpose', []],
    ['the code of another system', [{ system: 'urn:other', code: 'TREAT' }]],
  ])('D9: refuses %s', async (_, purposes) => {
    const extensions = { ...(approval()['extensions'] as JsonObject), ihe_iua: { purpose_of_use: purposes } };
    expect(await reasonWhen({ extensions })).toBe('wrong-purpose');
  });

  it.each([
    ['an unknown type', { type: 'maybe' }],
    ['an unknown member', { type: 'forbid', code: [{ code: 'x' }] }],
    ['an empty list', { type: 'permit', securityLabel: [] }],
    ['a period without bounds', { type: 'permit', dataPeriod: [{}] }],
    [
      'a relation nobody knows',
      { type: 'forbid', data: [{ meaning: 'cousins', reference: 'Observation/1' }] },
    ],
  ])('D11: refuses a residual with %s', async (_, rule) => {
    const extensions = { ...(approval()['extensions'] as JsonObject), ihe_pcf: { residual: [rule] } };
    expect(await reasonWhen({ extensions })).toBe('unknown-obligation');
  });

  it('accepts a bound approval with the key that was proved (D8)', async () => {
    expect(await reasonWhen({ cnf: { jkt: '0Zc' } }, { keyThumbprint: '0Zc' })).toBe('granted');
    expect(await reasonWhen({ cnf: { jkt: '0Zc' } }, { keyThumbprint: 'other' })).toBe('wrong-client');
  });

  it('allows thirty seconds between the clocks, and none after the end (D3)', async () => {
    expect(await reasonWhen({ iat: seconds(30), nbf: seconds(30) })).toBe('granted');
    expect(await reasonWhen({ exp: seconds(1) })).toBe('granted');
  });

  it('takes purposes as bare codes and obligations in three shapes', async () => {
    const pcf = (approval()['extensions'] as JsonObject)['ihe_pcf'] ?? {};
    const bare = { purpose_of_use: ['TREAT'], extensions: { ihe_pcf: pcf } };
    const obligations = [
      { type: 'NORDSCLCD' },
      { id: { code: 'NORDSCLCD' } },
      { system: 'urn:x', code: 'NORDSCLCD' },
    ];
    expect(await reasonWhen({ ...bare, obligations })).toBe('granted');
  });
});

describe('one use (D10)', () => {
  it('refuses the second presentation, and only of the same approval', async () => {
    const seen = seenTokensInMemory(() => now);
    expect(await reasonWhen({}, {}, seen)).toBe('granted');
    expect(await reasonWhen({}, {}, seen)).toBe('already-used');
    expect(await reasonWhen({ jti: 'u-2' }, {}, seen)).toBe('granted');
  });

  it('grants once when two presentations race', async () => {
    authority.on(introspection, says(200, approval()));
    const [upstream, seen] = [await upstreamNow(), seenTokensInMemory(() => now)];
    const accept = () => acceptApproval(upstream, 'rpt-u', expectation, seen);
    const granted = await Promise.all(Array.from({ length: 20 }, accept));
    expect(granted.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('is not spent by a stranger who is refused', async () => {
    const seen = seenTokensInMemory(() => now);
    expect(await reasonWhen({}, { clientId: 'thief' }, seen)).toBe('wrong-client');
    expect(await reasonWhen({}, {}, seen)).toBe('granted');
  });

  it('forgets an approval when it has expired, not before', async () => {
    let at = now;
    const seen = seenTokensInMemory(() => at);
    const until = plusSeconds(now, 300);
    expect(await seen.useOnce('a', until)).toBe(true);
    at = plusSeconds(now, 299);
    expect(await seen.useOnce('a', until)).toBe(false);
    at = plusSeconds(now, 300);
    expect(await seen.useOnce('a', plusSeconds(now, 600))).toBe(true);
  });
});

describe('failing closed (D15)', () => {
  it.each([
    ['garbage', says(200, '{"active":true'), 'authority-unreadable'],
    ['a page', says(200, '<html>active</html>'), 'authority-unreadable'],
    ['nothing', says(200, ''), 'authority-unreadable'],
    ['an oversized body', says(200, `{"padding":"${'x'.repeat(300_000)}"}`), 'authority-unreadable'],
    ['a bomb of brackets', says(200, `${'['.repeat(10_000)}${']'.repeat(10_000)}`), 'authority-unreadable'],
    ['a redirect', redirectsTo('/elsewhere'), 'authority-unreadable'],
    ['an error', says(500, { error: 'server_error' }), 'authority-refused'],
    ['silence', staysSilent, 'authority-timeout'],
  ])('on %s', async (_, say, reason) => {
    const upstream = say === staysSilent ? await losingPatience(await upstreamNow()) : await upstreamNow();
    authority.on(introspection, say);
    const granted = await acceptApproval(upstream, 'rpt-u', expectation, seenTokensInMemory());
    expect(granted).toMatchObject({ ok: false, failure: { reason } });
  });

  it('on a body that never ends', async () => {
    const upstream = await losingPatience(await upstreamNow());
    authority.on(introspection, (response) => {
      response.writeHead(200);
      response.write('{"active":true,');
    });
    const begun = performance.now();
    const granted = await acceptApproval(upstream, 'rpt-u', expectation, seenTokensInMemory());
    expect(granted).toMatchObject({ ok: false, failure: { reason: 'authority-timeout' } });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

describe('reviewing an approval while our token lives (D4, T8)', () => {
  it('asks every time, as often as wanted, and follows what the authority says now', async () => {
    const upstream = await upstreamNow();
    authority.on(introspection, says(200, approval()));
    await acceptApproval(upstream, 'rpt-u', expectation, seenTokensInMemory());
    expect((await reviewApproval(upstream, 'rpt-u', expectation)).ok).toBe(true);
    authority.on(introspection, says(200, { active: false }));
    const review = await reviewApproval(upstream, 'rpt-u', expectation);
    expect(review).toMatchObject({ ok: false, failure: { reason: 'approval-inactive' } });
    expect(authority.to(introspection)).toHaveLength(3);
  });
});
