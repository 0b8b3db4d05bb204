/** Says what an access token permits, to the resource server it is meant for (RFC 7662 §2.2). */
import type { FindPatient } from '../../access/find-on-file.ts';
import { isInReach } from '../../access/patient-in-reach.ts';
import { toEpochSeconds } from '../../base/instant.ts';
import type { DescribeToken, Introspector } from './introspect-token.ts';
import { type SubjectDeps, subjectOf } from './subject-of.ts';
import type { IssuedToken } from './token-store.ts';

export type DescribeAccessDeps = SubjectDeps & {
  readonly issuer: string;
  readonly findPatient: FindPatient;
};

export const describeAccess =
  (deps: DescribeAccessDeps): DescribeToken =>
  async (token, { caller }) => {
    if (!(await mayKnow(deps, caller, token))) return undefined;
    return {
      iss: deps.issuer,
      sub: subjectOf(deps, token),
      ...(caller.resource === undefined ? {} : { aud: caller.resource }),
      client_id: token.clientId,
      token_type: 'Bearer',
      scope: token.scopes.join(' '),
      jti: token.id,
      iat: toEpochSeconds(token.issuedAt),
      exp: toEpochSeconds(token.expiresAt),
      ...(token.patient === undefined ? {} : { patient: idIn(token.patient) }),
    };
  };

/** A resource server learns of the patients it is registered for, and by the PAT of one patient of that one alone; of nobody who is gone. */
async function mayKnow(
  { findPatient }: DescribeAccessDeps,
  caller: Introspector,
  { patient }: IssuedToken,
): Promise<boolean> {
  if (caller.authorizedBy !== undefined && caller.authorizedBy !== patient) return false;
  return patient === undefined || (await isInReach(findPatient, caller, patient));
}

/** The id alone, as launch context has it (SMART App Launch 2.2, Introspection). */
const idIn = (reference: string): string => reference.slice(reference.indexOf('/') + 1);
