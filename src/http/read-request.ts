/** Reads what a stranger sent: media type, encoding and shape are checked before a handler sees it. */
import type { ZodType } from 'zod';
import type { BodySpec } from '../base/endpoint.ts';
import type { Failure, FailurePart } from '../base/failure.ts';
import { parseForm } from '../base/form.ts';
import { parseJson } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { parseMediaType } from '../fhir/media-type.ts';
import { type BodyProblem, readText } from './read-text.ts';

/** As it came, and what it says. */
export type ReadBody = { readonly text: string; readonly value: unknown };

export async function readBody(spec: BodySpec, request: Request): Promise<Result<ReadBody, Failure>> {
  const { type, parameters } = parseMediaType(request.headers.get('content-type') ?? '');
  const { charset = 'utf-8' } = parameters;
  if (!spec.mediaTypes.includes(type) || charset.toLowerCase() !== 'utf-8')
    return err(unsupportedMediaType(spec));
  const text = await readText(request, largestBody);
  if (!text.ok) return err(unreadable[text.failure]);
  const parsed = readAs[spec.as](text.value);
  if (!parsed.ok) return parsed;
  const value = checked(spec.schema, parsed.value);
  return value.ok ? ok({ text: text.value, value: value.value }) : value;
}

export function checked(schema: ZodType, value: unknown): Result<unknown, Failure> {
  const result = schema.safeParse(value);
  if (result.success) return ok(result.data);
  const parts = result.error.issues.slice(0, mostNamed).map(
    (issue): FailurePart => ({
      code: 'invalid_request',
      detail: lowerCased(issue.message),
      pointer: issue.path.join('.'),
    }),
  );
  return err({ ...malformed(describe(parts)), parts });
}

/** Enough to mend a request by; not enough to make the answer larger than the question. */
const mostNamed = 50;

function readJson(text: string): Result<unknown, Failure> {
  const json = parseJson(text);
  return json.ok ? json : err(malformed(`the body was refused: ${json.failure}`));
}

const readAs = {
  json: readJson,
  form: readForm,
  parameters: (text: string) => ok([...new URLSearchParams(text)]),
} as const satisfies Record<BodySpec['as'], (text: string) => Result<unknown, Failure>>;

function readForm(text: string): Result<unknown, Failure> {
  const form = parseForm(text);
  return form.ok
    ? form
    : err(malformed(`parameter \`${form.failure.repeated.slice(0, 64)}\` must not be repeated`));
}

/** As our own messages begin; names and values further on keep their case. */
const lowerCased = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1);

const describe = (parts: readonly FailurePart[]): string =>
  parts.map(({ pointer, detail }) => (pointer ? `\`${pointer}\`: ${detail}` : detail)).join('; ');

function malformed(detail: string): Failure {
  return { kind: 'malformed', code: 'invalid_request', detail };
}

/** A consent with a scanned form inside still fits; nothing else we accept comes near. */
const largestBody = 1024 * 1024;

/** The client hung up: nobody reads the answer, and nothing is wrong with us. */
export const cutShort: Failure = malformed('the body ended before it was complete');

const unreadable = {
  'too-large': {
    kind: 'too-large',
    code: 'invalid_request',
    detail: `the body is larger than ${largestBody} bytes`,
    // The rest of the body is still on its way, where the next request would be looked for.
    headers: { connection: 'close' },
  },
  'cut-short': cutShort,
  'not-utf-8': malformed('the body was refused: not UTF-8'),
} as const satisfies Record<BodyProblem, Failure>;

const unsupportedMediaType = (spec: BodySpec): Failure => ({
  kind: 'unsupported-media-type',
  code: 'invalid_request',
  detail: `the body must be sent as ${spec.mediaTypes.join(' or ')}, in UTF-8`,
});
