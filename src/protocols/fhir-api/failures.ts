/** Why the FHIR API refuses, each reason with its one answer (fhir-consent.md §8). */
import type { Failure } from '../../base/failure.ts';
import type { StoredResource } from '../../fhir/resource.ts';
import { releaseOf } from '../../fhir/version.ts';

/** INVARIANT: the same for what is missing and for what is out of reach (AD-1). */
export const notFound: Failure = { kind: 'not-found', code: 'not-found', detail: 'no such resource' };

/** Alike for an unknown and a hidden id, since `updateCreate` is false (access-denied-and-enforcement.md §2). */
export const notCreatedByUpdate: Failure = {
  kind: 'method-not-allowed',
  code: 'not-supported',
  detail: 'ids are assigned by the server: there is no resource to update under this one',
  headers: { allow: 'GET' },
};

export const idMismatch: Failure = {
  kind: 'malformed',
  code: 'value',
  detail: 'the id of the body must be the id of the address',
  pointer: 'Resource.id',
};

export const versionConflict: Failure = {
  kind: 'precondition-failed',
  code: 'conflict',
  detail: 'If-Match does not name the current version',
};

/** Until versions are converted into each other, a resource is served in the shape in which it was submitted. */
export const otherVersion = (stored: StoredResource, issuer: string): Failure => ({
  kind: 'not-acceptable',
  code: 'not-supported',
  detail: `stored as FHIR ${stored.fhirVersion}; it is served at ${issuer}/fhir/${releaseOf[stored.fhirVersion]}`,
});

/** Created all the same, there would be two of what the client wants one of. */
export const noConditionalCreate: Failure = {
  kind: 'malformed',
  code: 'not-supported',
  detail: 'conditional create is not supported here: If-None-Exist must be left out',
};

/** For a writer that named no version and was overtaken by another. */
export const overtaken: Failure = {
  kind: 'conflict',
  code: 'conflict',
  detail: 'the resource was changed meanwhile',
};

export const malformedQuery = (detail: string, code = 'value'): Failure => ({
  kind: 'malformed',
  code,
  detail,
});
