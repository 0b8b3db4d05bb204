/** What a client can make go wrong, in words it may see. */
import type { ZodError } from 'zod';
import type { Failure } from '../../base/failure.ts';

export const malformed = (detail: string): Failure => ({
  kind: 'malformed',
  code: 'invalid_request',
  detail,
});

/** Enough to mend a request by. */
const mostNamed = 5;

/** Where a schema was not met, in the words in which a whole body is refused. */
export const faultIn = ({ issues }: ZodError): string =>
  issues
    .slice(0, mostNamed)
    .map(({ path, message }) => {
      const words = message.charAt(0).toLowerCase() + message.slice(1);
      return path.length === 0 ? words : `\`${path.join('.')}\`: ${words}`;
    })
    .join('; ');
