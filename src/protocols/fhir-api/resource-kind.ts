/** The types that are filed here, and what each asks of a body and of whoever files it. */
import type { Caller } from '../../access/caller.ts';
import type { ScopeLevel } from '../../access/scope.ts';
import { scopeLevels } from '../../access/scope.ts';
import type { Failure } from '../../base/failure.ts';
import { ok, type Result } from '../../base/result.ts';
import { type Converted, convertConsent, convertElements } from '../../consent/convert-consent.ts';
import { consentSearchParameters } from '../../consent/search-parameters.ts';
import { validateConsent } from '../../consent/validate-consent.ts';
import { element, text } from '../../fhir/read-element.ts';
import { idOfReference, readReference, typeOfReference } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Reach } from '../../fhir/resource-store.ts';
import { type DirectoryType, directoryTypes } from '../../fhir/schemas/directory-schemas.ts';
import { directorySearchParameters } from '../../fhir/search/directory-search-parameters.ts';
import type { SearchParameter } from '../../fhir/search/search-parameter.ts';
import type { Validated } from '../../fhir/validation/validate.ts';
import { validateDirectoryResource } from '../../fhir/validation/validate-directory.ts';
import type { FhirVersion } from '../../fhir/version.ts';
import { type FhirApiDeps, ownFhirBases } from './base.ts';
import { resolvePatient } from './resolve-patient.ts';
import { mayFileConsent, mayFileDirectory, mayFileSome } from './who-may.ts';

export type ResourceKind = {
  readonly type: string;
  /** Found only within the caller's reach; other types tell nothing of a patient. */
  readonly ofPatients: boolean;
  /** Searched below its patient as well: `Patient/ann/Consent`. */
  readonly inCompartment: boolean;
  readonly writers: readonly ScopeLevel[];
  readonly parameters: readonly SearchParameter[];
  readonly validate: (resource: Resource, version: FhirVersion) => Result<Validated, Failure>;
  /** In the shape of another version; undefined when it cannot be said there. */
  readonly convert: Convert;
  /** The same without asking whether it can be read: to find it by. */
  readonly elementsIn: Convert;
  /** Logical id of the patient it is about. */
  readonly patientOf: (
    deps: PatientDeps,
    body: Body,
    within: Reach,
  ) => Promise<Result<string | undefined, Failure>>;
  /** Any at all; asked before anything is looked for. */
  readonly mayFileSome: (caller: Caller) => Result<undefined, Failure>;
  readonly mayFile: (
    deps: Pick<FhirApiDeps, 'resources'>,
    caller: Caller,
    patient: string | undefined,
    status: string | undefined,
  ) => Promise<Result<undefined, Failure>>;
};

type Convert = (resource: Resource, from: FhirVersion, to: FhirVersion) => Converted | undefined;
type PatientDeps = Pick<FhirApiDeps, 'resources' | 'issuer'>;

/** A body on its way in, under the id it has or is to get. */
export type Body = {
  readonly id: string;
  readonly resource: Resource;
  /** As it was sent, letter by letter. */
  readonly text: string;
  readonly version: FhirVersion;
};

export const consentKind: ResourceKind = {
  type: 'Consent',
  ofPatients: true,
  inCompartment: true,
  writers: scopeLevels,
  parameters: consentSearchParameters,
  validate: validateConsent,
  convert: convertConsent,
  elementsIn: convertElements,
  patientOf: (deps, { resource, version }, within) => resolvePatient(deps, resource, version, within),
  mayFileSome,
  mayFile: ({ resources }, caller, patient, status) => mayFileConsent(resources, caller, patient, status),
};

/** Where a type says which patient it is about; a Group and a CareTeam tell who their members are. */
const patientElements: Partial<Record<DirectoryType, string>> = {
  CareTeam: 'subject',
  RelatedPerson: 'patient',
  Device: 'patient',
};

const ofPatients: ReadonlySet<string> = new Set([
  'Patient',
  'Group',
  ...Object.keys(patientElements),
] satisfies string[]);

const asItCame: Convert = (resource) => ({ resource, lossy: false });

/** Kept as it came and shown alike in every version. */
const directory = (type: DirectoryType): ResourceKind => ({
  type,
  ofPatients: ofPatients.has(type),
  inCompartment: false,
  writers: ['user', 'system'],
  parameters: directorySearchParameters[type],
  validate: (resource) => validateDirectoryResource(type, resource),
  convert: asItCame,
  elementsIn: asItCame,
  patientOf: async ({ issuer }, { id, resource }) =>
    ok(type === 'Patient' ? id : patientIn(resource, patientElements[type], issuer)),
  mayFileSome: mayFileDirectory,
  mayFile: async (_deps, caller) => mayFileDirectory(caller),
});

function patientIn(resource: Resource, name: string | undefined, issuer: string): string | undefined {
  if (name === undefined) return undefined;
  const { local } = readReference(element(resource, name) ?? {}, ownFhirBases(issuer));
  return local && typeOfReference(local) === 'Patient' ? idOfReference(local) : undefined;
}

export const resourceKinds: readonly ResourceKind[] = [consentKind, ...directoryTypes.map(directory)];

export const kindOf = (type: string): ResourceKind | undefined =>
  resourceKinds.find((kind) => kind.type === type);

/** Of the types that are searched by it, and as long as any code is: an index of the store holds it. */
export function statusOf(kind: ResourceKind, resource: Resource): string | undefined {
  const isKept = kind.parameters.some(({ name }) => name === 'status');
  const status = isKept ? text(resource, 'status') : undefined;
  return status !== undefined && status.length <= 64 ? status : undefined;
}
