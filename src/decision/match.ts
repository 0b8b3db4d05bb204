/** Whether the conditions of one provision hold: of the request, and of data that may not be known yet. */
import { isRequester } from './actors.ts';
import type { Directory } from './directory.ts';
import type { Identities } from './identities.ts';
import type { Logic } from './logic.ts';
import type { CompiledCondition } from './program.ts';
import type { AccessRequest } from './request.ts';
import type { DecisionSettings } from './settings.ts';

/** What a walk over the consents takes along. */
export type Walk<T> = {
  readonly request: AccessRequest;
  readonly logic: Logic<T>;
  readonly identities: Identities;
  readonly directory: Directory;
  readonly settings: DecisionSettings;
};

/** Purpose, action and actor: known once the request is. */
export function matchesRequest<T>(condition: CompiledCondition, walk: Walk<T>): T {
  const { yes, no } = walk.logic;
  if (!coversPurposes(condition, walk.request.purposes)) return no;
  if (condition.actions && !condition.actions.has(walk.request.action)) return no;
  return condition.actors ? matchesActors(condition, walk) : yes;
}

/**
 * A permit needs every asked purpose covered and at least one asked; a deny is met by any, and by none being asked:
 * a missing purpose never widens (§6.5).
 */
function coversPurposes({ purposes, effect }: CompiledCondition, asked: readonly string[]): boolean {
  if (!purposes) return true;
  const isCovered = (purpose: string): boolean => purposes.has(purpose);
  if (effect === 'permit') return asked.length > 0 && asked.every(isCovered);
  return asked.length === 0 || asked.some(isCovered);
}

function matchesActors<T>(condition: CompiledCondition, walk: Walk<T>): T {
  const { logic, request } = walk;
  const context = { ...walk, at: request.at };
  return logic.or(
    (condition.actors ?? []).map((actor) => {
      if (actor.part === 'author')
        return logic.test({ kind: 'author', anyOf: namesOfAuthor(actor.reference) });
      const isMet = isRequester(actor, condition.effect, context);
      if (isMet === undefined && condition.effect === 'deny')
        return logic.test({ kind: 'unknown', why: 'actor' });
      return isMet ? logic.yes : logic.no;
    }),
  );
}

const namesOfAuthor = (reference: { readonly local?: string } | undefined): readonly string[] =>
  reference?.local ? [reference.local] : [];

/** Labels, types, codes, dates: known where the data lies. */
export function matchesData<T>(condition: CompiledCondition, { logic }: Walk<T>): T {
  return logic.and(condition.data.map((anyOf) => logic.or(anyOf.map(logic.test))));
}
