// Answers outbound HTTP calls of a test file with msw handlers. Loopback passes, and what no handler answers is let
// through to the guard of no-network.ts, which refuses it and fails the test. Loading msw takes a quarter of a
// second, which is why only the files that need it import this.

import type { RequestHandler } from 'msw';
import { type SetupServer, setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll } from 'vitest';

/** Call it once at the top of a test file; `use(...)` on the answer adds handlers for one test. */
export const fakeNetwork = (...handlers: RequestHandler[]): SetupServer => {
  const server = setupServer(...handlers);
  beforeAll(() => server.listen({ onUnhandledFrame: 'bypass' }));
  afterEach(() => server.resetHandlers());
  afterAll(() => server.close());
  return server;
};
