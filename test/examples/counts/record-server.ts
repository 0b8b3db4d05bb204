/** A server of clinical resources in PostgreSQL that answers from what may be seen, and from nothing else. */
import { readFile } from 'node:fs/promises';
import postgres from 'postgres';
import { factsOf } from '../../../src/decision/facts.ts';
import type { DecisionSettings } from '../../../src/decision/settings.ts';
import type { Statement, Value } from '../../../src/enforcement/sql/fragment.ts';
import { indexFacts } from '../../../src/enforcement/sql/index-facts.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { freshDatabase } from '../../support/database.ts';

const factTables = new URL('layout.sql', import.meta.url);

/** Its own tables: the resource, and what its searches ask. */
const ownTables = `
  create table clinical (id text primary key, type text not null, class text, code text, starts date, encounter text);
  create index on clinical (type, starts, id);
`;

export type RecordServer = Awaited<ReturnType<typeof openRecordServer>>;

export async function openRecordServer() {
  const fresh = await freshDatabase();
  const sql = postgres(fresh.url, { max: 1, onnotice: () => undefined });
  await sql.unsafe(
    `create schema phr; set search_path = phr; ${ownTables} ${await readFile(factTables, 'utf8')}`,
  );
  const insert = async (table: string, rows: readonly object[]): Promise<void> => {
    for (let at = 0; at < rows.length; at += 1000)
      await sql`insert into ${sql(table)} ${sql(rows.slice(at, at + 1000))}`;
  };
  return {
    /** In one transaction in real life, resource by resource. */
    load: async (resources: readonly Resource[], settings: DecisionSettings): Promise<void> => {
      await insert('clinical', resources.map(rowOf));
      const rows = resources.map((resource) => indexFacts(factsOf(resource, settings)));
      const tables = [
        'resource',
        'label',
        'code',
        'document_type',
        'profile',
        'reference',
        'author',
      ] as const;
      for (const table of tables)
        await insert(
          `fact_${table}`,
          rows.flatMap((each): readonly object[] => each[table]),
        );
    },
    insertUnindexed: (resource: Resource) => insert('clinical', [rowOf(resource)]),
    /** Ids, in the order of the statement. */
    ids: async ({ text, values }: Statement): Promise<readonly string[]> =>
      (await sql.unsafe<{ id: string }[]>(text, [...values])).map(({ id }) => id),
    total: async ({ text, values }: Statement): Promise<number> =>
      (await sql.unsafe<{ total: number }[]>(text, [...values]))[0]?.total ?? -1,
    close: async (): Promise<void> => {
      await sql.end();
      await fresh.drop();
    },
  };
}

function rowOf(resource: Resource): object {
  const { code } = resource as { readonly code?: { readonly coding: readonly { readonly code: string }[] } };
  const { encounter, context, period, effectiveDateTime } = resource as unknown as Readonly<
    Record<string, { readonly reference?: string; readonly start?: string }>
  >;
  return {
    id: `${resource.resourceType}/${resource.id}`,
    type: resource.resourceType,
    class: (resource['class'] as { readonly code?: string } | undefined)?.code ?? null,
    code: code?.coding[0]?.code ?? null,
    starts: period?.start ?? effectiveDateTime ?? null,
    encounter:
      encounter?.reference ??
      (context as { readonly encounter?: { reference: string }[] })?.encounter?.[0]?.reference ??
      null,
  };
}

/**
 * A statement that binds its values in turn. Of a statement put into it the parameters are numbered anew: those of a
 * predicate stand for values alone, so that nothing else in it looks like one.
 */
export function statement(texts: TemplateStringsArray, ...parts: readonly (Statement | Value)[]): Statement {
  const values: Value[] = [];
  const text = texts.map((piece, at) => {
    const part = parts[at];
    if (part === undefined) return piece;
    const before = values.length;
    if (typeof part !== 'object') return `${piece}$${values.push(part)}`;
    values.push(...part.values);
    return piece + part.text.replaceAll(/\$(\d+)/g, (_, number) => `$${before + Number(number)}`);
  });
  return { text: text.join(''), values };
}

/** What stands in a query for the table, wherever a type is asked: at the root, in an include, in a chain, in `_has`. */
export const visibleRows = (type: string, predicate: Statement): Statement =>
  statement`(select * from clinical r where r.type = ${type} and ${predicate})`;
