/** Failures as problem details (RFC 9457), for the doors that have no error format of their own. */
import { z } from 'zod';
import type { Failure } from '../base/failure.ts';
import { type Face, failureResponse, faultResponse, statusOfFailure } from './face.ts';

export const problemFace: Face = {
  mediaType: 'application/problem+json',
  schema: z
    .object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string().optional() })
    .meta({ id: 'Problem' }),
  render(failure) {
    const status = statusOfFailure(failure);
    const body = {
      type: 'about:blank',
      title: titleOf(failure),
      status,
      detail: failure.detail,
      ...errorsOf(failure),
    };
    return failureResponse(failure, status, this.mediaType, body);
  },
  renderFault() {
    return faultResponse(this.mediaType, { type: 'about:blank', title: 'internal error', status: 500 });
  },
};

const titleOf = (failure: Failure): string => failure.kind.replaceAll('-', ' ');

const errorsOf = ({ parts }: Failure) =>
  parts ? { errors: parts.map(({ detail, pointer }) => ({ detail, pointer: pointer ?? '' })) } : {};
