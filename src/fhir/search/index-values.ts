/** What one value of an element is found by, as its search parameter reads it (FHIR R4 §3.1.1.4). */
import { asInstant, type Instant, parseInstant } from '../../base/instant.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Period } from '../../base/period.ts';
import { readPeriod, spanOf } from '../civil-time.ts';
import { elements, text } from '../read-element.ts';
import { idOfReference, readReference } from '../reference.ts';
import { entryOf } from './search.ts';
import type { SearchParameter } from './search-parameter.ts';

/** Beside the entry that there is a value. */
export function entriesOf(
  parameter: SearchParameter,
  value: Json,
  ownBases: readonly string[],
): readonly string[] {
  switch (parameter.type) {
    case 'token':
      return tokenEntries(parameter, value);
    case 'reference':
      return parameter.of === 'canonical'
        ? canonicalEntries(parameter.name, value)
        : referenceEntries(parameter, value, ownBases);
    case 'uri':
      return typeof value === 'string' ? [entryOf.reference(parameter.name, value)] : [];
    case 'date':
      return [];
  }
}

/** The three ways in which a token is asked for: system and code, code alone, system alone. */
function tokenEntries({ name, system, of }: SearchParameter, value: Json): readonly string[] {
  if (typeof value === 'boolean') return codeEntries(name, specialValues, String(value));
  if (typeof value === 'string') return codeEntries(name, system, value);
  if (!isObject(value)) return [];
  return of === 'Identifier' ? identifierEntries(name, value) : conceptEntries(name, value);
}

/** Of booleans (FHIR R4 §3.1.1.4.10). */
const specialValues = 'http://hl7.org/fhir/special-values';

function codeEntries(name: string, system: string | undefined, code: string | undefined): readonly string[] {
  return [
    ...(code === undefined ? [] : [entryOf.token(name, system, code), entryOf.code(name, code)]),
    ...(system === undefined ? [] : [entryOf.system(name, system)]),
  ];
}

/** Of a Coding, or of a CodeableConcept with the codings in it. */
const conceptEntries = (name: string, value: JsonObject): readonly string[] =>
  [value, ...elements(value, 'coding')].flatMap((each) => [
    ...codeEntries(name, text(each, 'system'), text(each, 'code')),
    ...textEntries(name, text(each, 'display')),
    ...textEntries(name, text(each, 'text')),
  ]);

const textEntries = (name: string, words: string | undefined): readonly string[] =>
  words === undefined ? [] : [entryOf.text(name, words)];

function identifierEntries(name: string, identifier: JsonObject): readonly string[] {
  const value = text(identifier, 'value');
  const types = elements(identifier, 'type');
  return [
    ...codeEntries(name, text(identifier, 'system'), value),
    ...types.flatMap((type) => textEntries(name, text(type, 'text'))),
    ...types
      .flatMap((type) => elements(type, 'coding'))
      .flatMap((coding) => {
        const system = text(coding, 'system');
        const code = text(coding, 'code');
        return system && code && value ? [entryOf.ofType(name, system, code, value)] : [];
      }),
  ];
}

/** Without the version it names, and once more with it; what is contained can be found by nobody. */
function referenceEntries(
  { name, targets }: SearchParameter,
  value: Json,
  ownBases: readonly string[],
): readonly string[] {
  if (!isObject(value)) return [];
  const { local, version, foreign } = readReference(value, ownBases);
  return [
    ...(local ? [entryOf.reference(name, local)] : []),
    ...(local && version ? [entryOf.reference(name, `${local}/_history/${version}`)] : []),
    // A bare id is asked for as one of each target; where there is no end of them, as itself.
    ...(local && !targets ? [entryOf.code(name, idOfReference(local))] : []),
    ...(foreign && !foreign.startsWith('#')
      ? [foreign, foreign.replace(versionOfReference, '')].map((each) => entryOf.reference(name, each))
      : []),
    ...elements(value, 'identifier').flatMap((identifier) =>
      codeEntries(
        entryOf.modified(name, 'identifier'),
        text(identifier, 'system'),
        text(identifier, 'value'),
      ),
    ),
  ];
}

const versionOfReference = /\/_history\/[A-Za-z0-9\-.]{1,64}$/;

/** Found with the version it names and without (FHIR R5 §3.2.1.5.9.1). */
const canonicalEntries = (name: string, value: Json): readonly string[] =>
  typeof value === 'string'
    ? [value, value.split('|', 1).join('')].map((each) => entryOf.reference(name, each))
    : [];

/** Whether the value is one the parameter speaks of: `where(resolve() is Patient)` leaves a Group out. */
export function isMeant({ type, targets, of }: SearchParameter, value: Json): boolean {
  if (type !== 'reference' || !targets || of === 'canonical' || !isObject(value)) return true;
  const named = text(value, 'type')?.replace('http://hl7.org/fhir/StructureDefinition/', '');
  const target = typePointedAt(text(value, 'reference') ?? '') ?? named;
  return target === undefined || targets.includes(target);
}

/** Undefined for what says no type: `#contained`, `urn:uuid:…`. */
export const typePointedAt = (reference: string): string | undefined =>
  /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(reference)?.[1];

/** A date without a time means the whole day in UTC: a search has no policy whose time zone it could use. */
export function spanOfValue(value: Json): Period | undefined {
  const span =
    typeof value === 'string' ? spanOf(value, 'UTC') : isObject(value) ? readPeriod(value, 'UTC') : undefined;
  if (!span || (span.start === undefined && span.end === undefined)) return undefined;
  return {
    ...(span.start === undefined ? {} : { start: withinCalendar(span.start) }),
    ...(span.end === undefined ? {} : { end: withinCalendar(span.end) }),
  };
}

const firstInstant = parseInstant('0001-01-01T00:00:00Z') as Instant;
const lastInstant = parseInstant('9999-12-31T23:59:59.999Z') as Instant;

/** An offset, or a margin, may lead out of the years that have four digits. */
export const withinCalendar = (at: Instant): Instant =>
  asInstant(Math.min(Math.max(at, firstInstant), lastInstant));
