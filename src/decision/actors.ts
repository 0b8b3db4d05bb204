/** Whether an actor of a provision is the requester (fhir-consent.md M-8). */
import type { Instant } from '../base/instant.ts';
import { contains } from '../base/period.ts';
import type { ActorCriterion, Effect } from '../consent/consent.ts';
import type { Coding } from '../fhir/coding.ts';
import { namesOfReference, type Reference, typeOfReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { currentMembers, type Directory, isActive, namesIn, periodOf } from './directory.ts';
import { type Identities, namesOf, roleToken } from './identities.ts';
import type { Truth } from './logic.ts';
import type { DecisionSettings } from './settings.ts';

export type ActorContext = {
  readonly identities: Identities;
  readonly directory: Directory;
  readonly at: Instant;
  readonly settings: DecisionSettings;
};

/** Undefined when it cannot be told: a deny is then not escaped, and a permit not gained. */
export function isRequester(actor: ActorCriterion, effect: Effect, context: ActorContext): Truth {
  if (actor.part === 'custodian') return isCustodian(actor.reference, context);
  return actor.reference
    ? isMeant(actor.reference, effect, context)
    : hasRole(actor.roles, context.identities);
}

/** R-18; a role only in words, or a request that says nothing of roles, leaves it open. */
function hasRole(roles: readonly Coding[], identities: Identities): Truth {
  if (roles.length === 0 || !identities.roles) return undefined;
  return roles.map(roleToken).some((role) => identities.roles?.has(role));
}

function isMeant(reference: Reference, effect: Effect, context: ActorContext): Truth {
  const { identities, directory } = context;
  const names = namesOf(directory, namesOfReference(reference));
  if (names.size === 0) return undefined;
  const organizations = organizationsOf(effect, identities);
  if (intersects(names, identities.self) || intersects(names, organizations)) return true;
  const known = [...names].flatMap((name) => directory.entries.get(name)?.resource ?? []);
  if (known.length === 0) return isSomebodyElse(reference, identities, organizations) ? false : undefined;
  return anyOf(known.map((resource) => isMeantBy(resource, effect, context)));
}

const organizationsOf = (effect: Effect, identities: Identities): ReadonlySet<string> =>
  effect === 'permit' ? identities.organizationsForPermit : identities.organizationsForDeny;

/**
 * An actor that is not on file is someone else when the requester is known under a name of the same kind: a reference
 * to that type, an identifier of that system. A group that is not on file may have anybody in it.
 */
function isSomebodyElse(
  { local, identifier }: Reference,
  { self }: Identities,
  organizations: ReadonlySet<string>,
): boolean {
  const names = [...self, ...organizations];
  if (local !== undefined) {
    const type = typeOfReference(local);
    return !collective.has(type) && names.some((name) => name.startsWith(`${type}/`));
  }
  return names.some((name) => name.startsWith(`${identifier?.system ?? ''}|`));
}

const collective: ReadonlySet<string> = new Set(['Group', 'CareTeam', 'PractitionerRole', 'Device']);

function isMeantBy(resource: Resource, effect: Effect, context: ActorContext): Truth {
  const { identities, directory, at, settings } = context;
  switch (resource.resourceType) {
    case 'Group':
    case 'CareTeam': {
      const members = currentMembers(resource, at, settings.timezone);
      return members && intersects(namesOf(directory, members), identities.self);
    }
    case 'PractitionerRole': {
      const isHeld = isActive(resource) && contains(periodOf(resource, settings.timezone), at);
      return isHeld && isInRole(resource, effect, context);
    }
    default:
      return false;
  }
}

/** A role means the practitioner when acting for that organization; one that lacks either means nobody we can name. */
function isInRole(role: Resource, effect: Effect, { identities, directory }: ActorContext): Truth {
  const practitioner = namesOf(directory, namesIn(role, 'practitioner'));
  const organization = namesOf(directory, namesIn(role, 'organization'));
  if (practitioner.size > 0 && !intersects(practitioner, identities.self)) return false;
  if (organization.size > 0 && !intersects(organization, organizationsOf(effect, identities))) return false;
  return practitioner.size > 0 && organization.size > 0 ? true : undefined;
}

const anyOf = (truths: readonly Truth[]): Truth =>
  truths.includes(true) ? true : truths.includes(undefined) ? undefined : false;

/** who holds the data is a setting; without it nobody can tell. */
function isCustodian(reference: Reference | undefined, { directory, settings }: ActorContext): Truth {
  if (settings.custodian === undefined || !reference) return undefined;
  return intersects(
    namesOf(directory, namesOfReference(reference)),
    namesOf(directory, [settings.custodian]),
  );
}

export function intersects(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const each of a) if (b.has(each)) return true;
  return false;
}
