/** Whether the conditions of one provision hold: of the request, and of data that may not be known yet. */
import type { JsonObject } from '../base/json.ts';
import type { Effect } from '../consent/consent.ts';
import { hasRole, isMeant, type Standing } from './actors.ts';
import type { ResourceFacts } from './facts.ts';
import type { Logic } from './logic.ts';
import { asDenied, asPermitted } from './party.ts';
import type { CodeSet, CompiledActor, CompiledCondition, DataTest } from './program.ts';
import { isBreakGlass, isWriting, type Question } from './question.ts';
import type { AccessRequest } from './request.ts';
import type { Truth } from './truth.ts';

/** What a walk over the consents takes along. */
export type Walk<T> = {
  readonly request: AccessRequest;
  readonly logic: Logic<T>;
  readonly about: ResourceFacts | undefined;
  readonly permitted: Standing;
  readonly denied: Standing;
  /** Breaking the glass only reads, where a consent does not say what else. */
  readonly mustNameAction: boolean;
  /** Told of every rule that was looked at: by whoever must explain. */
  readonly observe: Observe<T> | undefined;
};

export type Observe<T> = (finding: Finding<T>) => void;

/** What became of one rule. */
export type Finding<T> = {
  readonly path: string;
  readonly effect: Effect;
  readonly condition: CompiledCondition;
  /** Outside its own period nothing else was asked. */
  readonly isOver: boolean;
  /** Where its own conditions hold. */
  readonly matched: T;
  /** Where it is the one that decides. */
  readonly region: T;
};

export function walkOf<T>(
  { program: { settings }, party, request, logic, about }: Question<T>,
  observe?: Observe<T>,
): Walk<T> {
  const { at } = request;
  return {
    request,
    logic,
    about,
    permitted: { party, seen: asPermitted(party, at, settings), effect: 'permit', at },
    denied: { party, seen: asDenied(party, at), effect: 'deny', at },
    mustNameAction: isBreakGlass(request) && isWriting(request),
    observe,
  };
}

/** Everything a provision asks. */
export function matches<T>(condition: CompiledCondition, walk: Walk<T>): T {
  const asked = matchesRequest(condition, walk);
  return asked === walk.logic.no ? asked : walk.logic.and(asked, matchesData(condition, walk));
}

/** Purpose, action and actor: known once the request is. */
export function matchesRequest<T>(condition: CompiledCondition, walk: Walk<T>): T {
  const { no, and } = walk.logic;
  const purpose = matchesPurpose(condition, walk);
  if (purpose === no) return no;
  const action = matchesAction(condition, walk);
  if (action === no) return no;
  return and(and(purpose, action), matchesActor(condition, walk));
}

/**
 * A permit needs every asked purpose covered and at least one asked; a deny is met by any, and by none being asked:
 * a missing purpose never widens (§6.5).
 */
export function matchesPurpose<T>({ purposes, effect }: CompiledCondition, { request, logic }: Walk<T>): T {
  if (!purposes) return logic.yes;
  const asked = request.purposes;
  const isMet = effect === 'permit' ? coversAll(purposes.codes, asked) : coversSome(purposes.codes, asked);
  return isMet ? logic.yes : unmet(purposes, effect, logic);
}

function coversAll(codes: readonly ReadonlySet<string>[], asked: readonly string[]): boolean {
  for (const purpose of asked) if (!covers(codes, purpose)) return false;
  return asked.length > 0;
}

function coversSome(codes: readonly ReadonlySet<string>[], asked: readonly string[]): boolean {
  for (const purpose of asked) if (covers(codes, purpose)) return true;
  return asked.length === 0;
}

function covers(codes: readonly ReadonlySet<string>[], asked: string): boolean {
  for (const set of codes) if (set.has(asked)) return true;
  return false;
}

export function matchesAction<T>({ actions, effect }: CompiledCondition, walk: Walk<T>): T {
  const { request, logic, mustNameAction } = walk;
  if (!actions) return mustNameAction && effect === 'permit' ? logic.no : logic.yes;
  return covers(actions.codes, request.action) ? logic.yes : unmet(actions, effect, logic);
}

/** What an element says beyond its codes may be what was asked: a deny is not escaped by it, a permit gains nothing. */
const unmet = <T>({ uncoded }: CodeSet<string>, effect: Effect, logic: Logic<T>): T =>
  uncoded && effect === 'deny' ? logic.test(unknownCode, undefined) : logic.no;

const unknownCode = { kind: 'unknown', why: 'code' } as const;
const unknownActor = { kind: 'unknown', why: 'actor' } as const;

export function matchesActor<T>({ actors, effect }: CompiledCondition, walk: Walk<T>): T {
  const { logic } = walk;
  if (!actors) return logic.yes;
  let so = logic.no;
  for (const actor of actors) {
    const one = matchesOne(actor, effect, walk);
    if (one === logic.yes) return one;
    so = logic.or(so, one);
  }
  return so;
}

function matchesOne<T>(
  actor: CompiledActor,
  effect: Effect,
  { logic, about, permitted, denied }: Walk<T>,
): T {
  switch (actor.kind) {
    case 'author':
      return logic.test(actor.atom, about);
    case 'custodian':
      return told(actor.is, effect, logic);
    case 'role':
      return told(hasRole(actor.roles, permitted.party), effect, logic);
    case 'party':
      return told(isMeant(actor.party, effect === 'permit' ? permitted : denied), effect, logic);
  }
}

function told<T>(is: Truth, effect: Effect, logic: Logic<T>): T {
  if (is === undefined && effect === 'deny') return logic.test(unknownActor, undefined);
  return is ? logic.yes : logic.no;
}

/** Labels, types, codes, dates: known where the data lies. */
export function matchesData<T>(condition: CompiledCondition, walk: Walk<T>): T {
  const { no, and } = walk.logic;
  let so = matchesExpression(condition, walk);
  for (const test of condition.data) {
    if (so === no) return no;
    so = and(so, matchesElement(test, walk));
  }
  return so;
}

export function matchesElement<T>({ anyOf }: DataTest, { logic, about }: Walk<T>): T {
  const [only] = anyOf;
  if (only && anyOf.length === 1) return logic.test(only, about);
  const each: T[] = [];
  for (const atom of anyOf) {
    const one = logic.test(atom, about);
    if (one === logic.yes) return one;
    each.push(one);
  }
  return logic.some(each);
}

export function matchesExpression<T>(
  { expression }: CompiledCondition,
  { request, logic, about }: Walk<T>,
): T {
  if (expression === undefined) return logic.yes;
  return logic.test({ kind: 'expression', expression, request: requestAsData(request) }, about);
}

/** `%request` of an expression: the members of a decision request, as it came (M-14). */
const requestAsData = ({ at: _at, resource: _resource, ...request }: AccessRequest): JsonObject =>
  request as JsonObject;
