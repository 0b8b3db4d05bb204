/** Asks the patient's consents about permissions: one decision per action, then each scope by the types it reads. */
import type { DecideAccess, Decided } from '../../../access/decide-access.ts';
import type { RandomBytes } from '../../../base/clock.ts';
import { randomId } from '../../../base/ids.ts';
import { earlier, type Instant } from '../../../base/instant.ts';
import { awaitsApproval, withoutApproval } from '../../../decision/decision.ts';
import { type AccessRequest, type Action, actions } from '../../../decision/request.ts';
import { restrictToType } from '../../../decision/restrict.ts';
import type { RequestingParty } from '../party/requesting-party.ts';
import { grantedPermissions } from '../permission/assess.ts';
import { type Permission, standsAmong } from '../permission/permission.ts';
import type { OfferedResource } from '../permission/resource-store.ts';
import { meaningOf, type ScopeMeaning } from '../permission/scope-meaning.ts';
import { nothingAsked, refused, refusedUnweighed } from './refusals.ts';

export type PermissionQuestion = {
  readonly patient: string;
  readonly party: RequestingParty;
  readonly permissions: readonly Permission[];
  readonly resources: readonly OfferedResource[];
  readonly at: Instant;
  /** What a person approved, so that it awaits approval no more (O-4). */
  readonly approved?: readonly Permission[];
};

/** One decision a grant rests on, and the types that granted scopes read under it; absent means any. */
export type Support = { readonly decided: Decided; readonly types?: readonly string[] };

export type PermissionAnswer = {
  readonly granted: readonly Permission[];
  readonly support: readonly Support[];
  /** INVARIANT: never empty. Every decision taken, as it turned out for this request: what the audit log is to record. */
  readonly decided: readonly Decided[];
  readonly holdsUntil?: Instant;
};

type Meaning = (resourceId: string, scope: string) => ScopeMeaning | undefined;

export type DecidePermissionsDeps = { readonly decide: DecideAccess; readonly random: RandomBytes };

export async function decidePermissions(
  deps: DecidePermissionsDeps,
  question: PermissionQuestion,
): Promise<PermissionAnswer> {
  const meaning = meaningsIn(question.resources);
  const asked = meaningsOf(question.permissions, meaning);
  const decided = await deps.decide(actionsIn(asked).map((action) => accessRequest(question, action, asked)));
  const isApproved = standsAmong(question.approved ?? []);
  const byAction = new Map(decided.map((each) => [each.request.action, each]));
  const granted = grantedPermissions(question.permissions, (resourceId, scope) => {
    const wanted = meaning(resourceId, scope);
    const awaits = isApproved(resourceId, scope) ? () => false : awaitsApproval;
    return wanted?.actions.every((action) => permits(byAction.get(action), wanted.types, awaits)) ?? false;
  });
  const passed = meaningsOf(granted, meaning);
  const support = actionsIn(passed).flatMap((action) =>
    supportOf(byAction.get(action), typesOf(passed, action)),
  );
  if (decided.length === 0) return { granted: [], support: [], decided: [refusalOf(deps, question)] };
  return { granted, support, decided: asTurnedOut(decided, support), ...earliestEnd(support) };
}

/** The answer when what was granted cannot be given after all. */
export const withheld = ({ decided }: PermissionAnswer): PermissionAnswer => ({
  granted: [],
  support: [],
  decided: asTurnedOut(decided, []),
});

/** The answer to a client that is not registered for the patient, whatever the consents say. */
export const outOfReach = ({ decided }: PermissionAnswer): PermissionAnswer => ({
  granted: [],
  support: [],
  decided: decided.map(refusedUnweighed),
});

const refusalOf = ({ random }: DecidePermissionsDeps, { patient, party, at }: PermissionQuestion): Decided =>
  nothingAsked(randomId(random), { patient, requester: party.requester, purposes: party.purposes, at });

const meaningsIn = (resources: readonly OfferedResource[]): Meaning => {
  const types = new Map(resources.map(({ id, description }) => [id, description.type]));
  return (resourceId, scope) => meaningOf(scope, types.get(resourceId));
};

const meaningsOf = (permissions: readonly Permission[], meaning: Meaning): readonly ScopeMeaning[] =>
  permissions.flatMap(({ resourceId, scopes }) =>
    scopes.flatMap((scope) => meaning(resourceId, scope) ?? []),
  );

const actionsIn = (meanings: readonly ScopeMeaning[]): readonly Action[] =>
  actions.filter((action) => meanings.some((meaning) => meaning.actions.includes(action)));

/** Every type named together with the action; undefined as soon as one scope reads any type. */
function typesOf(meanings: readonly ScopeMeaning[], action: Action): readonly string[] | undefined {
  const named = meanings.filter((meaning) => meaning.actions.includes(action)).map(({ types }) => types);
  return named.every((types) => types !== undefined) ? [...new Set(named.flat())] : undefined;
}

function accessRequest(
  question: PermissionQuestion,
  action: Action,
  asked: readonly ScopeMeaning[],
): AccessRequest {
  const { patient, party, at } = question;
  const resourceTypes = typesOf(asked, action);
  const types = resourceTypes === undefined ? {} : { resourceTypes };
  return { patient, requester: party.requester, action, purposes: party.purposes, ...types, at };
}

/**
 * A scope that reads several types is granted only when something of each may be seen. Where a person has to approve
 * first, that is no permit yet (consent-decisioning.md O-4).
 */
function permits(
  decided: Decided | undefined,
  types: readonly string[] | undefined,
  awaits: typeof awaitsApproval,
): boolean {
  if (decided?.decision.outcome !== 'permit' || awaits(decided.decision)) return false;
  const { filter } = decided.decision;
  return types ? types.every((type) => restrictToType(filter, type).op !== 'none') : filter.op !== 'none';
}

/** What was granted awaits no approval any more. */
const supportOf = (decided: Decided | undefined, types: readonly string[] | undefined): readonly Support[] =>
  decided ? [{ decided: approved(decided), ...(types === undefined ? {} : { types }) }] : [];

const approved = (decided: Decided): Decided => ({
  ...decided,
  decision: { ...decided.decision, obligations: withoutApproval(decided.decision.obligations) },
});

/** A permit from which nothing was granted is recorded as the refusal it was. */
const asTurnedOut = (decided: readonly Decided[], support: readonly Support[]): readonly Decided[] =>
  decided.map((each) => {
    const supporting = support.find((one) => one.decided.id === each.id);
    if (supporting) return supporting.decided;
    return each.decision.outcome === 'permit' ? refused(each) : each;
  });

function earliestEnd(support: readonly Support[]): { readonly holdsUntil?: Instant } {
  const ends = support.flatMap(({ decided }) => decided.decision.holdsUntil ?? []);
  return ends.length === 0 ? {} : { holdsUntil: ends.reduce(earlier) };
}
