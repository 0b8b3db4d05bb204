import { describe, expect, it } from 'vitest';
import { buildReferral } from '../../src/sdk/index.ts';

describe('the referral (cascaded-authorization.md §3.2)', () => {
  it('is the need_info of the digest, member by member', () => {
    const issuer = 'https://consent.example.org';
    const referral = buildReferral({ ticket: 'tD2', upstream: [{ issuer, ticket: 'tU1' }] });
    expect(referral).toEqual({
      status: 403,
      headers: { 'Cache-Control': 'no-store', 'Content-Type': 'application/json' },
      body: {
        error: 'need_info',
        ticket: 'tD2',
        required_claims: [
          {
            name: 'consent_approval',
            friendly_name: 'Patient consent approval',
            claim_token_format: ['urn:ietf:params:oauth:token-type:access_token'],
            claim_type: 'https://consent.example.org/uma/claims/upstream-rpt',
            issuer: ['https://consent.example.org'],
          },
        ],
        upstream: [{ as_uri: 'https://consent.example.org', ticket: 'tU1' }],
      },
    });
  });

  it('lists every authority whose approval is required (rule 5)', () => {
    const upstream = ['https://one.example', 'https://two.example'].map((issuer) => ({
      issuer,
      ticket: 't',
    }));
    const { body } = buildReferral({ ticket: 'tD2', upstream });
    expect(body['required_claims']).toHaveLength(2);
    expect(body['upstream']).toHaveLength(2);
  });
});
