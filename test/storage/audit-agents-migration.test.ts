/** The migration that says who took part: rows that were there before are found like those written since (audit.md §1). */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/audit/audit-log.ts';
import { indexEntry } from '../../src/audit/index-entry.ts';
import { auditLog } from '../../src/storage/audit-log.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { anEntry, anInteraction } from '../audit/entries.ts';
import { freshDatabase, type TestDatabase, withConnection } from '../support/database.ts';

const migration = new URL('../../drizzle/0003_audit_agents.sql', import.meta.url);

const { requester } = anEntry();
const long = 'é'.repeat(512);
const entries: readonly AuditEntry[] = [
  anEntry(),
  anInteraction(),
  anInteraction({ query: 'a NUL: \u0000', interaction: 'search-type' }),
  anEntry({ requester: { type: 'client', clientId: 'another' } }),
  anEntry({ requester: { type: 'client' } }),
  anEntry({ requester: { type: 'organization', reference: 'Organization/o' } }),
  anEntry({ requester: { type: 'practitioner', reference: 'https://elsewhere.example/Practitioner/t' } }),
  anEntry({
    requester: {
      ...requester,
      identifiers: [
        { system: 'https://issuer.example', value: 'sub' },
        { system: 'a b|c', value: 'x|y' },
        { value: 'bare' },
        { system: 'urn:long', value: long },
      ],
      roles: [{ code: 'bare' }, { system: 'urn:roles', code: 'nurse' }],
    },
  }),
  anEntry({ requester: { type: 'device', reference: 'Device/d' } }),
];
const unreadable = anEntry({ requester: { ...requester, identifiers: [{ value: 'a NUL: \u0000' }] } });

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  const open = openDatabase(database.url, { connections: 1 });
  await auditLog(open.database, indexEntry).append([...entries, unreadable]);
  await open.close();
});
afterAll(() => database.drop());

it('fills in who took part, as if the rows were written now', async () => {
  await withConnection(database.url, async (sql) => {
    const agents = async () =>
      Object.fromEntries(
        (await sql`select id, to_json(agents) as agents, to_json(review) as review from audit_event`).map(
          ({ id, agents: of, review }) => [id, [of.toSorted(), review]],
        ),
      );
    const { [unreadable.id]: _, ...written } = await agents();
    await sql`alter table audit_event drop column agents, drop column review`;
    const statements = (await readFile(migration, 'utf8')).split('--> statement-breakpoint');
    for (const statement of statements) await sql.unsafe(statement);
    const { [unreadable.id]: closed, ...filled } = await agents();
    expect(filled).toEqual(written);
    expect(Object.keys(filled)).toHaveLength(entries.length);
    expect(closed?.[0]).toEqual(expect.arrayContaining(['agent:identifier= app']));
    const left = await sql`select 1 from pg_proc where proname like 'audit\\_%'`;
    expect(left).toHaveLength(0);
  });
});
