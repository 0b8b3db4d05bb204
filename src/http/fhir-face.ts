/** Failures as OperationOutcome (FHIR R4 §2.21, fhir-consent.md §8), in the version of the base (§9). */
import { z } from 'zod';
import { failureToOutcome, outcomeOfFault } from '../fhir/operation-outcome.ts';
import type { FhirVersion } from '../fhir/version.ts';
import { type Face, failureResponse, faultResponse, statusOfFailure } from './face.ts';

const schema = z
  .object({
    resourceType: z.literal('OperationOutcome'),
    issue: z.array(z.looseObject({ severity: z.string(), code: z.string() })),
  })
  .meta({ id: 'OperationOutcome' });

export function fhirFace(version: FhirVersion): Face {
  const mediaType = 'application/fhir+json';
  const contentType = `${mediaType}; fhirVersion=${version}`;
  return {
    mediaType,
    schema,
    render: (failure) =>
      failureResponse(failure, statusOfFailure(failure), contentType, failureToOutcome(failure)),
    renderFault: () => faultResponse(contentType, outcomeOfFault),
  };
}
