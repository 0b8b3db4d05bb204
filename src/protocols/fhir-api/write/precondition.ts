/** Which version a writer expects to replace (If-Match, FHIR R4 §3.1.0.5). */
import type { Failure } from '../../../base/failure.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { alreadyThere, malformedQuery, overtaken, versionConflict } from '../failures.ts';

export type Expected = {
  /** Undefined when any version may be followed: no header, or `*`. */
  readonly version: number | undefined;
  /** What somebody is told who was overtaken. */
  readonly stale: Failure;
};

export function expectedVersion(headers: Headers): Result<Expected, Failure> {
  // Only if there is none (RFC 9110 §13.1.2), where there is always one to replace.
  if (headers.get('if-none-match')?.trim() === '*') return ok({ version: 0, stale: alreadyThere });
  const header = headers.get('if-match')?.trim();
  if (header === undefined || header === '*') return ok({ version: undefined, stale: overtaken });
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  return version === undefined
    ? err(malformedQuery('If-Match must name one version, as in `W/"3"`'))
    : ok({ version: Number(version), stale: versionConflict });
}

export const isStale = ({ version }: Expected, current: number): boolean =>
  version !== undefined && version !== current;
