/** Failures as OAuth and UMA show them: an `error` member beside what the grant adds (RFC 6749 §5.2, UMA Grant §3.3.6). */
import { z } from 'zod';
import { type Face, failureResponse, faultResponse, statusOfFailure } from './face.ts';

export const oauthFace: Face = {
  mediaType: 'application/json',
  schema: z
    .object({ error: z.string(), error_description: z.string().optional() })
    .meta({ id: 'OAuthError' }),
  render(failure) {
    const body = { error: failure.code, error_description: describable(failure.detail), ...failure.members };
    // RFC 6749 §5.2 knows 400 and 401 alone for a request that cannot be read.
    const status = failure.kind === 'unsupported-media-type' ? 400 : statusOfFailure(failure);
    return failureResponse(failure, status, this.mediaType, body);
  },
  renderFault() {
    return faultResponse(this.mediaType, { error: 'server_error', error_description: 'internal error' });
  },
};

/** RFC 6749 §5.2: printable ASCII without quotation mark and backslash. */
const describable = (detail: string): string =>
  detail.replaceAll('"', "'").replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, '?');
