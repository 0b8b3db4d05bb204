/** What a refusal must look like at each door, and what no answer may say. */
import { expect } from 'vitest';
import { isObject, type Json } from '../../src/base/json.ts';

/** An error in the form of its door, in our own words. */
export function expectOwnFace(path: string, status: number, mediaType: string | null, text: string): void {
  expect(text.length).toBeLessThan(100_000);
  if (mediaType?.startsWith('text/html')) {
    expect([path, text.startsWith('<!doctype html>')]).toEqual([path, true]);
    return;
  }
  const body = JSON.parse(text) as Json;
  const isOwn = faces[path.split('/')[1] ?? ''] ?? isProblem;
  expect([path, mediaType, isOwn(body, status)]).toEqual([path, expect.stringContaining('json'), true]);
}

type IsOwn = (body: Json, status: number) => boolean;
const isOAuthError: IsOwn = (body) => isObject(body) && typeof body['error'] === 'string';
const isMessage: IsOwn = (body) => typeof body === 'string' && body.length > 0;
const isProblem: IsOwn = (body, status) =>
  isObject(body) && typeof body['title'] === 'string' && body['status'] === status;

const faces: Readonly<Record<string, IsOwn>> = {
  oauth: isOAuthError,
  uma: isOAuthError,
  '.well-known': isOAuthError,
  access: isMessage,
};

/** What libraries, the driver and PostgreSQL say of themselves. */
export const fromInside =
  /\.[tj]s:\d|node:internal|node_modules|\bat [\w.<>]+ \(|drizzle|PostgresError|invalid input syntax|violates \w+|relation "|column "|is not a function|Cannot read|is not iterable|Maximum call stack|Unexpected token|ZodError|JWSInvalid|JWTClaim|ERR_[A-Z]/;
