/** What a case files: its consents and directory, each under an id, as an administrator's import keeps them. */
import { asInstant, type Instant, parseInstant } from '../../../src/base/instant.ts';
import { idOfReference } from '../../../src/fhir/reference.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import type { FhirVersion } from '../../../src/fhir/version.ts';
import type { DecisionCase } from './case-format.ts';

export type Filed = {
  /** Undefined for the directory, whose version is told by its shape. */
  readonly fhirVersion: FhirVersion | undefined;
  readonly resource: Resource & { readonly id: string };
  /** Logical id of the patient it is about. */
  readonly patient: string | undefined;
};

export const nowOf = ({ now }: DecisionCase): Instant => parseInstant(now) ?? asInstant(Number.NaN);

/** In the order of the case; the `basis` of a case names a consent by its place. */
const consentIdOf = (given: DecisionCase, index: number): string => {
  const id = given.consents[index]?.resource['id'];
  return typeof id === 'string' ? id : `consent-${index}`;
};

export const indexOfConsent = (given: DecisionCase, id: string): number =>
  given.consents.findIndex((_, index) => consentIdOf(given, index) === id);

export const consentsOf = (given: DecisionCase): readonly Filed[] =>
  given.consents.map(({ fhirVersion, resource }, index) => ({
    fhirVersion,
    resource: { ...asResource(resource), id: consentIdOf(given, index) },
    patient: patientOf(given, asResource(resource), fhirVersion === '5.0' ? 'subject' : 'patient'),
  }));

/** The patient asked about is on file, or every door would answer as for somebody unknown. */
export function directoryOf(given: DecisionCase): readonly Filed[] {
  const listed = (given.resources ?? []).map((resource, index) => ({
    ...asResource(resource),
    id: typeof resource['id'] === 'string' ? resource['id'] : `resource-${index}`,
  }));
  const asked = { resourceType: 'Patient', id: idOfReference(given.request.patient) };
  const isListed = listed.some(({ resourceType, id }) => resourceType === 'Patient' && id === asked.id);
  return [...listed, ...(isListed ? [] : [asked])].map((resource) => ({
    fhirVersion: undefined,
    resource,
    patient: resource.resourceType === 'Patient' ? resource.id : patientOfDirectory(given, resource),
  }));
}

const patientElements: Readonly<Record<string, string>> = {
  CareTeam: 'subject',
  RelatedPerson: 'patient',
  Device: 'patient',
};

function patientOfDirectory(given: DecisionCase, resource: Resource): string | undefined {
  const name = patientElements[resource.resourceType];
  return name === undefined ? undefined : patientOf(given, resource, name);
}

type Pointer = {
  readonly reference?: string;
  readonly identifier?: { readonly system?: string; readonly value?: string };
};

/** A logical reference is looked up among the patients of the case. */
function patientOf(given: DecisionCase, resource: Resource, name: string): string | undefined {
  const { reference, identifier } = (resource[name] ?? {}) as Pointer;
  if (typeof reference === 'string') return /(?:^|\/)Patient\/(?<id>[^/]+)$/.exec(reference)?.groups?.['id'];
  if (!identifier) return undefined;
  const meant = (given.resources ?? []).find(
    ({ resourceType, ...rest }) =>
      resourceType === 'Patient' &&
      ((rest['identifier'] ?? []) as readonly NonNullable<Pointer['identifier']>[]).some(
        (each) => each.system === identifier.system && each.value === identifier.value,
      ),
  );
  return meant === undefined ? undefined : String(meant['id']);
}

const asResource = (given: { readonly resourceType: string }): Resource => given as Resource;
