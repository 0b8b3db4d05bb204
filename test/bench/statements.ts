/** The statements behind a piece of work, caught while it is done, so that the driver can send the same ones by itself. */
import { randomUUID } from 'node:crypto';
import type { BenchService } from './service.ts';

type Client = BenchService['client'];
type Statement = { readonly query: string; readonly values: readonly unknown[]; readonly options: unknown };
/** In the order they were sent; those of one transaction together. */
type Exchange = { readonly transaction: boolean; readonly statements: Statement[] };

/** How many different ones are caught, of which a measurement takes turns. */
const kept = 40;

export type Replay = {
  /** Sends what the n-th piece of work sent, under ids of its own. */
  readonly once: (n: number) => Promise<void>;
  readonly statements: number;
};

export async function replayOf(
  { client }: BenchService,
  work: (n: number) => Promise<unknown>,
): Promise<Replay> {
  const caught: (readonly Exchange[])[] = [];
  for (let n = 0; n < kept; n++) caught.push(await caughtOf(client, () => work(n)));
  return {
    once: (n) => send(client, caught[n % caught.length] ?? []),
    statements: (caught[0] ?? []).reduce((sum, { statements }) => sum + statements.length, 0),
  };
}

async function caughtOf(client: Client, work: () => Promise<unknown>): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  const { unsafe, begin } = client;
  client.unsafe = catching(unsafe.bind(client), (statement) => {
    // The driver begins a transaction by this very function.
    if (!statement.query.startsWith('begin')) exchanges.push({ transaction: false, statements: [statement] });
  }) as Client['unsafe'];
  const beginning = begin.bind(client) as unknown as (
    body: (sql: Client) => Promise<unknown>,
  ) => Promise<unknown>;
  client.begin = ((body: (sql: Client) => Promise<unknown>) =>
    beginning((sql) => {
      const statements: Statement[] = [];
      exchanges.push({ transaction: true, statements });
      sql.unsafe = catching(sql.unsafe.bind(sql), (statement) => statements.push(statement)) as never;
      return body(sql);
    })) as unknown as Client['begin'];
  try {
    await work();
  } finally {
    Object.assign(client, { unsafe, begin });
  }
  return exchanges;
}

const catching =
  (unsafe: (query: string, values?: never[], options?: never) => unknown, keep: (one: Statement) => void) =>
  (query: string, values: readonly unknown[] = [], options?: unknown) => {
    keep({ query, values, options });
    return unsafe(query, values as never[], options as never);
  };

async function send(client: Client, exchanges: readonly Exchange[]): Promise<void> {
  const fresh = freshIds();
  for (const { transaction, statements } of exchanges) {
    const all = async (sql: Pick<Client, 'unsafe'>): Promise<void> => {
      for (const { query, values, options } of statements)
        await sql.unsafe(query, (isInsert(query) ? fresh(values) : values) as never[], options as never);
    };
    await (transaction ? client.begin((sql) => all(sql as never)) : all(client));
  }
}

const isInsert = (query: string): boolean => /\binsert into\b/.test(query);

/** What was created once cannot be created again: every UUID becomes another, the same one wherever it stands. */
function freshIds(): (values: readonly unknown[]) => readonly unknown[] {
  const ids = new Map<string, string>();
  const renew = (text: string): string =>
    text.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
      const other = ids.get(id) ?? randomUUID();
      ids.set(id, other);
      return other;
    });
  const renewed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(renewed);
    return typeof value === 'string' ? renew(value) : value;
  };
  return (values) => values.map(renewed);
}
