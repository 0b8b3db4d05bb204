/** Why the FHIR API refuses, each reason with its one answer (fhir-consent.md §8). */
import type { Failure } from '../../base/failure.ts';
import type { StoredResource, StoredVersion } from '../../fhir/resource.ts';
import { type FhirVersion, releaseOf } from '../../fhir/version.ts';

/** INVARIANT: the same for what is missing and for what is out of reach (AD-1). */
export const notFound: Failure = { kind: 'not-found', code: 'not-found', detail: 'no such resource' };

/** Alike for an unknown and a hidden id, since `updateCreate` is false (access-denied-and-enforcement.md §2). */
export const notCreatedByUpdate: Failure = {
  kind: 'method-not-allowed',
  code: 'not-supported',
  detail: 'ids are assigned by the server: there is no resource to update under this one',
  headers: { allow: 'GET' },
};

export const idMismatch = (type: string): Failure => ({
  kind: 'malformed',
  code: 'value',
  detail: 'the id of the body must be the id of the address',
  pointer: `${type}.id`,
});

export const versionConflict: Failure = {
  kind: 'precondition-failed',
  code: 'conflict',
  detail: 'If-Match does not name the current version',
};

/** What a consent says of a Group or a Practitioner, say, has no form in R4. */
export const notInThisVersion = (stored: StoredResource, issuer: string): Failure => ({
  kind: 'not-acceptable',
  code: 'not-supported',
  detail: `stored as FHIR ${stored.fhirVersion} and not to be said in this version; it is served at ${issuer}/fhir/${releaseOf[stored.fhirVersion]}`,
});

/** Only for those who could have read it while it was there (AD-5). */
export const deleted: Failure = { kind: 'gone', code: 'deleted', detail: 'the resource was deleted' };

export const alreadyThere: Failure = {
  kind: 'precondition-failed',
  code: 'conflict',
  detail: 'If-None-Match wants that there is none, and there is one',
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

export const unsupportedParameter = (name: string): Failure =>
  malformedQuery(
    `\`${name.slice(0, 64).replaceAll(/[^\x20-\x7e]|`/g, '?')}\` is not supported here`,
    'not-supported',
  );

export const searchTooLong: Failure = {
  kind: 'too-large',
  code: 'too-long',
  detail: 'the search is longer than is taken here',
};

/** Made up, changed, or given to another client. */
export const foreignPage: Failure = malformedQuery(
  '`_page` must come, alone, from a link of a result of yours',
);

export const severalMatch: Failure = {
  kind: 'precondition-failed',
  code: 'multiple-matches',
  detail: 'the criteria match more than one resource',
};

/** Without criteria it would be about any resource there is. */
export const selectsNothing: Failure = {
  kind: 'precondition-failed',
  code: 'required',
  detail: 'the condition must name at least one search parameter',
};

/** What is shown of it is not all there is: patched, the rest would be lost. */
export const lossyPatch: Failure = {
  kind: 'unprocessable',
  code: 'business-rule',
  detail: 'this version shows part of the resource only: patch it in the version it was filed in',
};

export const patchFailed = (detail: string): Failure => ({
  kind: 'unprocessable',
  code: 'business-rule',
  detail,
});

export const anotherSearch: Failure = malformedQuery(
  'If-None-Exist must be a search of the type that is created',
);

/** A media type that says another version, or a base of another version, would have had it (fhir-consent.md §9). */
export const fitsAnotherVersion = (other: FhirVersion): Failure => ({
  kind: 'unprocessable',
  code: 'not-supported',
  detail: `this is a body of FHIR ${other}: send it with fhirVersion=${other}, or to /fhir/${releaseOf[other]}`,
});

/** The record of a refusal names the patient where what was refused had been found. */
export const about = (failure: Failure, { patient }: Pick<StoredVersion, 'patient'>): Failure =>
  patient === undefined ? failure : { ...failure, about: `Patient/${patient}` };
