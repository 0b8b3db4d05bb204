/** The migration that bounds what waits: requests that waited before count for the patient they were shown to. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { freshDatabase, withConnection } from '../support/database.ts';

const migration = new URL('../../drizzle/0005_waiting_requests.sql', import.meta.url);

it('fills in whom a request is about; its yes, if it had one, filed nothing that is known', async () => {
  const database = await freshDatabase();
  await withConnection(database.url, async (sql) => {
    await sql`drop index submitted_request_waiting`;
    await sql`alter table submitted_request drop column about, drop column consents,
      drop column acting_client, drop column account`;
    await sql`alter table ticket drop column pct_hash`;
    await sql`insert into submitted_request
      (key, id, process, patient, client_id, resource_server, permissions, party, submitted_at, expires_at,
        interval_seconds, polled_at)
      values (gen_random_uuid(), 'r', 'p', 'Patient/ann', 'c', 's', '[]', '{}', now(), now(), 5, now())`;
    const statements = (await readFile(migration, 'utf8')).split('--> statement-breakpoint');
    for (const statement of statements) await sql.unsafe(statement);
    const rows = await sql`select about, consents from submitted_request`;
    expect([...rows]).toEqual([{ about: 'Patient/ann', consents: null }]);
  });
  await database.drop();
});
