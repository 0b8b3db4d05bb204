/** Resources in PostgreSQL: the current version in one table, every version in another, written together. */
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import { err, ok } from '../base/result.ts';
import type { Reach, ResourceQuery, ResourceStore, ResourceWrite } from '../fhir/resource-store.ts';
import type { Database } from './database.ts';
import {
  prepareCreate,
  prepareHistory,
  prepareRead,
  prepareReadVersion,
  prepareSearch,
  prepareUpdate,
} from './resource-statements.ts';
import { storedFrom } from './stored-from.ts';
import type { resource } from './tables/resources.ts';

export type ResourceStoreDeps = { readonly random: RandomBytes };

export function resourceStore(db: Database, { random }: ResourceStoreDeps): ResourceStore {
  const create = once(() => prepareCreate(db));
  const update = byShape((guarded: boolean, reach: Reach) => prepareUpdate(db, guarded, reach), updateShape);
  const read = byShape((reach: Reach) => prepareRead(db, reach), reachShape);
  const readVersion = byShape((reach: Reach) => prepareReadVersion(db, reach), reachShape);
  const history = byShape((reach: Reach) => prepareHistory(db, reach), reachShape);
  const search = byShape(
    (query: ResourceQuery, reach: Reach) => prepareSearch(db, query, reach),
    searchShape,
  );

  return {
    async create(write) {
      const [row] = await create().execute(valuesOf(write, random));
      return row ? ok(storedFrom(row)) : err('taken');
    },
    async update(write, expectedVersion, within) {
      const statement = update(expectedVersion !== undefined, within);
      const [row] = await statement.execute({
        ...valuesOf(write, random),
        expectedVersion,
        reach: reachOf(within),
      });
      if (row) return ok(storedFrom(row));
      const current = await this.read(write.type, write.id, within);
      return err(current ? 'stale' : 'missing');
    },
    async read(type, id, within) {
      const [row] = await read(within).execute({ type, id, reach: reachOf(within) });
      return row && storedFrom(row);
    },
    async readVersion(type, id, version, within) {
      const [row] = await readVersion(within).execute({ type, id, version, reach: reachOf(within) });
      return row && storedFrom(row);
    },
    async history(type, id, page, within) {
      return await found(history(within), { type, id, ...page, reach: reachOf(within) });
    },
    async search(query, page, within) {
      return await found(search(query, within), { ...questionOf(query), ...page, reach: reachOf(within) });
    },
  };
}

type Row = typeof resource.$inferSelect;
type Values = Record<string, unknown>;
type Listing = {
  readonly page: { execute(values: Values): Promise<readonly Row[]> };
  readonly total: { execute(values: Values): Promise<readonly { readonly total: number }[]> };
};

async function found(listing: Listing, values: Values) {
  const [rows, [sum]] = await Promise.all([listing.page.execute(values), listing.total.execute(values)]);
  return { resources: rows.map(storedFrom), total: sum?.total ?? 0 };
}

const valuesOf = (write: ResourceWrite, random: RandomBytes): Values => ({
  key: timeOrderedKey(write.at, random),
  type: write.type,
  id: write.id,
  fhirVersion: write.fhirVersion,
  patient: write.patient ?? null,
  status: write.status ?? null,
  identifiers: write.identifiers,
  body: write.resource,
  updatedAt: write.at,
  filedBy: write.filedBy,
});

const questionOf = (query: ResourceQuery): Values => ({
  type: query.type,
  ids: query.id,
  patients: query.patient,
  statuses: query.status,
  identifiers: query.identifier,
  fhirVersions: query.fhirVersion,
});

const reachOf = ({ patients, organizations }: Reach) => patients ?? organizations;

const reachShape = ({ patients, organizations }: Reach): string =>
  patients ? 'of patients' : organizations ? 'of organizations' : 'all';
const updateShape = (guarded: boolean, reach: Reach): string => `${guarded} ${reachShape(reach)}`;
const searchShape = (query: ResourceQuery, reach: Reach): string =>
  `${Object.entries(query).flatMap(([name, asked]) => (asked === undefined ? [] : [name]))} ${reachShape(reach)}`;

function once<Statement>(prepare: () => Statement): () => Statement {
  return byShape(prepare, () => '');
}

function byShape<Shape extends unknown[], Statement>(
  prepare: (...shape: Shape) => Statement,
  nameOf: (...shape: Shape) => string,
): (...shape: Shape) => Statement {
  const prepared = new Map<string, Statement>();
  return (...shape) => {
    const name = nameOf(...shape);
    const statement = prepared.get(name) ?? prepare(...shape);
    prepared.set(name, statement);
    return statement;
  };
}
