/** Whether an actor of a provision is the party that asks (fhir-consent.md M-8). */
import type { Instant } from '../base/instant.ts';
import { contains, type Period } from '../base/period.ts';
import type { Effect } from '../consent/consent.ts';
import type { Party, Seen } from './party.ts';
import type { CompiledParty } from './program.ts';
import type { Truth } from './truth.ts';

/** The party as permits or as denies see it, at one moment. */
export type Standing = {
  readonly party: Party;
  readonly seen: Seen;
  readonly effect: Effect;
  readonly at: Instant;
};

/** Undefined when it cannot be told: a deny is then not escaped, and a permit not gained. */
export function isMeant(actor: CompiledParty, standing: Standing): Truth {
  const { names } = actor;
  if (names.length === 0) return undefined;
  // A relative whose relation has ended is one no longer (PR-5, case 66); a deny goes on meaning that person.
  if (actor.lasting && standing.effect === 'permit' && !isCurrent(actor.lasting, standing.at)) return false;
  const known = standing.seen.names;
  for (const name of names) if (known.has(name)) return true;
  if (!actor.isOnFile) return isSomebodyElse(actor, standing) ? false : undefined;
  let so: Truth = false;
  for (const group of actor.groups) so = either(so, isMember(group, standing));
  for (const office of actor.offices) so = either(so, isInOffice(office, standing));
  return so;
}

/** R-18; a role only in words, or a request that says nothing of roles, leaves it open. */
export function hasRole(roles: readonly string[], { roles: held }: Party): Truth {
  if (roles.length === 0 || !held) return undefined;
  return roles.some((role) => held.has(role));
}

/** An actor that is not on file is someone else when the requester is known under a name of the same kind. */
function isSomebodyElse({ kin }: CompiledParty, { seen }: Standing): boolean {
  if (kin === undefined) return false;
  for (const name of seen.names) if (name.startsWith(kin)) return true;
  return false;
}

function isMember(group: CompiledParty['groups'][number], standing: Standing): Truth {
  if (!group.isListed) return undefined;
  const { seen, at } = standing;
  if (!isCurrent(group.during, at)) return false;
  for (const name of seen.names) if (isCurrent(group.members.get(name) ?? [], at)) return true;
  let so: Truth = false;
  for (const each of group.within)
    if (contains(each.during, at)) so = either(so, isMeant(each.party, standing));
  return so;
}

/** One that lacks its person or its organization means nobody we can name. */
function isInOffice(
  { during, practitioner, organization }: CompiledParty['offices'][number],
  { party, seen, at }: Standing,
): Truth {
  if (!isCurrent(during, at)) return false;
  if (practitioner.length > 0 && !practitioner.some((name) => party.self.has(name))) return false;
  if (organization.length > 0 && !organization.some((name) => seen.organizations.has(name))) return false;
  return practitioner.length > 0 && organization.length > 0 ? true : undefined;
}

const isCurrent = (periods: readonly Period[], at: Instant): boolean =>
  periods.some((period) => contains(period, at));

const either = (a: Truth, b: Truth): Truth =>
  a === true || b === true || (a === undefined || b === undefined ? undefined : false);
