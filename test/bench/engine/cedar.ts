/** The same consents as Cedar policies, and the questions as Cedar is asked them. */
import {
  type AuthorizationAnswer,
  preparsePolicySet,
  type StatefulAuthorizationCall,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { Facts, Question } from './asked.ts';
import { actionsOf, purposesOf, rankOf, sensitivitiesOf } from './covers.ts';
import { type Meaning, saidBy, type Test } from './meaning.ts';
import { type Asked, parentOf } from './world.ts';

/**
 * `each`: a policy for every provision, so that an answer names the ones that determined it. `packed`: one of each effect for
 * a consent, which tells less and is up to twice as fast, since every policy costs the authorizer something.
 */
export type Packing = 'each' | 'packed';

/** Forbid wins over permit, and nothing is permitted by default: `deny-overrides` as Cedar has it. */
export const policiesOf = (consents: readonly Meaning[], packing: Packing): string =>
  consents.flatMap((consent) => policiesOfConsent(consent, packing)).join('\n');

export function preparse(name: string, policies: string): void {
  const answer = preparsePolicySet(name, { staticPolicies: policies });
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
}

/** The policies come in force and out of it with the consent, so that none has to test its period. */
function policiesOfConsent(meaning: Meaning, packing: Packing): readonly string[] {
  const { permits, denies } = saidBy(meaning);
  const refusals = denies.map(({ when, unless }) =>
    [...when.map(conditionsOf), ...unless.map((test) => `!(${conditionsOf(test)})`)].join(' && '),
  );
  return [
    ...policies('permit', permits.map(conditionsOf), packing),
    ...policies('forbid', refusals, packing),
  ];
}

function policies(effect: string, reasons: readonly string[], packing: Packing): readonly string[] {
  const conditions = packing === 'packed' && reasons.length > 0 ? [anyOf(reasons)] : reasons;
  return conditions.map((when) => `${effect} (principal, action, resource) when { ${when} };`);
}

/** In the order of the closures. */
function conditionsOf(test: Test): string {
  const parts = [...ofQuestion(test), ...ofData(test)];
  return parts.length === 0 ? 'true' : parts.join(' && ');
}

function ofQuestion(test: Test): readonly string[] {
  const { effect, actors, purposes, actions, period } = test;
  const isPermit = effect === 'permit';
  const parts: string[] = [];
  if (actors) parts.push(`(${anyOf(actors.map((actor) => isMeant(actor, isPermit)))})`);
  if (purposes) {
    const covered = setOf(purposesOf(test));
    parts.push(
      isPermit
        ? `(!context.purposes.isEmpty() && ${covered}.containsAll(context.purposes))`
        : `(context.purposes.isEmpty() || context.purposes.containsAny(${covered}))`,
    );
  }
  if (actions) {
    const covered = actionsOf(test).map((action) => `Action::"${action}"`);
    parts.push(`action in [${covered.join(', ')}]`);
  }
  if (period) parts.push(`context.at >= ${period.start} && context.at <= ${period.end}`);
  return parts;
}

/** What may be absent from the data is tested for first. */
function ofData(test: Test): readonly string[] {
  const { effect, types, confidentiality, sensitivity, codes, dataPeriod } = test;
  const isPermit = effect === 'permit';
  const parts: string[] = [];
  if (types) parts.push(`(${anyOf(types.map((type) => `resource is ${type}`))})`);
  if (confidentiality !== undefined)
    parts.push(`context.rank ${isPermit ? '<=' : '>='} ${rankOf(confidentiality)}`);
  if (sensitivity) parts.push(`context.sensitivities.containsAny(${setOf(sensitivitiesOf(test))})`);
  if (codes) {
    const shared = `context.codes.containsAny(${setOf(codes.map(({ system, code }) => `${system}|${code}`))})`;
    parts.push(isPermit ? shared : `(context.codes.isEmpty() || ${shared})`);
  }
  if (dataPeriod) {
    const inside = `context.moment >= ${dataPeriod.start} && context.moment <= ${dataPeriod.end}`;
    parts.push(isPermit ? `(context has moment && ${inside})` : `(!(context has moment) || (${inside}))`);
  }
  return parts;
}

const setOf = (values: readonly string[]): string =>
  `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;

/** An organization above the requester's own is meant by a deny alone (M-8). */
function isMeant(actor: string, isPermit: boolean): string {
  const [type = '', id = ''] = actor.split('/');
  if (type === 'Practitioner') return `principal == Practitioner::"${id}"`;
  const isOwn = `context.organization == "${id}"`;
  return isPermit ? isOwn : `${isOwn} || context.above == "${id}"`;
}

const anyOf = (tests: readonly string[]): string => tests.map((test) => `(${test})`).join(' || ');

/**
 * As little as decides: who asks and what type of data is asked for stand in the entities' names, the rest in the context,
 * single values where there is one. Entities with attributes were tried and are no faster, sets of all names slower.
 */
export function callOf(
  policySet: string,
  { who, organization }: Asked,
  { at, action, purposes }: Question,
  { type, rank, sensitivities, codes, moment }: Facts,
): StatefulAuthorizationCall {
  const above = parentOf(organization) ?? organization;
  return {
    principal: entity(who),
    action: { type: 'Action', id: action },
    resource: { type, id: 'd' },
    context: {
      at,
      purposes: [...purposes],
      organization: entity(organization).id,
      above: entity(above).id,
      rank,
      sensitivities: [...sensitivities],
      codes: [...codes],
      ...(moment === undefined ? {} : { moment }),
    },
    preparsedPolicySetId: policySet,
    entities: [],
  };
}

function entity(name: string): { readonly type: string; readonly id: string } {
  const [type = '', id = ''] = name.split('/');
  return { type, id };
}

export function isAllowed(call: StatefulAuthorizationCall): boolean {
  const answer: AuthorizationAnswer = statefulIsAuthorized(call);
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
  if (answer.response.diagnostics.errors.length > 0)
    throw new Error(JSON.stringify(answer.response.diagnostics.errors));
  return answer.response.decision === 'allow';
}
