/** Reads what a stranger sent: media type, encoding and shape are checked before a handler sees it. */
import type { ZodType } from 'zod';
import type { BodySpec } from '../base/endpoint.ts';
import type { Failure, FailurePart } from '../base/failure.ts';
import { parseForm } from '../base/form.ts';
import { parseJson } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';

export async function readBody(spec: BodySpec, request: Request): Promise<Result<unknown, Failure>> {
  const mediaType = mediaTypeOf(request.headers.get('content-type'));
  if (mediaType === undefined || !spec.mediaTypes.includes(mediaType)) return err(unsupportedMediaType(spec));
  const text = await request.text();
  const parsed = spec.as === 'json' ? readJson(text) : readForm(text);
  return parsed.ok ? checked(spec.schema, parsed.value) : parsed;
}

export function checked(schema: ZodType, value: unknown): Result<unknown, Failure> {
  const result = schema.safeParse(value);
  if (result.success) return ok(result.data);
  const parts = result.error.issues.map(
    (issue): FailurePart => ({
      code: 'invalid_request',
      detail: issue.message.toLowerCase(),
      pointer: issue.path.join('.'),
    }),
  );
  return err({ ...malformed(describe(parts)), parts });
}

function readJson(text: string): Result<unknown, Failure> {
  const json = parseJson(text);
  return json.ok ? json : err(malformed(`the body was refused: ${json.failure}`));
}

function readForm(text: string): Result<unknown, Failure> {
  const form = parseForm(text);
  return form.ok
    ? form
    : err(malformed(`parameter \`${form.failure.repeated.slice(0, 64)}\` must not be repeated`));
}

/** `type/subtype`, lower case, without parameters. */
export const mediaTypeOf = (header: string | null): string | undefined =>
  header?.split(';', 1)[0]?.trim().toLowerCase() || undefined;

const describe = (parts: readonly FailurePart[]): string =>
  parts.map(({ pointer, detail }) => (pointer ? `\`${pointer}\`: ${detail}` : detail)).join('; ');

const malformed = (detail: string): Failure => ({ kind: 'malformed', code: 'invalid_request', detail });

const unsupportedMediaType = (spec: BodySpec): Failure => ({
  kind: 'unsupported-media-type',
  code: 'invalid_request',
  detail: `the body must be sent as ${spec.mediaTypes.join(' or ')}`,
});
