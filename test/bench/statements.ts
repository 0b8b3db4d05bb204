/** The statements that a store sends, caught on their way, so that the driver can send the same ones by itself. */
import type { BenchService } from './service.ts';

export type Statement = { readonly query: string; readonly values: readonly unknown[] };

/** Enough for every round of a measurement, so that none is sent twice: what is created once is there the next time. */
const prepared = 4000;

/** For each piece of work its statement, with the values it would send the n-th time; nothing is sent meanwhile. */
export async function recordedStatements<Name extends string>(
  { client }: BenchService,
  works: Readonly<Record<Name, (n: number) => Promise<unknown>>>,
): Promise<(name: Name, n: number) => Statement> {
  const caught = new Map<Name, readonly Statement[]>();
  for (const name of Object.keys(works) as Name[]) caught.set(name, await statementsOf(client, works[name]));
  return (name, n) => {
    const statements = caught.get(name) ?? [];
    const statement = statements[n % statements.length];
    if (!statement) throw new Error(`${name} sent no statement`);
    return statement;
  };
}

async function statementsOf(client: BenchService['client'], work: (n: number) => Promise<unknown>) {
  const statements: Statement[] = [];
  const original = client.unsafe;
  const keep = (query: string, values: readonly unknown[] = []) => {
    statements.push({ query, values });
    return Object.assign(Promise.resolve([]), { values: async () => [] });
  };
  client.unsafe = keep as unknown as typeof client.unsafe;
  // Of an empty answer a store may make nothing; what it asked is all that is wanted.
  for (let n = 0; n < prepared; n++) await work(n).catch(() => undefined);
  client.unsafe = original;
  return statements;
}
