/** A search answered by looking at every resource as it was read, one criterion at a time (FHIR R4 §3.1.1.4). */
import type { Json, JsonObject } from '../../src/base/json.ts';
import { publishedParameters, type Release, valuesOf } from './published-parameters.ts';

/** Of a parameter; values are alternatives, not escaped. */
export type Sought = {
  readonly name: string;
  readonly modifier?: string;
  readonly chain?: string;
  readonly values: readonly string[];
};

export type World = {
  readonly release: Release;
  readonly issuer: string;
  /** Directory resources that chains may reach. */
  readonly directory: readonly JsonObject[];
  /** The status that a consent was filed with, by its id. */
  readonly filedAs: ReadonlyMap<string, string>;
  /** Codes at and below a code, by that code. */
  readonly below: Readonly<Record<string, readonly string[]>>;
};

export function isFound(world: World, resource: JsonObject, all: readonly Sought[]): boolean {
  return all.every((sought) => meets(world, resource, sought));
}

function meets(world: World, resource: JsonObject, sought: Sought): boolean {
  const { name, modifier, values } = sought;
  if (name === '_id') return values.includes(String(resource['id']));
  const there = valuesOf(name, world.release, resource);
  if (modifier === 'missing') return (there.length === 0) === (values[0] === 'true');
  const some = values.some((value) => there.some((element) => isMeant(world, sought, element, value)));
  return modifier === 'not' ? !some : some;
}

function isMeant(world: World, sought: Sought, element: Json, value: string): boolean {
  const { type, system } = publishedParameters[sought.name] ?? {};
  switch (type) {
    case 'token':
      return isToken(world, sought.modifier, element, value, system);
    case 'reference':
      return isReference(world, sought, element as JsonObject, value);
    case 'date':
      return compares(value, spanOfElement(element));
    default:
      return element === value;
  }
}

type Code = {
  readonly system?: string;
  readonly code?: string | undefined;
  readonly words?: readonly (string | undefined)[];
};

function codesOf(element: Json, system: string | undefined): readonly Code[] {
  if (typeof element !== 'object' || element === null)
    return [{ ...(system === undefined ? {} : { system }), code: String(element) }];
  const { coding = [], value, type, text, ...own } = element as Readonly<Record<string, never>>;
  const list = coding as readonly JsonObject[];
  if (value !== undefined || type !== undefined)
    return [{ ...own, code: value, words: [(type as JsonObject | undefined)?.['text'] as string] }];
  return [
    { ...own, words: [text, own['display']] },
    ...list.map((each) => ({ ...each, words: [each['display'] as string] })),
  ];
}

function isToken(
  world: World,
  modifier: string | undefined,
  element: Json,
  value: string,
  implied?: string,
): boolean {
  const codes = codesOf(element, implied);
  if (modifier === 'text')
    return codes.some(({ words = [] }) =>
      words.some((word) => word?.toLowerCase().startsWith(value.toLowerCase())),
    );
  if (modifier === 'of-type') return isOfType(element as JsonObject, value);
  const [first = '', second] = value.split('|');
  const code = second ?? first;
  const wanted = modifier === 'below' ? (world.below[code] ?? []) : [code];
  return codes.some(
    (each) =>
      (second === undefined || (each.system ?? '') === first) &&
      (second === '' ? each.system !== undefined : each.code !== undefined && wanted.includes(each.code)),
  );
}

function isOfType({ type, value }: JsonObject, sought: string): boolean {
  const codings = ((type as JsonObject | undefined)?.['coding'] ?? []) as readonly JsonObject[];
  return codings.some(({ system, code }) => `${system}|${code}|${value}` === sought);
}

const local = ({ issuer }: World, reference: string): string =>
  reference.startsWith(`${issuer}/fhir/`) ? reference.replace(/^.*\/([A-Z]\w+\/[^/]+)$/, '$1') : reference;

