/** Reading a document that somebody else publishes; `outbound/` does it, with its guard. */
import type { Json } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';

/** For the log: whoever waits for the document is told nothing but that it is not there. */
export type FetchProblem =
  | 'refused-url'
  | 'refused-address'
  | 'unreachable'
  | 'timed-out'
  | 'refused-status'
  | 'wrong-type'
  | 'too-large'
  | 'not-json';

export type FetchedJson = {
  readonly json: Json;
  /** How long its publisher lets it be kept, where that was said. */
  readonly maxAgeSeconds: number | undefined;
};

export type FetchJson = (url: string) => Promise<Result<FetchedJson, FetchProblem>>;
