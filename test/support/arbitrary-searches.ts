/** Searches that ask for what is there, in every form a parameter allows, and now and then for what is not. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/base/json.ts';
import { type Published, publishedParameters, valuesOf } from './published-parameters.ts';
import type { Sought, World } from './scan-search.ts';

/** Of a world and the resources in it, as they were read. */
export function searches(world: World, resources: readonly JsonObject[]): fc.Arbitrary<readonly Sought[]> {
  const ids = resources.map(({ id }) => String(id));
  const byId = someOf(ids).map((values): Sought => ({ name: '_id', values: [...values, 'none'] }));
  const byParameter = Object.entries(publishedParameters)
    .filter(([, published]) => published[world.release])
    .map(([name, published]) => {
      const values = resources.flatMap((resource) => valuesOf(name, world.release, resource));
      return sought(world, name, published, values);
    });
  return fc.array(fc.oneof(byId, ...byParameter), { minLength: 1, maxLength: 3 });
}

const someOf = <T>(values: readonly T[]) =>
  fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });

const missing = (name: string): fc.Arbitrary<Sought> =>
  fc.constantFrom('true', 'false').map((value) => ({ name, modifier: 'missing', values: [value] }));

function sought(
  world: World,
  name: string,
  published: Published,
  values: readonly Json[],
): fc.Arbitrary<Sought> {
  const plain = (written: readonly string[], rest: Partial<Sought> = {}) =>
    someOf([...new Set(written), 'none']).map((any): Sought => ({ name, values: any, ...rest }));
  if (published.type === 'uri') return plain(values.map(String));
  if (published.type === 'date')
    return name === '_lastUpdated' ? dates(name, values) : fc.oneof(dates(name, values), missing(name));
  if (published.type === 'reference') return references(world, name, published, values, plain);
  return tokens(world, name, values, plain);
}

type Plain = (written: readonly string[], rest?: Partial<Sought>) => fc.Arbitrary<Sought>;

const codings = (value: Json): readonly JsonObject[] => {
  if (typeof value !== 'object' || value === null) return [{ code: String(value) }];
  const { coding, value: code, system } = value as JsonObject;
  if (code !== undefined) return [{ code, ...(system === undefined ? {} : { system }) }];
  return (coding as readonly JsonObject[] | undefined) ?? [value as JsonObject];
};

const forms = ({ system, code }: JsonObject): readonly string[] => [
  ...(code === undefined ? [] : [`${code}`, `|${code}`]),
  ...(system === undefined ? [] : [`${system}|`]),
  ...(system === undefined || code === undefined ? [] : [`${system}|${code}`]),
];

const isBoolean = (name: string): boolean => name === 'verified';

function tokens(world: World, name: string, values: readonly Json[], plain: Plain): fc.Arbitrary<Sought> {
  const { system } = publishedParameters[name] ?? {};
  const all = values
    .flatMap(codings)
    .flatMap((each) => forms(system === undefined ? each : { ...each, system }));
  const texts = ['patient', 'PATIENT PRIV', 'über', 'Demo', 'med', 'x'];
  return fc.oneof(
    { weight: 3, arbitrary: plain(all) },
    plain(all, { modifier: 'not' }),
    missing(name),
    ...(isBoolean(name) ? [] : [plain(texts, { modifier: 'text' })]),
    ...(name === 'identifier'
      ? [
          someOf(['urn:types|MR|7\\7', 'urn:types|MR|7']).map(
            (values): Sought => ({ name, modifier: 'of-type', values }),
          ),
        ]
      : []),
    ...(name.endsWith('purpose')
      ? [
          fc
            .constantFrom(...Object.keys(world.below))
            .map((code): Sought => ({ name, modifier: 'below', values: [code] })),
        ]
      : []),
  );
}

/** Parameters whose targets can be asked for by identifier. */
const unchained = ['data', 'source-reference'];

function references(
  { issuer }: World,
  name: string,
  { targets }: Published,
  values: readonly Json[],
  plain: Plain,
): fc.Arbitrary<Sought> {
  const there = values.flatMap((value) => ((value as JsonObject)['reference'] as string | undefined) ?? []);
  const ours = there.flatMap((each) => /[A-Z]\w+\/[^/]+$/.exec(each) ?? []);
  const ids = ours.map((each) => each.replace(/^.*\//, ''));
  const identifiers = [
    'urn:ids|ann',
    'ann',
    'urn:ids|',
    '|ann',
    'bob',
    'urn:ids|h',
    'h',
    '|Organization-c',
    'c',
    't',
  ];
  const isChained = !unchained.includes(name);
  return fc.oneof(
    {
      weight: 3,
      arbitrary: plain([...there, ...ours, ...ids, ...ours.map((each) => `${issuer}/fhir/R4/${each}`)]),
    },
    missing(name),
    plain(identifiers, { modifier: 'identifier' }),
    fc.constantFrom(...(targets ?? ['Observation'])).chain((modifier) => plain(ids, { modifier })),
    ...(isChained ? [plain(identifiers, { chain: 'identifier' })] : []),
    ...(isChained
      ? [
          fc
            .constantFrom(...(targets ?? []))
            .chain((modifier) => plain(identifiers, { chain: 'identifier', modifier })),
        ]
      : []),
  );
}

const prefix = fc.constantFrom('', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb');

function dates(name: string, values: readonly Json[]): fc.Arbitrary<Sought> {
  const written = values.flatMap((value) =>
    typeof value === 'string'
      ? [value]
      : Object.values(value as JsonObject).filter((each) => typeof each === 'string'),
  );
  const coarser = written.flatMap((date) => [date, date.slice(0, 10), date.slice(0, 7), date.slice(0, 4)]);
  const date = fc.constantFrom(
    ...new Set([...coarser, '2020', '2026-06', '2026-01-01T10:00:00Z', '2027-12-31']),
  );
  const one = fc.tuple(prefix, date).map((pair) => pair.join(''));
  return fc.array(one, { minLength: 1, maxLength: 2 }).map((any): Sought => ({ name, values: any }));
}

/** As it stands in an address, or in a form. */
export const written = (all: readonly Sought[]): URLSearchParams =>
  new URLSearchParams(
    all.map(({ name, modifier, chain, values }): [string, string] => [
      `${name}${modifier === undefined ? '' : `:${modifier}`}${chain === undefined ? '' : `.${chain}`}`,
      values.map((value) => value.replaceAll(/[\\,$]/g, '\\$&')).join(','),
    ]),
  );
