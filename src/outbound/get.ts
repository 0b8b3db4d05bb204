/** One request over the network, as Node and Workers can each do it. */
import type { Result } from '../base/result.ts';
import type { FetchProblem } from '../protocols/authorization-server/fetch-json.ts';
import type { Target } from './target.ts';

export type Answer = {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** Decoded, when it came encoded. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection, however much is still to come. */
  readonly close: () => void;
};

/** Follows no redirect. Throws where the network fails, and when the signal says that it took too long. */
export type Get = (target: Target, signal: AbortSignal) => Promise<Result<Answer, FetchProblem>>;

export const accepted = ['application/jwk-set+json', 'application/json'] as const;
