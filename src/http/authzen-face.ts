/** Failures as AuthZEN shows them: a message, as a JSON string (AuthZEN 1.0 §10.1.2). */
import { z } from 'zod';
import { type Face, failureResponse, faultResponse, statusOfFailure } from './face.ts';

export const authzenFace: Face = {
  mediaType: 'application/json',
  schema: z.string().meta({ id: 'AuthzenError' }),
  render(failure) {
    // Whatever is wrong with a request is 400 here, its media type included (C2).
    const status = failure.kind === 'unsupported-media-type' ? 400 : statusOfFailure(failure);
    return failureResponse(failure, status, this.mediaType, failure.detail);
  },
  renderFault() {
    return faultResponse(this.mediaType, 'internal error');
  },
};
