/** Says what an access token permits, to the resource server it is meant for (RFC 7662 §2.2). */
import { toEpochSeconds } from '../../base/instant.ts';
import type { DescribeToken } from './introspect-token.ts';
import { type SubjectDeps, subjectOf } from './subject-of.ts';

export const describeAccess =
  (deps: SubjectDeps & { readonly issuer: string }): DescribeToken =>
  async (token, { caller }) => ({
    iss: deps.issuer,
    sub: await subjectOf(deps, token),
    ...(caller.resource === undefined ? {} : { aud: caller.resource }),
    client_id: token.clientId,
    token_type: 'Bearer',
    scope: token.scopes.join(' '),
    jti: token.id,
    iat: toEpochSeconds(token.issuedAt),
    exp: toEpochSeconds(token.expiresAt),
    // The id alone, as launch context has it (SMART App Launch 2.2, Introspection).
    ...(token.patient === undefined ? {} : { patient: token.patient.slice(token.patient.indexOf('/') + 1) }),
  });
