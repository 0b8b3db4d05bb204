/** Whether an actor of a provision is the requester (fhir-consent.md M-8). */
import type { Instant } from '../base/instant.ts';
import { contains } from '../base/period.ts';
import type { ActorCriterion, Effect } from '../consent/consent.ts';
import { identifierToken, type Reference, typeOfReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { currentMembers, type Directory, isActive, periodOf, referenceIn } from './directory.ts';
import { type Identities, namesOf } from './identities.ts';
import type { Truth } from './logic.ts';
import type { DecisionSettings } from './settings.ts';

export type ActorContext = {
  readonly identities: Identities;
  readonly directory: Directory;
  readonly at: Instant;
  readonly settings: DecisionSettings;
};

/**
 * Undefined when the actor cannot be resolved: unknown under a deny; the caller reads it as no match under a permit.
 */
export function isRequester(actor: ActorCriterion, effect: Effect, context: ActorContext): Truth {
  if (actor.part === 'custodian') return isCustodian(actor.reference, context);
  if (!actor.reference)
    return actor.roles.some(({ system, code }) => context.identities.roles.has(`${system ?? ''}|${code}`));
  return isMeant(actor.reference, effect, context);
}

function isMeant(reference: Reference, effect: Effect, context: ActorContext): Truth {
  const { identities, directory } = context;
  const seeds = namesIn(reference);
  if (seeds.length === 0) return undefined;
  const names = namesOf(directory, seeds);
  const organizations =
    effect === 'permit' ? identities.organizationsForPermit : identities.organizationsForDeny;
  if (intersects(names, identities.self) || intersects(names, organizations)) return true;
  const known = [...names].flatMap((name) => directory.entries.get(name)?.resource ?? []);
  if (known.some((resource) => isMeantBy(resource, effect, context))) return true;
  return known.length > 0 || isComparable(reference, identities, organizations) ? false : undefined;
}

const namesIn = ({ local, identifier }: Reference): readonly string[] => [
  ...(local ? [local] : []),
  ...(identifier ? [identifierToken(identifier)] : []),
];

/**
 * An actor that is not on file is still someone else when the requester is known by a reference to the same type;
 * a group that is not on file may have anybody in it.
 */
function isComparable(
  { local }: Reference,
  { self }: Identities,
  organizations: ReadonlySet<string>,
): boolean {
  if (local === undefined) return true;
  const type = typeOfReference(local);
  return !collective.has(type) && [...self, ...organizations].some((name) => name.startsWith(`${type}/`));
}

const collective: ReadonlySet<string> = new Set(['Group', 'CareTeam', 'PractitionerRole', 'Device']);

function isMeantBy(resource: Resource, effect: Effect, context: ActorContext): boolean {
  const { identities, directory, at, settings } = context;
  switch (resource.resourceType) {
    case 'Group':
    case 'CareTeam':
      return intersects(namesOf(directory, currentMembers(resource, at, settings.timezone)), identities.self);
    case 'PractitionerRole':
      return (
        isActive(resource) &&
        contains(periodOf(resource, settings.timezone), at) &&
        bothHold(resource, effect, context)
      );
    default:
      return false;
  }
}

/** A role means the practitioner when acting for that organization. */
function bothHold(role: Resource, effect: Effect, { identities, directory }: ActorContext): boolean {
  const practitioner = referenceIn(role, 'practitioner');
  const organization = referenceIn(role, 'organization');
  const organizations =
    effect === 'permit' ? identities.organizationsForPermit : identities.organizationsForDeny;
  return (
    (practitioner === undefined || intersects(namesOf(directory, [practitioner]), identities.self)) &&
    (organization === undefined || intersects(namesOf(directory, [organization]), organizations))
  );
}

/** who holds the data is a setting; without it nobody can tell. */
function isCustodian(reference: Reference | undefined, { directory, settings }: ActorContext): Truth {
  if (settings.custodian === undefined || !reference) return undefined;
  return intersects(namesOf(directory, namesIn(reference)), namesOf(directory, [settings.custodian]));
}

export function intersects(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const each of a) if (b.has(each)) return true;
  return false;
}
