/** Authorization assessment (UMA Grant §3.3.4): which scopes are in question on which resource, and which pass. */
import { coversAny } from '../../../access/scope.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { Permission } from './permission.ts';

export type AssessmentInput = {
  /** Scopes the client is pre-registered for. */
  readonly registered: readonly string[];
  /** Scopes in the latest token request. */
  readonly requested: readonly string[];
  readonly ticket: readonly Permission[];
  /** What each resource offers at this moment, by id; a resource that is gone is absent. */
  readonly available: ReadonlyMap<string, readonly string[]>;
};

/** Whether every policy condition on this scope of this resource holds. */
export type Policy = (resourceId: string, scope: string) => boolean;

/**
 * `RequestedScopes(r)`. A requested scope that the client is not registered for is ignored (Grant §3.3.4 leaves the
 * choice); one that fits no resource of the ticket fails with it (§3.3.6 `invalid_scope`).
 */
export function requestedPermissions(
  input: AssessmentInput,
): Result<readonly Permission[], { readonly scope: string }> {
  const { registered, requested, ticket, available } = input;
  const offered = (resourceId: string): readonly string[] => available.get(resourceId) ?? [];
  const usable = requested.filter((scope) => coversAny(registered, scope));
  const misfit = usable.find(
    (scope) => !ticket.some(({ resourceId }) => offered(resourceId).includes(scope)),
  );
  if (misfit !== undefined) return err({ scope: misfit });
  return ok(
    ticket.map(({ resourceId, scopes }) => {
      const asked = new Set([...scopes, ...usable]);
      return { resourceId, scopes: offered(resourceId).filter((scope) => asked.has(scope)) };
    }),
  );
}

/** `CandidateGrantedScopes`: what passes, without the resources on which nothing does (§5.6: never a vacuous grant). */
export function grantedPermissions(requested: readonly Permission[], permits: Policy): readonly Permission[] {
  return requested
    .map(({ resourceId, scopes }) => ({
      resourceId,
      scopes: scopes.filter((scope) => permits(resourceId, scope)),
    }))
    .filter(({ scopes }) => scopes.length > 0);
}
