/** Failures as OperationOutcome (fhir-consent.md §8). */
import { describe, expect, it } from 'vitest';
import { type Failure, statusOf } from '../../src/base/failure.ts';
import { failureToOutcome, outcomeOfSuccess } from '../../src/fhir/operation-outcome.ts';

const failure: Failure = { kind: 'unprocessable', code: 'business-rule', detail: 'no' };

describe('a failure', () => {
  it('shows its parts, each with its place', () => {
    const parts = [
      { code: 'required', detail: 'required element is missing', pointer: 'Consent.status' },
      { code: 'structure', detail: 'unknown element `x`' },
    ];
    expect(failureToOutcome({ ...failure, parts })).toEqual({
      resourceType: 'OperationOutcome',
      issue: [
        {
          severity: 'error',
          code: 'required',
          diagnostics: 'required element is missing',
          expression: ['Consent.status'],
        },
        { severity: 'error', code: 'structure', diagnostics: 'unknown element `x`' },
      ],
    });
  });

  it('shows itself when it has no parts', () => {
    expect(failureToOutcome({ ...failure, pointer: 'Consent' })).toMatchObject({
      issue: [{ code: 'business-rule', diagnostics: 'no', expression: ['Consent'] }],
    });
  });

  it('of another vocabulary is told by its kind', () => {
    const codeOf = (kind: Failure['kind'], code: string) =>
      failureToOutcome({ kind, code, detail: 'x' })['issue'];
    expect(codeOf('malformed', 'invalid_request')).toMatchObject([{ code: 'structure' }]);
    expect(codeOf('unauthenticated', 'invalid_token')).toMatchObject([{ code: 'login' }]);
    expect(codeOf('forbidden', 'insufficient_scope')).toMatchObject([{ code: 'forbidden' }]);
    for (const kind of Object.keys(statusOf) as Failure['kind'][]) {
      expect(codeOf(kind, 'of_another_world')).toMatchObject([{ code: expect.stringMatching(/^[a-z-]+$/) }]);
    }
  });

  it('never shows its cause or what a protocol adds', () => {
    const hidden = {
      cause: new Error('secret'),
      members: { ticket: 'secret' },
      headers: { 'x-secret': 'secret' },
    };
    expect(JSON.stringify(failureToOutcome({ ...failure, ...hidden }))).not.toContain('secret');
  });
});

describe('a success', () => {
  it('carries its warnings', () => {
    expect(
      outcomeOfSuccess('stored', [{ code: 'business-rule', detail: 'careful', pointer: 'Consent' }])['issue'],
    ).toEqual([
      { severity: 'information', code: 'informational', diagnostics: 'stored' },
      { severity: 'warning', code: 'business-rule', diagnostics: 'careful', expression: ['Consent'] },
    ]);
  });
});
