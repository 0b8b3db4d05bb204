/** A FHIR server's search, written from FHIR R4 §3.1.1.4 alone: what rewritten searches are held against. */
import type { Resource } from '../../src/fhir/resource.ts';

type Value = unknown;
type Parameter = { readonly type: 'token' | 'date' | 'reference' | 'uri'; readonly paths: readonly string[] };

const token = (...paths: readonly string[]): Parameter => ({ type: 'token', paths });
const date = (...paths: readonly string[]): Parameter => ({ type: 'date', paths });
const reference = (...paths: readonly string[]): Parameter => ({ type: 'reference', paths });

const common: Readonly<Record<string, Parameter>> = {
  _id: token('id'),
  _security: token('meta.security'),
  _lastUpdated: date('meta.lastUpdated'),
  _profile: { type: 'uri', paths: ['meta.profile'] },
};

/** As the search parameters of R4 are published. */
const byType: Readonly<Record<string, Readonly<Record<string, Parameter>>>> = {
  Observation: {
    code: token('code'),
    date: date('effectiveDateTime', 'effectivePeriod', 'effectiveTiming', 'effectiveInstant'),
    encounter: reference('encounter'),
    performer: reference('performer'),
  },
  Condition: {
    code: token('code'),
    'onset-date': date('onsetDateTime', 'onsetPeriod'),
    encounter: reference('encounter'),
    asserter: reference('asserter'),
  },
  Encounter: { date: date('period'), 'part-of': reference('partOf'), class: token('class') },
  DocumentReference: {
    type: token('type'),
    format: token('content.format'),
    contenttype: token('content.attachment.contentType'),
    date: date('date'),
    author: reference('author'),
    encounter: reference('context.encounter'),
  },
  Composition: {
    type: token('type'),
    date: date('date'),
    author: reference('author'),
    encounter: reference('encounter'),
  },
};

/** Parameters as they are written, values escaped. */
export const isFound = (resource: Resource, parameters: readonly (readonly [string, string])[]): boolean =>
  parameters.every(([name, value]) => meets(resource, name, value));

function meets(resource: Resource, written: string, value: string): boolean {
  const [name = '', modifier] = written.split(':');
  const parameter = byType[resource.resourceType]?.[name] ?? common[name];
  if (!parameter) throw new Error(`${resource.resourceType} has no search parameter ${name}`);
  const there = parameter.paths.flatMap((path) => valuesAt(resource, path.split('.')));
  if (modifier === 'missing') return (there.length === 0) === (value === 'true');
  const matches = splitAt(',', value).some((one) => there.some((each) => isMeant(parameter, each, one)));
  if (modifier !== undefined && !(modifier === 'not' && parameter.type === 'token'))
    throw new Error(`${name} takes no modifier ${modifier}`);
  return modifier === 'not' ? !matches : matches;
}

function valuesAt(value: Value, [first, ...rest]: readonly string[]): readonly Value[] {
  if (Array.isArray(value))
    return value.flatMap((each) => valuesAt(each, first === undefined ? [] : [first, ...rest]));
  if (first === undefined) return value === undefined ? [] : [value];
  return valuesAt((value as Readonly<Record<string, Value>> | undefined)?.[first], rest);
}

/** `\` takes from what follows its meaning. */
const splitAt = (separator: string, text: string): readonly string[] =>
  (text.match(new RegExp(`(?:\\\\.|[^\\\\${separator}])*(?=[${separator}]|$)`, 'g')) ?? []).filter(
    (part) => part !== '',
  );
const unescaped = (text: string): string => text.replaceAll(/\\(.)/g, '$1');

function isMeant({ type }: Parameter, there: Value, asked: string): boolean {
  switch (type) {
    case 'uri':
      return there === unescaped(asked);
    case 'token':
      return isToken(there, asked);
    case 'reference':
      return isReference(there as Readonly<Record<string, string>>, asked);
    case 'date':
      return compares(there, asked);
  }
}

type Coding = { readonly system?: string; readonly code?: string };

function isToken(there: Value, asked: string): boolean {
  const codings: readonly Coding[] =
    typeof there === 'string'
      ? [{ code: there }]
      : ((there as { readonly coding?: readonly Coding[] }).coding ?? [there as Coding]);
  const bar = /(?<!\\)\|/.exec(asked)?.index;
  const code = unescaped(bar === undefined ? asked : asked.slice(bar + 1));
  const system = bar === undefined ? undefined : unescaped(asked.slice(0, bar));
  return codings.some(
    (each) => (system === undefined || (each.system ?? '') === system) && (code === '' || each.code === code),
  );
}

const isReference = ({ reference: to = '' }: Readonly<Record<string, string>>, asked: string): boolean =>
  to.replace(/\/_history\/.*$/, '') === unescaped(asked);

type Span = readonly [start: number, end: number];

/** A date or time covers all that its precision leaves open. */
function spanOf(text: string): Span {
  const [, year = '', month, day] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(text) ?? [];
  if (text.includes('T')) return [Date.parse(text), Date.parse(text) + (text.includes('.') ? 0 : 999)];
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)];
  const end = day ? Date.UTC(y, m, d + 1) : month ? Date.UTC(y, m + 1, 1) : Date.UTC(y + 1, 0, 1);
  return [Date.UTC(y, m, d), end - 1];
}

function spanOfElement(there: Value): Span | undefined {
  if (typeof there === 'string') return spanOf(there);
  const { start, end, event } = there as {
    readonly start?: string;
    readonly end?: string;
    readonly event?: readonly string[];
  };
  // A Timing is searched by the outermost of its dates (§3.1.1.4.6).
  if (event?.[0]) return spanOf(event[0]);
  if (start === undefined && end === undefined) return undefined;
  return [
    start ? spanOf(start)[0] : Number.NEGATIVE_INFINITY,
    end ? spanOf(end)[1] : Number.POSITIVE_INFINITY,
  ];
}

function compares(there: Value, asked: string): boolean {
  const span = spanOfElement(there);
  const [, prefix = 'eq', text = ''] = /^([a-z]{2})?(.*)$/.exec(asked) ?? [];
  const [start, end] = spanOf(text);
  if (!span) return false;
  switch (prefix) {
    case 'eq':
      return start <= span[0] && span[1] <= end;
    case 'gt':
      return span[1] > end;
    case 'lt':
      return span[0] < start;
    case 'sa':
      return span[0] > end;
    case 'eb':
      return span[1] < start;
    default:
      throw new Error(`no prefix ${prefix} here`);
  }
}
