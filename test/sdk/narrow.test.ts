import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asInstant, plusSeconds } from '../../src/base/instant.ts';
import type { Approval } from '../../src/sdk/approval.ts';
import { actReason, type Expectation, narrowScopes, upstreamScopesFor } from '../../src/sdk/index.ts';
import { weighApproval } from '../../src/sdk/weigh-approval.ts';

const numRuns = Number(process.env['HEADWATER_LAW_RUNS'] ?? 500);
const at = asInstant(Date.UTC(2026, 9, 1, 10));
const upstreamScope = fc.constantFrom<string>('a', 'b', 'c', 'd', 'toString', '__proto__');
const ownScope = fc.constantFrom<string>('1', '2', '3', '4', 'constructor');
const scopeMap = fc.dictionary(upstreamScope, fc.uniqueArray(ownScope, { maxLength: 3 }));

/** Written without the code under test: what the upstream scopes stand for, by the definition in §6 D5. */
const meant = (approved: readonly string[], map: Readonly<Record<string, readonly string[]>>): Set<string> =>
  new Set(Object.entries(map).flatMap(([scope, own]) => (approved.includes(scope) ? own : [])));

describe('the scope algebra (D5)', () => {
  it('grants exactly the intersection of upstream, request and organization', () => {
    const scopes = fc.array(ownScope);
    fc.assert(
      fc.property(
        fc.array(upstreamScope),
        scopes,
        scopes,
        scopeMap,
        (approved, requested, organizational, map) => {
          const granted = narrowScopes(approved, requested, organizational, map);
          const expected = [...meant(approved, map)].filter(
            (s) => requested.includes(s) && organizational.includes(s),
          );
          expect([...granted].sort()).toEqual(expected.sort());
        },
      ),
      { numRuns },
    );
  });

  it('never grants more when a party grants less', () => {
    const scopes = fc.array(ownScope);
    fc.assert(
      fc.property(
        fc.array(upstreamScope),
        scopes,
        scopes,
        scopeMap,
        (approved, requested, organizational, map) => {
          const before = narrowScopes(approved, requested, organizational, map);
          const less = [
            narrowScopes(approved.slice(1), requested, organizational, map),
            narrowScopes(approved, requested.slice(1), organizational, map),
            narrowScopes(approved, requested, organizational.slice(1), map),
          ];
          for (const after of less) expect(before).toEqual(expect.arrayContaining([...after]));
        },
      ),
      { numRuns },
    );
  });

  it('asks upstream only for what may come back as something wanted', () => {
    fc.assert(
      fc.property(fc.array(ownScope), scopeMap, (wanted, map) => {
        for (const scope of upstreamScopesFor(wanted, map)) {
          expect(narrowScopes([scope], wanted, wanted, map)).not.toEqual([]);
        }
      }),
      { numRuns },
    );
  });
});

const maybe = (latest: number) => fc.option(fc.integer({ min: -latest, max: latest }), { nil: undefined });

const approvalOf = (
  expiresIn: number,
  permissions: readonly { readonly scopes: readonly string[]; readonly expiresIn: number | undefined }[],
): Approval => ({
  issuer: 'https://consent.example.org',
  audience: ['https://hospital.example'],
  clientId: 'ehr-1',
  tokenId: 'u-1',
  issuedAt: at,
  expiresAt: plusSeconds(at, expiresIn),
  requester: { issuer: 'https://hospital.example', subject: 'prac-81' },
  purposes: [{ system: actReason, code: 'TREAT' }],
  permissions: permissions.map(({ scopes, expiresIn: ends }) => ({
    resourceId: 'rsrc-7f3a',
    scopes,
    ...(ends === undefined ? {} : { expiresAt: plusSeconds(at, ends) }),
  })),
  obligations: [],
  residual: [],
  consents: [],
});

const expectation: Expectation = {
  audience: 'https://hospital.example',
  resourceId: 'rsrc-7f3a',
  requestedScopes: ['1', '2'],
  organizationalScopes: ['1', '2', '3'],
  scopeMap: { a: ['1'], b: ['2'], c: ['3'] },
  requester: { issuer: 'https://hospital.example', subject: 'prac-81' },
  clientId: 'ehr-1',
  purposes: [{ system: actReason, code: 'TREAT' }],
  understoodObligations: [],
};

describe('a cascade never widens', () => {
  it('is never longer than any bound, nor wider than any live permission', () => {
    const permission = fc.record({ scopes: fc.array(upstreamScope), expiresIn: maybe(600) });
    fc.assert(
      fc.property(fc.integer({ min: -600, max: 600 }), fc.array(permission), (expiresIn, permissions) => {
        const approval = approvalOf(expiresIn, permissions);
        const weighed = weighApproval(approval, approval.issuer, expectation, at);
        if (!weighed.ok) return;
        const live = permissions.filter((one) => one.expiresIn === undefined || one.expiresIn > 0);
        const bounds = [expiresIn, 300, ...live.map((one) => one.expiresIn ?? 600)];
        expect(weighed.value.expiresAt).toBeGreaterThan(at);
        expect(weighed.value.expiresAt).toBe(plusSeconds(at, Math.min(...bounds)));
        const all = meant(
          live.flatMap(({ scopes }) => scopes),
          expectation.scopeMap,
        );
        for (const scope of weighed.value.scopes) expect(all.has(scope)).toBe(true);
      }),
      { numRuns },
    );
  });

  it('grants something in the runs of the property above', () => {
    const approval = approvalOf(300, [{ scopes: ['a', 'c'], expiresIn: undefined }]);
    const weighed = weighApproval(approval, approval.issuer, expectation, at);
    expect(weighed.ok && weighed.value.scopes).toEqual(['1']);
  });
});
