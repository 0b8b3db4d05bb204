/** How often somebody may come, where the runtime tells who it is. */
import { createRateLimiter } from '../../access/rate-limit.ts';
import { createRateMemory } from '../../access/rate-memory.ts';
import type { HttpDeps } from '../../http/app.ts';
import { keyedHash } from '../../protocols/authorization-server/hash.ts';
import { rateLimitStore } from '../../storage/rate-limits.ts';
import type { Parts } from './parts.ts';

export function limitingOf({
  database,
  keySecret,
  limits,
  log,
  ...parts
}: Parts): Pick<HttpDeps, 'limiting'> {
  if (!limits) return {};
  const limiter = createRateLimiter({
    store: rateLimitStore(database),
    memory: parts.rateMemory ?? createRateMemory(),
    hash: (text) => keyedHash(keySecret, text),
    log,
  });
  return { limiting: { limiter, limits } };
}
