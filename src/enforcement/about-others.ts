/** Whom the entries of a Bundle are about: the patient who was asked about, or somebody else. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { eachObject, nameAt } from '../fhir/each-object.ts';
import { elements, text } from '../fhir/read-element.ts';
import { identifierToken, readIdentifier, readLiteral } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { type BundleEntry, tokensOf } from './bundle-entry.ts';

/**
 * Whether an entry may be about somebody else than the patient, who is known by these names: `Patient/ann`, addresses,
 * identifier tokens. Whoever cannot be told is somebody else; data without a subject is the patient's, as its sender says.
 */
export function aboutOthers(
  all: readonly BundleEntry[],
  patient: ReadonlySet<string>,
  ownBases: readonly string[],
): (entry: BundleEntry) => boolean {
  const names = new Set([...patient, ...patientsIn(all, patient, ownBases)]);
  const isPatient = (name: string): boolean => names.has(name);
  return ({ entry, resource }) => {
    if (!resource) return true;
    const fullUrl = text(entry, 'fullUrl');
    if (resource.resourceType === 'Patient') return !isThisPatient(resource, fullUrl, patient, ownBases);
    return speaksOfAnother(resource, { base: baseOf(fullUrl), ownBases, isPatient });
  };
}

function speaksOfAnother(resource: Resource, around: Around): boolean {
  const strangers = elements(resource, 'contained').filter(
    (inner) => inner['resourceType'] === 'Patient' && !tokensOf(inner).some(around.isPatient),
  );
  let isSo = strangers.length > 0;
  eachObject(resource, (object, path) => {
    const isSubject = path.length > 0 && path.length <= 2 && subjects.has(nameAt(path));
    isSo ||= meansAnother(object, isSubject, around);
  });
  return isSo;
}

const subjects: ReadonlySet<string> = new Set(['subject', 'patient', 'beneficiary', 'individual']);

type Around = {
  readonly base: string | undefined;
  readonly ownBases: readonly string[];
  readonly isPatient: (name: string) => boolean;
};

function meansAnother(object: JsonObject, isSubject: boolean, around: Around): boolean {
  const literal = text(object, 'reference')?.replace(/\/_history\/[^/]+$/, '');
  if (literal === undefined) return isSubject ? !isNamed(object, around) : isOtherLogically(object, around);
  if (literal.startsWith('#')) return false;
  if (/(?:^|\/)Patient\/[^/]+$/.test(literal)) return !absolute(literal, around).some(around.isPatient);
  if (around.isPatient(literal)) return false;
  const isLocated = /(?:^|\/)[A-Z][A-Za-z]+\/[^/]+$/.test(literal);
  return isSubject ? !isLocated || /(?:^|\/)Group\/[^/]+$/.test(literal) : text(object, 'type') === 'Patient';
}

/** By an identifier of the patient; of another kind of thing by its type. */
const isNamed = (object: JsonObject, { isPatient }: Around): boolean => {
  const identifier = identifierIn(object);
  const type = text(object, 'type');
  return (
    (identifier !== undefined && isPatient(identifier)) ||
    (type !== undefined && !['Patient', 'Group'].includes(type))
  );
};

const isOtherLogically = (object: JsonObject, { isPatient }: Around): boolean => {
  const identifier = identifierIn(object);
  return text(object, 'type') === 'Patient' && identifier !== undefined && !isPatient(identifier);
};

function identifierIn(object: JsonObject): string | undefined {
  const value: Json | undefined = object['identifier'];
  const identifier = isObject(value) ? readIdentifier(value) : undefined;
  return identifier && identifierToken(identifier);
}

/** A relative reference means a resource of the server that the entry comes from. */
function absolute(literal: string, { base, ownBases }: Around): readonly string[] {
  const { local } = readLiteral(literal, ownBases);
  if (local === undefined) return [literal];
  const isElsewhere = literal === local && base !== undefined && !ownBases.includes(base);
  return isElsewhere ? [`${base}/${local}`] : [local];
}

/** `https://ehr.example.org/fhir` of `https://ehr.example.org/fhir/Observation/1`. */
const baseOf = (fullUrl: string | undefined): string | undefined =>
  /^(?<base>https?:\/\/.+)\/[A-Z][A-Za-z]+\/[^/]+$/.exec(fullUrl ?? '')?.groups?.['base'];

/** The names under which the Bundle itself holds the patient. */
const patientsIn = (
  all: readonly BundleEntry[],
  patient: ReadonlySet<string>,
  ownBases: readonly string[],
): ReadonlySet<string> =>
  new Set(
    all.flatMap(({ entry, resource }) => {
      const fullUrl = text(entry, 'fullUrl');
      if (resource?.resourceType !== 'Patient' || !isThisPatient(resource, fullUrl, patient, ownBases))
        return [];
      return addressesOf(resource, fullUrl, ownBases);
    }),
  );

const isThisPatient = (
  resource: Resource,
  fullUrl: string | undefined,
  patient: ReadonlySet<string>,
  ownBases: readonly string[],
): boolean =>
  [...tokensOf(resource), ...addressesOf(resource, fullUrl, ownBases)].some((name) => patient.has(name));

function addressesOf(
  { resourceType, id }: Resource,
  fullUrl: string | undefined,
  ownBases: readonly string[],
): readonly string[] {
  if (fullUrl !== undefined) return [readLiteral(fullUrl, ownBases).local ?? fullUrl];
  return typeof id === 'string' ? [`${resourceType}/${id}`] : [];
}
