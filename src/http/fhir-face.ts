/** Failures as OperationOutcome (FHIR R4 §2.21, fhir-consent.md §8). */
import { z } from 'zod';
import { failureToOutcome, outcomeOfFault } from '../fhir/operation-outcome.ts';
import { type Face, failureResponse, faultResponse, statusOfFailure } from './face.ts';

export const fhirFace: Face = {
  mediaType: 'application/fhir+json',
  schema: z
    .object({
      resourceType: z.literal('OperationOutcome'),
      issue: z.array(z.looseObject({ severity: z.string(), code: z.string() })),
    })
    .meta({ id: 'OperationOutcome' }),
  render(failure) {
    return failureResponse(failure, statusOfFailure(failure), this.mediaType, failureToOutcome(failure));
  },
  renderFault() {
    return faultResponse(this.mediaType, outcomeOfFault);
  },
};
