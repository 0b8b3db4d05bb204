/** Results in pages; a token opens for the client and the question it was made for alone (S2, S6). */
import type { Failure } from '../../base/failure.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { malformed } from './failures.ts';
import type { Page } from './wire.ts';

/** Sealed with what it is bound to; undefined where another seal, or for something else. */
export type SealTokens = {
  seal(content: Json, boundTo: string): Promise<string>;
  open(token: string, boundTo: string): Promise<Json | undefined>;
};

export type Paging = {
  readonly page: Page | undefined;
  /** Client, endpoint and everything asked but the token. */
  readonly boundTo: string;
};

const usualLimit = 100;
const largestLimit = 1000;

/** The place of the first result wanted. */
export async function placeOf(
  tokens: SealTokens,
  { page, boundTo }: Paging,
): Promise<Result<number, Failure>> {
  if (page?.token === undefined || page.token === '') return ok(0);
  const content = await tokens.open(page.token, boundTo);
  const place = isObject(content) ? content['place'] : undefined;
  if (typeof place === 'number') return ok(place);
  return err(malformed('`page.token` is not of this search; between pages only the token may change'));
}

/** S4: an empty token is the end. */
export async function pageOf(
  tokens: SealTokens,
  { page, boundTo }: Paging,
  place: number,
  all: readonly JsonObject[],
): Promise<JsonObject> {
  const results = all.slice(place, place + Math.min(page?.limit ?? usualLimit, largestLimit));
  const next = place + results.length;
  const next_token = next < all.length ? await tokens.seal({ place: next }, boundTo) : '';
  return { results, page: { next_token, count: results.length, total: all.length } };
}

/** Members in one order, since theirs means nothing (T3). */
export function boundTo(clientId: string, endpoint: string, { page, ...question }: JsonObject): string {
  const { token: _, ...rest } = isObject(page) ? page : {};
  return `authzen ${JSON.stringify([clientId, endpoint, ordered({ ...question, page: rest })])}`;
}

function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isObject(value)) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, ordered(member)]));
}
