/** The one shape in which a refusal travels to whoever renders it: OAuth error, OperationOutcome or problem. */
import type { Json } from './json.ts';

export type FailureKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'gone'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'conflict'
  | 'precondition-failed'
  | 'too-large'
  | 'unsupported-media-type'
  | 'unprocessable'
  | 'rate-limited'
  | 'unavailable';

export type Failure = {
  readonly kind: FailureKind;
  /** Stable, from the vocabulary of the protocol that shows it: `invalid_grant`, `required`, `invalid-request`. */
  readonly code: string;
  /** Safe to show to the caller; lower case, no full stop. */
  readonly detail: string;
  /** Where in the input: a FHIRPath expression or a parameter name. */
  readonly pointer?: string;
  /** Several things wrong at once; when present, they replace code, detail and pointer for whoever can show a list. */
  readonly parts?: readonly FailurePart[];
  /** What the protocol adds to its error body, such as the `ticket` of `need_info`. */
  readonly members?: Readonly<Record<string, Json>>;
  /** The scheme to challenge with (RFC 6750 §3), when authentication or scope is what is missing. */
  readonly challenge?: Challenge;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where a browser takes the refusal, in place of a page that shows it (RFC 6749 §4.1.2.1). */
  readonly location?: string;
  /** The client whose token was believed and did not suffice, for the record alone. */
  readonly by?: { readonly clientId: string; readonly tokenId: string };
  /** `Patient/ann`, whom it is about, for the record alone. */
  readonly about?: string;
  /** For the log alone: the reason the caller must not learn. */
  readonly cause?: unknown;
};

export type FailurePart = { readonly code: string; readonly detail: string; readonly pointer?: string };

type Challenge = {
  readonly scheme: 'Bearer' | 'Basic';
  readonly error?: string;
  readonly scope?: string;
};

/** HTTP status of a kind, where a protocol does not prescribe another (RFC 9110 §15.5). */
export const statusOf = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  gone: 410,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  conflict: 409,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  unprocessable: 422,
  'rate-limited': 429,
  unavailable: 503,
} as const satisfies Record<FailureKind, number>;
