/** Whether the conditions of one provision hold: of the request, and of data that may not be known yet. */
import { namesOfReference, type Reference } from '../fhir/reference.ts';
import { isRequester } from './actors.ts';
import type { Directory } from './directory.ts';
import type { Atom } from './filter.ts';
import { type Identities, namesOf } from './identities.ts';
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
  const { logic, request } = walk;
  const isAsked = coversPurposes(condition, request.purposes);
  const isDone = !condition.actions || condition.actions.codes.has(request.action);
  return logic.and([
    met(isAsked, condition.purposes?.uncoded, condition, logic),
    met(isDone, condition.actions?.uncoded, condition, logic),
    condition.actors ? matchesActors(condition, walk) : logic.yes,
  ]);
}

/** What an element says beyond its codes may be what was asked: a deny is not escaped by it, a permit gains nothing. */
function met<T>(
  isMet: boolean,
  uncoded: boolean | undefined,
  { effect }: CompiledCondition,
  logic: Logic<T>,
): T {
  if (isMet) return logic.yes;
  return uncoded && effect === 'deny' ? logic.test({ kind: 'unknown', why: 'code' }) : logic.no;
}

/**
 * A permit needs every asked purpose covered and at least one asked; a deny is met by any, and by none being asked:
 * a missing purpose never widens (§6.5).
 */
function coversPurposes({ purposes, effect }: CompiledCondition, asked: readonly string[]): boolean {
  if (!purposes) return true;
  const isCovered = (purpose: string): boolean => purposes.codes.has(purpose);
  if (effect === 'permit') return asked.length > 0 && asked.every(isCovered);
  return asked.length === 0 || asked.some(isCovered);
}

function matchesActors<T>(condition: CompiledCondition, walk: Walk<T>): T {
  const { logic, request } = walk;
  const context = { ...walk, at: request.at };
  return logic.or(
    (condition.actors ?? []).map((actor) => {
      if (actor.part === 'author') return logic.test(authorAtom(actor.reference, walk.directory));
      const isMet = isRequester(actor, condition.effect, context);
      if (isMet === undefined && condition.effect === 'deny')
        return logic.test({ kind: 'unknown', why: 'actor' });
      return isMet ? logic.yes : logic.no;
    }),
  );
}

/** Under every name the author is known by; one who is not named may be anybody. */
function authorAtom(author: Reference | undefined, directory: Directory): Atom {
  const names = namesOf(directory, author ? namesOfReference(author) : []);
  return names.size === 0 ? { kind: 'unknown', why: 'actor' } : { kind: 'author', anyOf: [...names] };
}

/** Labels, types, codes, dates: known where the data lies. */
export function matchesData<T>(condition: CompiledCondition, { logic }: Walk<T>): T {
  return logic.and(condition.data.map((anyOf) => logic.or(anyOf.map(logic.test))));
}
