/** Who is asking, as the directory knows it: names that go into an assertion are never the asker's own words (§6.1). */
import type { ReadDirectory } from '../../access/directory.ts';
import type { Instant } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import { directoryOf, isHeldAt, namesIn, rolesOnFile } from '../../decision/directory.ts';
import type { Requester } from '../../decision/request.ts';
import { element, elements, text } from '../../fhir/read-element.ts';
import { readIdentifier } from '../../fhir/reference.ts';
import type { Resource, StoredResource } from '../../fhir/resource.ts';
import type { B2bObject, NamedRequester } from './wire.ts';

export type VerifiedRequester = {
  /** The one the consents are asked about. */
  readonly requester: Requester;
  readonly organization: string;
  /** The same one, as the object names it. */
  readonly members: Pick<B2bObject, 'organization_id'> &
    Partial<Pick<B2bObject, 'organization_name' | 'subject_name' | 'subject_id'>>;
};

export type VerifyDeps = {
  readonly directory: ReadDirectory;
  readonly issuer: string;
  readonly timezone: string;
  readonly ownBases: readonly string[];
};

/** Undefined when the parties are not on file, or the person has no role there at this moment. */
export async function verifyRequester(
  { directory, issuer, timezone, ownBases }: VerifyDeps,
  named: NamedRequester,
  at: Instant,
): Promise<VerifiedRequester | undefined> {
  const isPerson = named.type === 'practitioner';
  const name = isPerson ? named.organization : named.reference;
  if (name === undefined || (!isPerson && named.organization !== undefined && named.organization !== name))
    return undefined;
  const onFile = directoryOf(await directory.around([name, named.reference]), { ownBases });
  const organization = onFile.entries.get(name);
  if (organization?.type !== 'Organization') return undefined;
  const members = describeOrganization(organization, issuer);
  if (!isPerson) {
    return {
      requester: { type: 'organization', reference: name, organization: name },
      organization: name,
      members,
    };
  }
  const isHere = rolesOnFile(onFile, [named.reference]).some(
    (role) => isHeldAt(role, at, timezone) && namesIn(onFile, role.resource, 'organization').includes(name),
  );
  if (!isHere) return undefined;
  return {
    requester: { type: 'practitioner', reference: named.reference, organization: name },
    organization: name,
    members: { ...members, ...describePerson(onFile.entries.get(named.reference)) },
  };
}

function describeOrganization(
  { id, resource }: StoredResource,
  issuer: string,
): VerifiedRequester['members'] {
  const name = text(resource, 'name');
  return {
    organization_id: uriIdentifier(resource) ?? `${issuer}/fhir/R4/Organization/${id}`,
    ...(name === undefined ? {} : { organization_name: name }),
  };
}

/** `subject_id` stands only beside a name (§5.2.1.1). */
function describePerson(person: StoredResource | undefined): Partial<VerifiedRequester['members']> {
  const name = person && nameOf(element(person.resource, 'name'));
  if (!person || name === undefined) return {};
  const npi = identifiersIn(person.resource).find(({ system }) => system === npiSystem);
  return { subject_name: name, ...(npi ? { subject_id: `${npiOid}#${npi.value}` } : {}) };
}

const npiSystem = 'http://hl7.org/fhir/sid/us-npi';
const npiOid = 'urn:oid:2.16.840.1.113883.4.6';

const identifiersIn = (resource: Resource) =>
  elements(resource, 'identifier').flatMap((each) => readIdentifier(each) ?? []);

/** An identifier that is a URI by itself. */
const uriIdentifier = (resource: Resource): string | undefined =>
  identifiersIn(resource).find(({ system, value }) => system === 'urn:ietf:rfc:3986' && URL.canParse(value))
    ?.value;

function nameOf(name: JsonObject | undefined): string | undefined {
  const written = text(name, 'text');
  if (written !== undefined || !name) return written;
  const given = Array.isArray(name['given']) ? name['given'].filter((part) => typeof part === 'string') : [];
  const parts = [...given, text(name, 'family')].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}
