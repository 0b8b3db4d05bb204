/** Alive, and able to serve: what a load balancer asks. */
import { z } from 'zod';
import { anyone, type Endpoint, endpoint } from '../base/endpoint.ts';
import { err, ok } from '../base/result.ts';

export type HealthDeps = {
  /** Database reachable, keys loaded, migrations current. */
  readonly isReady: () => Promise<boolean>;
};

const status = z.object({ status: z.literal('ok') });

export const healthEndpoints = ({ isReady }: HealthDeps): readonly Endpoint[] => [
  endpoint({
    name: 'isAlive',
    method: 'get',
    path: '/healthz',
    summary: 'Whether the process answers',
    guard: anyone,
    replies: { 200: { description: 'it does', schema: status } },
    handle: async () => ok(healthy),
  }),
  endpoint({
    name: 'isReady',
    method: 'get',
    path: '/readyz',
    summary: 'Whether requests can be served: database reachable, keys loaded, migrations current',
    guard: anyone,
    replies: { 200: { description: 'they can', schema: status } },
    handle: async () => ((await isReady()) ? ok(healthy) : err(notReady)),
  }),
];

const healthy = { status: 200, body: { status: 'ok' }, headers: { 'cache-control': 'no-store' } };
const notReady = { kind: 'unavailable', code: 'unavailable', detail: 'not able to serve yet' } as const;
