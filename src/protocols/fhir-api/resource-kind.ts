/** The types that are filed here, and what each asks of a body and of whoever files it. */
import type { Caller } from '../../access/caller.ts';
import type { ScopeLevel } from '../../access/scope.ts';
import { scopeLevels } from '../../access/scope.ts';
import type { Failure } from '../../base/failure.ts';
import { ok, type Result } from '../../base/result.ts';
import { validateConsent } from '../../consent/validate-consent.ts';
import { type DirectoryType, directoryTypes } from '../../fhir/directory-schemas.ts';
import { text } from '../../fhir/read-element.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Reach } from '../../fhir/resource-store.ts';
import type { Validated } from '../../fhir/validate.ts';
import { validateDirectoryResource } from '../../fhir/validate-directory.ts';
import type { FhirVersion } from '../../fhir/version.ts';
import type { FhirApiDeps } from './base.ts';
import { resolvePatient } from './resolve-patient.ts';
import type { SearchParameter } from './search-parameters.ts';
import { mayFileConsent, mayFileDirectory } from './who-may.ts';

export type ResourceKind = {
  readonly type: string;
  /** Found only within the caller's reach; other types tell nothing of a patient. */
  readonly ofPatients: boolean;
  /** Served in the version of its submission alone, or alike on every base. */
  readonly shape: 'by-version' | 'one';
  readonly writers: readonly ScopeLevel[];
  readonly searchedBy: readonly SearchParameter[];
  readonly validate: (resource: Resource, version: FhirVersion) => Result<Validated, Failure>;
  /** Logical id of the patient it is about. */
  readonly patientOf: (
    deps: FhirApiDeps,
    body: Body,
    within: Reach,
  ) => Promise<Result<string | undefined, Failure>>;
  readonly mayFile: (
    deps: FhirApiDeps,
    caller: Caller,
    patient: string | undefined,
    status: string | undefined,
  ) => Promise<Result<undefined, Failure>>;
};

/** A body on its way in, under the id it has or is to get. */
export type Body = { readonly id: string; readonly resource: Resource; readonly version: FhirVersion };

const consent: ResourceKind = {
  type: 'Consent',
  ofPatients: true,
  shape: 'by-version',
  writers: scopeLevels,
  searchedBy: ['patient', 'status', 'identifier'],
  validate: validateConsent,
  patientOf: (deps, { resource, version }, within) => resolvePatient(deps, resource, version, within),
  mayFile: ({ resources }, caller, patient = '', status) =>
    mayFileConsent(resources, caller, patient, status),
};

const directory = (type: DirectoryType): ResourceKind => ({
  type,
  // A Group tells who its members are.
  ofPatients: type === 'Patient' || type === 'Group',
  shape: 'one',
  writers: ['user', 'system'],
  searchedBy: ['identifier'],
  validate: (resource) => validateDirectoryResource(type, resource),
  patientOf: async (_deps, { id }) => ok(type === 'Patient' ? id : undefined),
  mayFile: async (_deps, caller) => mayFileDirectory(caller),
});

export const resourceKinds: readonly ResourceKind[] = [consent, ...directoryTypes.map(directory)];

/** Of the types that are searched by it; in others a `status` is a member like any, of any length. */
export const statusOf = (kind: ResourceKind, resource: Resource): string | undefined =>
  kind.searchedBy.includes('status') ? text(resource, 'status') : undefined;