function isReference(
  world: World,
  { name, modifier, chain }: Sought,
  element: JsonObject,
  value: string,
): boolean {
  const { reference, identifier } = element as {
    readonly reference?: string;
    readonly identifier?: JsonObject;
  };
  const target = reference === undefined ? undefined : local(world, reference);
  if (modifier === 'identifier')
    return identifier !== undefined && isToken(world, undefined, identifier, value);
  // A patient whom the server knows by an identifier is as good as one it was told by reference.
  const known = target ?? identified(world, identifier);
  if (chain !== undefined) return isChained(world, modifier, known, value);
  const wanted = local(world, value);
  if (wanted.includes('/')) return known === wanted;
  const { targets } = publishedParameters[name] ?? {};
  return (
    known !== undefined && (modifier ? known === `${modifier}/${wanted}` : isBare(known, wanted, targets))
  );
}

/** Logical id of the patient a consent is about. */
export function patientOf(world: World, resource: JsonObject): string | undefined {
  const about = (resource['subject'] ?? resource['patient']) as JsonObject;
  const { reference, identifier } = about as {
    readonly reference?: string;
    readonly identifier?: JsonObject;
  };
  return (reference ?? identified(world, identifier))?.replace(/^.*\//, '');
}

/** An id alone may be of any type the parameter leads to, on this server. */
const isBare = (known: string, id: string, targets: readonly string[] | undefined): boolean => {
  const [type = '', last, more] = known.split('/');
  return last === id && more === undefined && (!targets || targets.includes(type));
};

function identified({ directory }: World, identifier: JsonObject | undefined): string | undefined {
  const found = directory.find(({ resourceType, identifier: own }) =>
    resourceType === 'Patient' && identifier !== undefined
      ? (own as readonly JsonObject[]).some(
          ({ system, value }) => system === identifier['system'] && value === identifier['value'],
        )
      : false,
  );
  return found && `Patient/${found['id']}`;
}

function isChained(
  world: World,
  modifier: string | undefined,
  known: string | undefined,
  value: string,
): boolean {
  const target = world.directory.find(({ resourceType, id }) => `${resourceType}/${id}` === known);
  if (!target || (modifier !== undefined && target['resourceType'] !== modifier)) return false;
  return (target['identifier'] as readonly JsonObject[]).some((each) =>
    isToken(world, undefined, each, value),
  );
}

type Span = readonly [start: number, end: number];

/** `2026`, `2026-05`, `2026-05-01`, a dateTime: first and last millisecond. */
function spanOfDate(written: string): Span {
  const [year = 0, month, day] = written.split('T')[0]?.split('-').map(Number) ?? [];
  if (!written.includes('T'))
    return [
      Date.UTC(year, (month ?? 1) - 1, day ?? 1),
      (day ? Date.UTC(year, (month ?? 1) - 1, day + 1) : Date.UTC(month ? year : year + 1, month ?? 0, 1)) -
        1,
    ];
  const at = Date.parse(written);
  return [at, written.includes('.') ? at : at + 999];
}

export function spanOfElement(element: Json): Span | undefined {
  if (typeof element === 'string') return spanOfDate(element);
  const { start, end } = element as { readonly start?: string; readonly end?: string };
  if (start === undefined && end === undefined) return undefined;
  return [start ? spanOfDate(start)[0] : -Infinity, end ? spanOfDate(end)[1] : Infinity];
}

/** FHIR R4 §3.1.1.4.6, without `ap`, whose margin hangs on the time of day. */
function compares(value: string, span: Span | undefined): boolean {
  if (!span) return false;
  const [, prefix, date = ''] = /^([a-z]{2})?(.*)$/.exec(value) ?? [];
  const [[from, to], [start, end]] = [spanOfDate(date), span];
  const within = from <= start && end <= to;
  const meanings: Readonly<Record<string, boolean>> = {
    eq: within,
    ne: !within,
    gt: end > to,
    lt: start < from,
    ge: end > to || within,
    le: start < from || within,
    sa: start > to,
    eb: end < from,
  };
  return meanings[prefix ?? 'eq'] ?? false;
}
