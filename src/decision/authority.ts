/** Who may sign and ask for a patient: authority as the directory has it (consent-decisioning.md §10). */
import type { Instant } from '../base/instant.ts';
import { contains, overlaps, type Period } from '../base/period.ts';
import { codeSystems } from '../fhir/coding.ts';
import { codings, conceptCodings, element } from '../fhir/read-element.ts';
import { namesOfReference, readReference } from '../fhir/reference.ts';
import type { Resource, StoredResource } from '../fhir/resource.ts';
import { normalized } from '../labeling/read-label.ts';
import { type Directory, isActive, namesOf, periodOf } from './directory.ts';
import type { DecisionSettings } from './settings.ts';

export type Authority = {
  /** `RelatedPerson/m`. */
  readonly holder: string;
  /** Every name of the patient it is for. */
  readonly patient: ReadonlySet<string>;
  /** Of a parent: it ends when the child comes of age (PR-3). */
  readonly isParental: boolean;
  readonly isInUse: boolean;
  readonly during: Period;
};

/** PR-1, in v3-RoleCode. */
const representatives: ReadonlySet<string> = new Set([
  ...['GUARD', 'HPOWATT', 'POWATT', 'SPOWATT', 'DPOWATT', 'GUADLTM', 'EXCEST', 'RESPRSN'],
]);
/** `PRN` and those below it that are parents by birth or adoption. */
const parents: ReadonlySet<string> = new Set([
  ...['PRN', 'NPRN', 'FTH', 'NFTH', 'MTH', 'NMTH', 'ADOPTP', 'ADOPTF', 'ADOPTM'],
]);
export const roleSystems: ReadonlySet<string | undefined> = new Set([
  'http://terminology.hl7.org/CodeSystem/v3-RoleCode',
  'http://terminology.hl7.org/CodeSystem/v3-RoleClass',
  'http://hl7.org/fhir/v3/RoleCode',
  undefined,
]);

/** Labels on the record of a representative that put an end to the authority: abuse, endangerment (PR-6). */
const endangering: ReadonlySet<string> = new Set(['SDV', 'MST', 'VIO']);

/** Undefined when the resource gives none: no RelatedPerson, or a relation without authority. */
export function authorityOf(
  stored: StoredResource | undefined,
  directory: Directory,
  { timezone, ownBases }: Pick<DecisionSettings, 'timezone' | 'ownBases'>,
): Authority | undefined {
  if (stored?.type !== 'RelatedPerson' || isDangerous(stored.resource)) return undefined;
  const { resource } = stored;
  const codes = [...conceptCodings(resource, 'relationship'), ...conceptCodings(resource, 'role')]
    .filter(({ system }) => roleSystems.has(system))
    .map(({ code }) => code);
  const isRepresentative = codes.some((code) => representatives.has(code));
  if (!isRepresentative && !codes.some((code) => parents.has(code))) return undefined;
  return {
    holder: `RelatedPerson/${stored.id}`,
    patient: namesOf(
      directory,
      namesOfReference(readReference(element(resource, 'patient') ?? {}, ownBases)),
    ),
    isParental: !isRepresentative,
    isInUse: isActive(resource),
    during: periodOf(resource, timezone),
  };
}

/**
 * Later loss does not undo what was signed before (PR-2). Without an end nobody can tell when a record fell out of use,
 * before or after.
 */
export const heldWhen = ({ isInUse, during }: Authority, signed: Period): boolean =>
  (isInUse || during.end !== undefined) && overlaps(during, signed);

export const isHeldNow = ({ isInUse, during }: Authority, at: Instant): boolean =>
  isInUse && contains(during, at);

/** Told by a label of violence on the record of a RelatedPerson (PR-6). */
export function isDangerous(resource: Resource): boolean {
  return codings(element(resource, 'meta'), 'security')
    .map(normalized)
    .some(({ system, code }) => system === codeSystems.actCode && endangering.has(code));
}
