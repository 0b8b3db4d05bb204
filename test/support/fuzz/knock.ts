/** A request at a door of the decision engine or the authorization server as it is fuzzed, and what all of them may have. */
import fc from 'fast-check';
import { headersOf } from './headers.ts';
import type { Mutation } from './mutate.ts';
import { mutationsWith } from './mutations.ts';
import { one } from './request.ts';

/** In texts `{patient}`, `{resource}`, `{ticket}` … stand for what is known once there is a server. */
export type Knock = {
  /** Whose token is presented. */
  readonly as: 'asker' | 'explainer' | 'server' | 'stranger' | 'forger';
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent byte by byte, so that what is no UTF-8 can be sent. */
  readonly isBinary?: boolean;
  /** What `{assertion}` and `{claims}`, signed as they should be, claim otherwise. */
  readonly claims?: readonly Mutation[];
};

export const mutations = mutationsWith([
  ...[
    'patient',
    'requester',
    'action',
    'purposes',
    'resourceTypes',
    'breakGlass',
    'candidates',
    'asOf',
    'target',
  ],
  ...['subject', 'resource', 'context', 'evaluations', 'options', 'page', 'properties', 'id', 'type', 'name'],
  ...['hook', 'actor', 'content', 'class', 'category', 'scope', 'entry', 'resourceType', 'meta', 'security'],
  ...[
    'resource_owner',
    'resource_scopes',
    'resource_id',
    'extensions',
    'ihe_iua',
    'purpose_of_use',
    'person_id',
  ],
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', 'azp', 'client_id'],
]);
export const orNone = <T>(changes: fc.Arbitrary<readonly T[]>): fc.Arbitrary<readonly T[]> =>
  fc.oneof({ weight: 6, arbitrary: changes }, { weight: 1, arbitrary: fc.constant([]) });

export const mediaTypes = (usual: string) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constant(usual) },
    {
      weight: 1,
      arbitrary: one(
        'application/json',
        'text/plain',
        '',
        ';',
        'application/x-www-form-urlencoded',
        `${usual};charset=utf-16`,
      ),
    },
  );
export const headers = headersOf({
  'content-encoding': ['gzip', 'x'],
  'x-request-id': ['a', 'a b', '{"a":1}', '\u00ff', 'x'.repeat(2000)],
  'x-forwarded-for': ['1.2.3.4', '\u00e9'],
  accept: ['text/html', '*/*;q=0', ',,;', 'a'.repeat(5000)],
  dpop: ['x', 'eyJhbGciOiJub25lIn0.e30.'],
  cookie: ['a=b', '__Host-visit=x', ';;;=', 'a'.repeat(5000)],
  origin: ['null', 'https://elsewhere.example'],
});
