/** How an answer is to look: version, format, which elements, how laid out (FHIR R4 §3.1.0.1.10–11, §3.1.1.5). */
import type { Failure } from '../../base/failure.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { AnswerShape } from '../../fhir/shorten.ts';
import type { FhirVersion } from '../../fhir/version.ts';
import type { FhirBase } from './base.ts';
import { malformedQuery } from './failures.ts';
import { answerVersion } from './negotiate.ts';

export type Presentation = {
  readonly version: FhirVersion;
  readonly pretty: boolean;
  /** Absent: whole resources. */
  readonly shape?: AnswerShape;
  /** Of a search: the total alone. */
  readonly countOnly: boolean;
};

export const presentationParameters = ['_summary', '_elements', '_format', '_pretty'] as const;

type Asked = { readonly headers: Headers; readonly query: URLSearchParams };

/** `body` is the version of what was sent, where something was. */
export function presentationOf(
  base: FhirBase,
  asked: Asked,
  body?: FhirVersion,
): Result<Presentation, Failure> {
  const version = answerVersion(base, asked, body);
  if (!version.ok) return version;
  const repeated = presentationParameters.find((name) => asked.query.getAll(name).length > 1);
  if (repeated) return err(malformedQuery(`\`${repeated}\` can be given once`));
  const summary = asked.query.get('_summary') || 'false';
  if (!summaries.has(summary))
    return err(malformedQuery('`_summary` must be true, text, data, count or false'));
  const shape = shapeOf(summary, asked.query.get('_elements'));
  if (!shape.ok) return shape;
  return ok({
    version: version.value,
    pretty: asked.query.get('_pretty') === 'true',
    countOnly: summary === 'count',
    ...(shape.value ? { shape: shape.value } : {}),
  });
}

const summaries: ReadonlySet<string> = new Set(['true', 'text', 'data', 'count', 'false']);

function shapeOf(summary: string, elements: string | null): Result<AnswerShape | undefined, Failure> {
  if (elements) {
    if (summary !== 'false' && summary !== 'count')
      return err(malformedQuery('`_summary` and `_elements` exclude each other'));
    return ok({ elements: elements.split(',').map(elementNamed) });
  }
  return ok(summary === 'true' || summary === 'text' || summary === 'data' ? { summary } : undefined);
}

/** The base element suffices, with or without its type before it (FHIR R4 §3.1.1.5.9). */
const elementNamed = (written: string): string => written.trim().replace(/^[A-Z]\w*\./, '');
