// Tells whether a database is at the schema this version expects; apart from `migrate.ts`, since a Worker has no files.

type Migration = { readonly tag: string; readonly when: number };

/** What `drizzle/meta/_journal.json` lists; a test tells when a migration is missing here. */
export const knownMigrations: readonly Migration[] = [
  { tag: '0000_initial', when: 1_795_309_549_047 },
  { tag: '0001_search_and_audit', when: 1_795_318_647_171 },
  { tag: '0002_evidence_as_of', when: 1_795_330_312_059 },
  { tag: '0003_audit_agents', when: 1_795_330_466_921 },
  { tag: '0004_tokens_and_approvals', when: 1_795_342_756_256 },
  { tag: '0005_waiting_requests', when: 1_795_348_800_000 },
];

/** Runs one statement, whatever holds the connection. */
type Ask = (query: string) => PromiseLike<Iterable<Readonly<Record<string, unknown>>>>;

/** What the database remembers migrations by: when they were written. */
export const appliedMigrations = async (ask: Ask): Promise<ReadonlySet<number>> => {
  const [table] = await ask(`select to_regclass('drizzle.__drizzle_migrations') is not null as there`);
  if (table?.['there'] !== true) return new Set();
  const rows = await ask('select created_at::text as at from drizzle.__drizzle_migrations');
  return new Set([...rows].map(({ at }) => Number(at)));
};

/** The migrations that this version knows and the database does not. */
export const pendingMigrations = async (
  ask: Ask,
  known: readonly Migration[] = knownMigrations,
): Promise<readonly string[]> => {
  const applied = await appliedMigrations(ask);
  return known.filter(({ when }) => !applied.has(when)).map(({ tag }) => tag);
};
