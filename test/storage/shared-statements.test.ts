/** What many share in one statement: nobody fails with another, nobody waits for another for ever, and nobody pays for more than is named. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { indexEntry } from '../../src/audit/index-entry.ts';
import { asInstant, plusSeconds } from '../../src/base/instant.ts';
import type { Issuance } from '../../src/protocols/uma/grant/issuance-store.ts';
import { random } from '../../src/runtime/random.ts';
import { approvalStore } from '../../src/storage/approvals.ts';
import { clientStore } from '../../src/storage/clients.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { issuanceStore } from '../../src/storage/issuances.ts';
import { pctStore } from '../../src/storage/pcts.ts';
import { ticketStore } from '../../src/storage/tickets.ts';
import { tokenStore } from '../../src/storage/tokens.ts';
import { aClient } from '../contract/a-client.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const at = asInstant(Date.parse('2026-10-01T10:00:00Z'));
let fresh: TestDatabase;
let one: OpenDatabase;
let other: OpenDatabase;
const client = aClient();

const storesOf = ({ database }: OpenDatabase) => ({
  tokens: tokenStore(database, { random }),
  tickets: ticketStore(database, { random }),
  approvals: approvalStore(database),
  pcts: pctStore(database),
  issuances: issuanceStore(database, { random, index: indexEntry }),
});
type Stores = ReturnType<typeof storesOf>;
let here: Stores;
let there: Stores;

beforeAll(async () => {
  fresh = await freshDatabase();
  [one, other] = [1, 2].map(() => openDatabase(fresh.url, { connections: 10 })) as [
    OpenDatabase,
    OpenDatabase,
  ];
  await clientStore(one.database, { random }).create(client);
  [here, there] = [storesOf(one), storesOf(other)];
});
afterAll(async () => {
  for (const each of [one, other]) await each.close();
  await fresh.drop();
});

const many = <Value>(count: number, make: (at: number) => Value): readonly Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

const party = {
  issuer: 'https://idp.example',
  subject: 'dr-t',
  requester: { type: 'practitioner', identifiers: [] },
  purposes: ['TREAT'],
  asserted: {},
  expiresAt: plusSeconds(at, 600),
} as const;

function anIssuance(given: Partial<Issuance> = {}, approved: object = {}): Issuance {
  const id = randomUUID();
  const both = {
    clientId: client.id,
    resourceServer: 'rs',
    patient: 'Patient/ann',
    expiresAt: plusSeconds(at, 300),
  };
  return {
    token: {
      id,
      kind: 'rpt',
      scopes: [],
      issuedAt: asInstant(at - Math.floor(Math.random() * 1e6)),
      ...both,
    },
    approval: { tokenId: id, process: id, permissions: [], party, subject: 'x', ...both, ...approved },
    records: [],
    ...given,
  };
}

test('what cannot be kept fails for itself alone', async () => {
  const good = many(5, () => anIssuance());
  const bad = anIssuance();
  const unstorable = { ...bad, token: { ...bad.token, patient: 'Patient/\0' } };
  const kept = await Promise.allSettled([...good, unstorable, ...good.slice(0, 1)].map(here.issuances.keep));
  expect(kept.map(({ status }) => status)).toEqual([
    ...good.map((_, index) => (index === 0 ? expect.anything() : 'fulfilled')),
    'rejected',
    expect.anything(),
  ]);
  // Of the same twice one is kept.
  expect(kept.filter(({ status }) => status === 'fulfilled')).toHaveLength(good.length);
  for (const { token } of good) expect(await here.tokens.find(token.id)).toBeDefined();
  expect(await here.tokens.find(bad.token.id)).toBeUndefined();
});

test('RPTs that are replaced while their PCT is revoked do not lock each other out', async () => {
  for (let round = 0; round < 5; round++) {
    const secretHash = randomUUID();
    const claims = { clientId: client.id, party, issuedAt: at, expiresAt: plusSeconds(at, 600) };
    const old = many(100, () => anIssuance({}, { pctHash: secretHash }));
    await here.issuances.keep(anIssuance({ pct: { secretHash, claims } }));
    await Promise.all(old.map(here.issuances.keep));
    const replacing = old.map(({ token: { id: tokenId } }) =>
      here.issuances.keep(anIssuance({ replaced: { tokenId, clientId: client.id, at } })),
    );
    const settled = await Promise.allSettled([
      ...replacing,
      there.pcts.revoke(secretHash, client.id, at),
      here.issuances.keep(anIssuance()),
    ]);
    expect(settled.filter(({ status }) => status === 'rejected')).toEqual([]);
  }
});

test('of many presentations at two instances each ticket is given once', async () => {
  const hashes = many(50, () => randomUUID());
  const ticket = { process: 'p', resourceServer: 'rs', patient: 'Patient/ann', permissions: [] };
  const times = { issuedAt: at, expiresAt: plusSeconds(at, 300) };
  await Promise.all(hashes.map((hash) => here.tickets.issue(hash, { ...ticket, ...times })));
  const presented = [...hashes, ...hashes.toReversed(), ...hashes].map((hash, index) =>
    [here, there][index % 2]?.tickets.consume(hash, at).then((got) => (got ? [hash] : [])),
  );
  expect((await Promise.all(presented)).flat().toSorted()).toEqual(hashes.toSorted());
});

test('a ticket and an approval fetch the resources they name, however many the patient has', async () => {
  const { database } = one;
  await database.execute(`insert into uma_resource (key, id, resource_server, patient, description, registered_at)
    select gen_random_uuid(), 'r' || i, 'rs', 'Patient/many', '{"resource_scopes":["read"]}', now()
      from generate_series(1, 20000) as i`);
  await database.execute('analyze uma_resource');
  const permissions = many(200, (index) => ({ resourceId: `r${index * 7 + 1}`, scopes: ['read'] }));
  const named = { resourceServer: 'rs', patient: 'Patient/many', permissions };
  const secretHash = randomUUID();
  const times = { issuedAt: at, expiresAt: plusSeconds(at, 300) };
  await here.tickets.issue(secretHash, { process: 'p', ...named, ...times });
  const issuance = anIssuance({}, named);
  await here.issuances.keep(issuance);
  const before = await fetched();
  expect((await here.tickets.consume(secretHash, at))?.resources).toHaveLength(200);
  expect((await here.approvals.find(issuance.token.id))?.resources).toHaveLength(200);
  expect((await fetched()) - before).toBeLessThan(1000);
});

/** Rows of resources that were looked at, as PostgreSQL counts them, after its own buffering. */
async function fetched(): Promise<number> {
  // Each connection tells of its own.
  await Promise.all(many(30, () => one.client`select pg_stat_force_next_flush(), pg_sleep(0.01)`));
  const [row] = await one.client`
    select (seq_tup_read + idx_tup_fetch)::integer as fetched from pg_stat_user_tables where relname = 'uma_resource'`;
  return Number(row?.['fetched']);
}
