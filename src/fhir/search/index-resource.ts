/** From a resource to what it is found by, in each of the shapes it can be said in (fhir-consent.md §7). */
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { entriesOf, isMeant, spanOfValue } from './index-values.ts';
import { type DateEntry, entryOf, type SearchIndex } from './search.ts';
import {
  indexName,
  indexNames,
  type Path,
  type SearchParameter,
  type Shape,
  shapes,
  unsayableIn,
} from './search-parameter.ts';

/** The resource in each shape; one is absent where the resource cannot be said in it. */
export type Views = Readonly<Partial<Record<Shape, JsonObject>>>;

export type IndexOptions = {
  /** Absolute references below these are local. */
  readonly ownBases: readonly string[];
  /** Logical id of the patient it is about, be it that an identifier was looked up for it. */
  readonly patient?: string | undefined;
};

export function indexResource(
  parameters: readonly SearchParameter[],
  views: Views,
  options: IndexOptions,
): SearchIndex {
  const found = new Map(
    shapes.flatMap((shape) => {
      const view = views[shape];
      return view ? [[shape, readView(parameters, shape, view, options)] as const] : [];
    }),
  );
  const read = (shape: Shape): readonly Found[] => {
    const other = found.get(shape === 'R4' ? 'R5' : 'R4');
    return [...(found.get(shape) ?? [])].map(([key, one]) =>
      !other || other.has(key) || indexNames(parameters, shape, one.parameter).length === 1
        ? one
        : one.as(indexName(one.parameter, shape)),
    );
  };
  return indexOf(shapes.flatMap(read), shapes.filter((shape) => !views[shape]).map(unsayableIn));
}

/** An entry or a date, and how it reads under another name. */
type Found = {
  readonly parameter: string;
  readonly key: string;
  readonly date?: DateEntry;
  readonly as: (name: string) => Found;
};

function indexOf(found: readonly Found[], marks: readonly string[]): SearchIndex {
  const entries = found.filter(({ date }) => !date).map(({ key }) => key);
  const dates = new Map(found.flatMap(({ key, date }) => (date ? [[key, date] as const] : [])));
  return { entries: [...new Set([...entries, ...marks])], dates: [...dates.values()] };
}

/** By key, so that what is said twice counts once. */
function readView(
  parameters: readonly SearchParameter[],
  shape: Shape,
  view: JsonObject,
  options: IndexOptions,
): ReadonlyMap<string, Found> {
  const found = parameters.flatMap((parameter) => {
    const values = (parameter.paths[shape] ?? []).flatMap((path) => valuesAt(view, path));
    return readValues(
      parameter,
      values.filter((value) => isMeant(parameter, value)),
      options,
    );
  });
  return new Map(found.map((one) => [one.key, one]));
}

function readValues(
  parameter: SearchParameter,
  values: readonly Json[],
  { ownBases, patient }: IndexOptions,
): readonly Found[] {
  const { name, type } = parameter;
  const all =
    parameter.leadsToPatient && patient !== undefined && values.length > 0
      ? [...values, { reference: `Patient/${patient}` }]
      : values;
  return [
    ...(all.length > 0 ? [anEntry(name, entryOf.present(name))] : []),
    ...all.flatMap((value) => entriesOf(parameter, value, ownBases)).map((entry) => anEntry(name, entry)),
    ...(type === 'date' ? all.flatMap((value) => spanOfValue(value) ?? []) : []).map((span) =>
      aDate({ parameter: name, ...span }),
    ),
  ];
}

const anEntry = (parameter: string, key: string): Found => ({
  parameter,
  key,
  as: (name) => anEntry(parameter, name + key.slice(parameter.length)),
});

const aDate = (date: DateEntry): Found => ({
  parameter: date.parameter,
  key: `${date.parameter} ${date.start} ${date.end}`,
  date,
  as: (name) => aDate({ ...date, parameter: name }),
});

function valuesAt(resource: JsonObject, { members, everyLevel }: Path): readonly Json[] {
  const [first = '', ...rest] = members;
  const starts = everyLevel ? below(resource, first) : childrenOf(resource, first);
  return rest.reduce((values, member) => values.flatMap((value) => childrenOf(value, member)), starts);
}

const below = (value: Json, member: string): readonly Json[] =>
  childrenOf(value, member).flatMap((child) => [child, ...below(child, member)]);

function childrenOf(value: Json, member: string): readonly Json[] {
  const child = isObject(value) ? value[member] : undefined;
  const list: readonly Json[] = Array.isArray(child) ? child : child === undefined ? [] : [child];
  return list.filter((each) => each !== null);
}
