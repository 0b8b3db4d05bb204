/** Failures, warnings and successes as OperationOutcome (FHIR R4 §2.21; codes as in fhir-consent.md §8). */
import type { Failure, FailureKind, FailurePart } from '../base/failure.ts';
import type { JsonObject } from '../base/json.ts';

type Severity = 'error' | 'warning' | 'information';

/** INVARIANT: shows detail and pointer, which are safe by contract; never cause, members or headers. */
export function failureToOutcome(failure: Failure): JsonObject {
  const { kind, code, detail, pointer, parts } = failure;
  const shown: readonly FailurePart[] = parts?.length
    ? parts
    : [pointer === undefined ? { code, detail } : { code, detail, pointer }];
  return outcome(shown.map((part) => issue('error', issueCode(part.code, kind), part)));
}

/** What an accepted write may be answered with: `Prefer: return=OperationOutcome`. */
export function outcomeOfSuccess(detail: string, warnings: readonly FailurePart[]): JsonObject {
  return outcome([
    issue('information', 'informational', { detail }),
    ...warnings.map((part) => issue('warning', issueCode(part.code, 'unprocessable'), part)),
  ]);
}

export const outcomeOfFault: JsonObject = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'exception', diagnostics: 'internal error' }],
};

const outcome = (issues: readonly JsonObject[]): JsonObject => ({
  resourceType: 'OperationOutcome',
  issue: issues,
});

const issue = (severity: Severity, code: string, part: Omit<FailurePart, 'code'>): JsonObject => ({
  severity,
  code,
  diagnostics: part.detail,
  ...(part.pointer ? { expression: [part.pointer] } : {}),
});

/** A code of another vocabulary (`invalid_token`) says no more than its kind. */
const issueCode = (code: string, kind: FailureKind): string =>
  issueTypes.has(code) ? code : codeOfKind[kind];

const codeOfKind = {
  // Of this kind the other vocabularies have what cannot be parsed, where FHIR has `structure` (fhir-consent.md §8).
  malformed: 'structure',
  unauthenticated: 'login',
  forbidden: 'forbidden',
  'not-found': 'not-found',
  gone: 'deleted',
  'method-not-allowed': 'not-supported',
  'not-acceptable': 'not-supported',
  conflict: 'conflict',
  'precondition-failed': 'conflict',
  'too-large': 'too-long',
  'unsupported-media-type': 'not-supported',
  unprocessable: 'business-rule',
  'rate-limited': 'throttled',
  unavailable: 'transient',
} as const satisfies Record<FailureKind, string>;

/** http://hl7.org/fhir/issue-type, as far as R4 and R5 share it. */
const issueTypes: ReadonlySet<string> = new Set(
  (
    'invalid structure required value invariant security login unknown expired forbidden suppressed processing ' +
    'not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly ' +
    'business-rule conflict transient lock-error no-store exception timeout incomplete throttled informational'
  ).split(' '),
);
