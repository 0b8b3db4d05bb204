/** The requester as the directory knows it: names and ids that go into an assertion are never the asker's own words. */
import type { ReadDirectory } from '../../access/directory.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Requester } from '../../decision/request.ts';
import { element, elements, text } from '../../fhir/read-element.ts';
import { readIdentifier } from '../../fhir/reference.ts';
import type { Resource, StoredResource } from '../../fhir/resource.ts';
import type { B2bObject } from './wire.ts';

export type DescribedRequester = Pick<B2bObject, 'organization_id'> &
  Partial<Pick<B2bObject, 'organization_name' | 'subject_name' | 'subject_id'>>;

/** Undefined when the organization on whose behalf is asked is not on file. */
export async function describeRequester(
  directory: ReadDirectory,
  requester: Requester,
  issuer: string,
): Promise<DescribedRequester | undefined> {
  const names = [requester.organization, requester.reference].filter((name) => name !== undefined);
  const onFile = await directory.around(names);
  const find = (name: string | undefined): StoredResource | undefined =>
    onFile.find(({ type, id }) => `${type}/${id}` === name);
  const organization = find(requester.organization ?? requester.reference);
  if (organization?.type !== 'Organization') return undefined;
  return { ...describeOrganization(organization, issuer), ...describePerson(find(requester.reference)) };
}

function describeOrganization({ id, resource }: StoredResource, issuer: string): DescribedRequester {
  const name = text(resource, 'name');
  return {
    organization_id: uriIdentifier(resource) ?? `${issuer}/fhir/R4/Organization/${id}`,
    ...(name === undefined ? {} : { organization_name: name }),
  };
}

/** `subject_id` stands only beside a name (§5.2.1.1). */
function describePerson(person: StoredResource | undefined): Partial<DescribedRequester> {
  if (person?.type !== 'Practitioner') return {};
  const name = nameOf(element(person.resource, 'name'));
  if (name === undefined) return {};
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
