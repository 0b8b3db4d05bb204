/** What an approval leaves to the resource server: the `residual` of IHE PCF `extensions.ihe_pcf`, read strictly. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { Period } from '../base/period.ts';
import { type Coding, codingOf } from './coding.ts';
import { periodOf } from './fhir-time.ts';
import { listOf, objectOf, textOf } from './members.ts';

export type Effect = 'forbid' | 'permit';

/** One rule: all elements that it has must match, any value of an element suffices; without elements it matches all. */
export type ResidualRule = {
  readonly effect: Effect;
  readonly securityLabel?: readonly Coding[];
  readonly dataPeriod?: readonly Period[];
  readonly data?: readonly DataReference[];
};

/** `name` is a literal reference, or an identifier as `system|value`. */
export type DataReference = { readonly meaning: DataMeaning; readonly name: string };

/** Codes of http://hl7.org/fhir/consent-data-meaning. */
type DataMeaning = 'instance' | 'related' | 'dependents' | 'authoredby';

/** Undefined when any rule says something that is not understood: ignoring it could open what it closes. */
export function readResidual(residual: readonly Json[]): readonly ResidualRule[] | undefined {
  const rules = residual.map((rule) => (isObject(rule) ? readRule(rule) : undefined));
  return rules.every((rule) => rule !== undefined) ? rules : undefined;
}

export const isReadable = (residual: readonly Json[]): boolean => readResidual(residual) !== undefined;

const knownMembers: ReadonlySet<string> = new Set(['type', 'securityLabel', 'dataPeriod', 'data']);

/** The sample of the PCF volume writes `deny` where its table says `forbid`. */
const effects: Readonly<Record<string, Effect>> = {
  forbid: 'forbid',
  deny: 'forbid',
  permit: 'permit',
};

function readRule(rule: JsonObject): ResidualRule | undefined {
  if (!Object.keys(rule).every((name) => knownMembers.has(name))) return undefined;
  const type = textOf(rule['type']) ?? '';
  const effect = Object.hasOwn(effects, type) ? effects[type] : undefined;
  const securityLabel = readAll(rule['securityLabel'], codingOf);
  const dataPeriod = readAll(rule['dataPeriod'], periodOf);
  const data = readAll(rule['data'], dataReferenceOf);
  if (!effect || securityLabel === 'unreadable' || dataPeriod === 'unreadable' || data === 'unreadable')
    return undefined;
  return {
    effect,
    ...(securityLabel === 'absent' ? {} : { securityLabel }),
    ...(dataPeriod === 'absent' ? {} : { dataPeriod }),
    ...(data === 'absent' ? {} : { data }),
  };
}

/** One value may stand without its array. An empty array could mean everything or nothing, so it is not read. */
function readAll<T>(
  value: Json | undefined,
  read: (item: Json) => T | undefined,
): readonly T[] | 'absent' | 'unreadable' {
  if (value === undefined) return 'absent';
  const items = (listOf(value) ?? [value]).map(read);
  return items.length > 0 && items.every((item) => item !== undefined) ? items : 'unreadable';
}

const meanings: readonly DataMeaning[] = ['instance', 'related', 'dependents', 'authoredby'];

function dataReferenceOf(value: Json): DataReference | undefined {
  const given = objectOf(value)?.['reference'];
  const reference = objectOf(given);
  const name =
    textOf(given) ?? textOf(reference?.['reference']) ?? identifierToken(reference?.['identifier']);
  const meaning = meanings.find((known) => known === objectOf(value)?.['meaning']);
  return meaning === undefined || name === undefined ? undefined : { meaning, name };
}

/** A FHIR Identifier as `system|value`. */
export function identifierToken(value: Json | undefined): string | undefined {
  const identifier = textOf(objectOf(value)?.['value']);
  return identifier === undefined ? undefined : `${textOf(objectOf(value)?.['system']) ?? ''}|${identifier}`;
}
