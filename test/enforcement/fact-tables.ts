/** The layout of the counts story in a database of its own, filled as a resource server would. */
import { readFile } from 'node:fs/promises';
import postgres from 'postgres';
import type { ResourceFacts } from '../../src/decision/facts.ts';
import type { Statement } from '../../src/enforcement/sql/fragment.ts';
import { indexFacts } from '../../src/enforcement/sql/index-facts.ts';
import { freshDatabase } from '../support/database.ts';

export type FactTables = Awaited<ReturnType<typeof openFactTables>>;

const ddl = new URL('../examples/counts/layout.sql', import.meta.url);

export async function openFactTables() {
  const fresh = await freshDatabase();
  const sql = postgres(fresh.url, { max: 1, onnotice: () => undefined });
  await sql.unsafe(await readFile(ddl, 'utf8')).simple();
  const write = async (all: readonly ResourceFacts[]): Promise<void> => {
    const rows = new Map<string, object[]>();
    for (const facts of all)
      for (const [table, own] of Object.entries(indexFacts(facts)))
        rows.set(table, [...(rows.get(table) ?? []), ...own]);
    for (const [table, own] of rows)
      for (let at = 0; at < own.length; at += 1000)
        await sql`insert into ${sql(`fact_${table}`)} ${sql(own.slice(at, at + 1000))}`;
  };
  return {
    sql,
    write,
    /** Names of what the predicate shows. */
    shown: async ({ text, values }: Statement): Promise<readonly string[]> => {
      const query = `select r.resource as name from fact_resource r where ${text}`;
      return (await sql.unsafe<{ name: string }[]>(query, [...values])).map(({ name }) => name);
    },
    count: async ({ text, values }: Statement): Promise<number> => {
      const query = `select count(*)::int as total from fact_resource r where ${text}`;
      return (await sql.unsafe<{ total: number }[]>(query, [...values]))[0]?.total ?? -1;
    },
    close: async (): Promise<void> => {
      await sql.end();
      await fresh.drop();
    },
  };
}
