/** The audit log on PostgreSQL. */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry, AuditQuery } from '../../src/audit/audit-log.ts';
import { indexEntry } from '../../src/audit/index-entry.ts';
import { asInstant, type Instant } from '../../src/base/instant.ts';
import type { DateTest, PageRequest } from '../../src/fhir/search/search.ts';
import { conditionOf } from '../../src/storage/audit-conditions.ts';
import { auditLog, auditReader } from '../../src/storage/audit-log.ts';
import { type OpenDatabase, openDatabase } from '../../src/storage/database.ts';
import { resource } from '../../src/storage/tables/resources.ts';
import { anEntry, anInteraction } from '../audit/entries.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let fresh: TestDatabase;
let open: OpenDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
  open = openDatabase(fresh.url, { connections: 2 });
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

const append = (entries: readonly AuditEntry[]) => auditLog(open.database, indexEntry).append(entries);
const find = (query: AuditQuery, page: Partial<PageRequest> = {}) =>
  auditReader(open.database).find(query, { count: 10, total: false, ...page });
const idsFound = async (query: AuditQuery) => (await find(query)).items.map(({ id }) => id);

/** Apart from what other tests append. */
let clients = 0;
const aClient = () => {
  const clientId = `client-${++clients}`;
  return { clientId, circumstances: { door: 'fhir', clientId, requestId: 'r' } };
};

describe('the audit log', () => {
  it('gives back what was appended, newest first', async () => {
    const { clientId, circumstances } = aClient();
    const entries = [
      anEntry({ circumstances }),
      anInteraction({ circumstances, query: 'a "quoted" \\ {braced}, comma \u0000 é \ud83d\ude00' }),
      anEntry({ circumstances, outcome: 'deny', reason: 'no-consent', basis: [] }),
    ];
    await append(entries);
    const { items, total } = await find({ client: [clientId] }, { total: true });
    expect(items).toEqual(entries.toReversed());
    expect(total).toBe(3);
  });

  it('takes nothing, and the same entry no second time', async () => {
    await append([]);
    const entry = anEntry();
    await append([entry]);
    await expect(append([entry])).rejects.toThrow();
  });

  it('takes thousands at once, in their order', async () => {
    const { clientId, circumstances } = aClient();
    const entries = Array.from({ length: 8000 }, () => anInteraction({ circumstances }));
    await append(entries);
    const { items, total } = await find({ client: [clientId] }, { count: 3, total: true });
    expect([items, total]).toEqual([entries.slice(-3).toReversed(), 8000]);
  });

  it('loses an entry with the transaction it belongs to', async () => {
    const entry = anEntry();
    const act = open.database.transaction(async (tx) => {
      await auditLog(tx, indexEntry).append([entry]);
      throw new Error('the act failed');
    });
    await expect(act).rejects.toThrow('the act failed');
    expect(await idsFound({ id: [entry.id] })).toEqual([]);
  });
});

describe('a search of the audit log', () => {
  it('finds by each of the conditions, and by all of them together', async () => {
    const { clientId, circumstances } = aClient();
    const decided = anEntry({ circumstances, patient: 'Patient/zoe' });
    const denied = anEntry({ circumstances, outcome: 'deny', reason: 'no-consent', basis: [] });
    const read = anInteraction({ circumstances, interaction: 'read', patient: 'Patient/zoe' });
    const { patient: _, ...general } = anInteraction({
      circumstances,
      interaction: 'search-type',
      outcome: '4',
    });
    await append([decided, denied, read, general]);
    const found = (query: AuditQuery) => idsFound({ client: [clientId], ...query });
    expect(await found({ id: [read.id, denied.id] })).toEqual([read.id, denied.id]);
    expect(await found({ patient: ['Patient/zoe'] })).toEqual([read.id, decided.id]);
    expect(await found({ patient: ['Patient/zoe', 'Patient/ann'], type: ['110113'] })).toEqual([
      denied.id,
      decided.id,
    ]);
    expect(await found({ outcome: ['4', '8'] })).toEqual([general.id, denied.id]);
    expect(await found({ subtype: ['AuthZ-Role'] })).toEqual([denied.id]);
    expect(await found({ action: ['E'], type: ['rest'] })).toEqual([general.id]);
    expect(await found({ action: ['R'], patient: ['Patient/ann'] })).toEqual([]);
    expect(await found({ client: ['nobody'] })).toEqual([]);
    for (const name of ['id', 'patient', 'client', 'outcome', 'type', 'subtype', 'action'] as const)
      expect([name, await found({ [name]: [] })]).toEqual([name, []]);
  });

  it('finds by what it is about, in any version or in one', async () => {
    const { clientId, circumstances } = aClient();
    const [first, second] = [1, 2].map((version) =>
      anInteraction({ circumstances, what: `Consent/7/_history/${version}` }),
    );
    const decided = anEntry({ circumstances, basis: [{ consent: '7', version: 2, path: '/' }] });
    const entries = [first, second, decided].filter((entry) => entry !== undefined);
    await append(entries);
    const found = (...entity: (readonly string[])[]) => idsFound({ client: [clientId], entity });
    expect(await found(['Consent/7'])).toEqual(entries.map(({ id }) => id).toReversed());
    expect(await found(['Consent/7/_history/2'])).toEqual([decided.id, second?.id]);
    expect(await found(['Consent/7/_history/1', 'Consent/8'], ['Patient/ann'])).toEqual([first?.id]);
    expect(await found(['Consent/7'], ['Patient/bob'])).toEqual([]);
    expect(await found([])).toEqual([]);
  });

  it('finds by who took part, whatever they are called', async () => {
    const { clientId, circumstances } = aClient();
    const long = (end: string) => `${'ä'.repeat(1000)}${end}`;
    const by = (...values: readonly string[]) =>
      anEntry({
        circumstances,
        requester: {
          type: 'practitioner',
          identifiers: values.map((text) => ({ system: 'urn:s', value: text })),
        },
      });
    const [plain, lengthy, other] = [by('a', 'b'), by(long('1')), by(long('2'))];
    const unstorable = by('a NUL: \u0000', 'c', '\ud83d');
    await append([plain, lengthy, other, unstorable]);
    const found = (...agent: (readonly string[])[]) => idsFound({ client: [clientId], agent });
    const named = (text: string) => `agent:identifier=urn:s|${text}`;
    expect(await found([named('a')])).toEqual([plain.id]);
    expect(await found([named('a')], [named('b')], [`agent:identifier= ${clientId}`])).toEqual([plain.id]);
    expect(await found([named(long('1'))])).toEqual([lengthy.id]);
    expect(await found([named(long('2')), named('c')])).toEqual([unstorable.id, other.id]);
    expect(await found([named('a NUL: \u0000')])).toEqual([]);
    expect(await found([])).toEqual([]);
    expect((await find({ id: [unstorable.id] })).items).toMatchObject([{ requester: unstorable.requester }]);
  });

  it('finds what is to be reviewed, for one of several reasons or for all', async () => {
    const { clientId, circumstances } = aClient();
    const [both, one, none] = [
      anEntry({ circumstances, review: ['break-glass', 'conflict'] }),
      anEntry({ circumstances, review: ['conflict'] }),
      anEntry({ circumstances }),
    ];
    await append([both, one, none]);
    const found = (...review: NonNullable<AuditQuery['review']>) => idsFound({ client: [clientId], review });
    expect(await found(['conflict'])).toEqual([one.id, both.id]);
    expect(await found(['break-glass', 'conflict'])).toEqual([one.id, both.id]);
    expect(await found(['break-glass'], ['conflict'])).toEqual([both.id]);
    expect(await found(['unreadable-consent'])).toEqual([]);
    expect(await found([])).toEqual([]);
    expect((await find({ id: [both.id] })).items).toEqual([both]);
  });

  it('asks an index who took part and what is to be reviewed, however long the log', async () => {
    const { circumstances } = aClient();
    const many = Array.from({ length: 5000 }, (__, at) =>
      anEntry({ circumstances, requester: { type: 'practitioner', reference: `Practitioner/p${at}` } }),
    );
    await append(many);
    await append([anEntry({ circumstances, review: ['withheld-from-patient'] })]);
    await open.database.execute(sql`analyze audit_event`);
    const plan = async (query: AuditQuery) => {
      const rows = await open.database.execute(
        sql`explain select sequence from audit_event where ${conditionOf(query)} order by sequence desc limit 10`,
      );
      return JSON.stringify(rows);
    };
    expect(await plan({ agent: [['agent=Practitioner/p7']] })).toContain('audit_event_agents');
    expect(await plan({ review: [['withheld-from-patient']] })).toContain('audit_event_review');
  });

  it('finds those of patients in the care of an organization, and nothing that is about no patient', async () => {
    const { clientId, circumstances } = aClient();
    const mine = anEntry({ circumstances, patient: 'Patient/managed' });
    const { patient: _, ...general } = anInteraction({ circumstances });
    await append([mine, anEntry({ circumstances, patient: 'Patient/stray' }), general]);
    await open.database.insert(resource).values({
      key: '0198c0de-0000-7000-8000-000000000001',
      type: 'Patient',
      id: 'managed',
      version: 1,
      fhirVersion: '4.0',
      patient: 'managed',
      updatedAt: mine.recordedAt,
      filedBy: 'registry',
      body: JSON.stringify({
        resourceType: 'Patient',
        managingOrganization: { reference: 'Organization/h' },
      }),
      entries: ['organization', 'organization=Organization/h'],
      indexedBy: 1,
    });
    const found = (managedBy: readonly string[]) => idsFound({ client: [clientId], managedBy });
    expect(await found(['Organization/i', 'Organization/h'])).toEqual([mine.id]);
    expect(await found(['Organization/i'])).toEqual([]);
    expect(await found([])).toEqual([]);
  });
});

describe('a page of the audit log', () => {
  it('follows and precedes another without gap or repetition', async () => {
    const { clientId, circumstances } = aClient();
    const entries = Array.from({ length: 7 }, () => anEntry({ circumstances }));
    await append(entries);
    const ids = entries.map(({ id }) => id).toReversed();
    const query = { client: [clientId] };
    const shown = ({ items }: Awaited<ReturnType<typeof find>>) => items.map(({ id }) => id);
    const first = await find(query, { count: 3 });
    expect([shown(first), first.hasPrevious, first.hasNext]).toEqual([ids.slice(0, 3), false, true]);
    expect(first).not.toHaveProperty('total');
    const following = (page: typeof first, count = 3) =>
      find(query, { count, from: { side: 'after', cursor: page.ends?.last ?? [] } });
    const second = await following(first);
    await append([anEntry({ circumstances })]);
    const third = await following(second);
    expect([shown(second), second.hasPrevious, second.hasNext]).toEqual([ids.slice(3, 6), true, true]);
    expect([shown(third), third.hasPrevious, third.hasNext]).toEqual([ids.slice(6), true, false]);
    const exact = await following(first, 4);
    expect([shown(exact), exact.hasNext]).toEqual([ids.slice(3), false]);
    const preceding = (page: typeof first, count = 3) =>
      find(query, { count, from: { side: 'before', cursor: page.ends?.first ?? [] } });
    const back = await preceding(third);
    expect([shown(back), back.hasPrevious, back.hasNext]).toEqual([ids.slice(3, 6), true, true]);
    const firstAgain = await preceding(second, 4);
    expect([shown(firstAgain).slice(1), firstAgain.hasPrevious]).toEqual([ids.slice(0, 3), false]);
    const short = await preceding(second, 2);
    expect([shown(short), short.hasPrevious]).toEqual([ids.slice(1, 3), true]);
  });

  it('has a total where one is asked for, alone where the count is 0', async () => {
    const { clientId, circumstances } = aClient();
    await append([anEntry({ circumstances }), anEntry({ circumstances })]);
    const query = { client: [clientId] };
    const counted = { hasPrevious: false, hasNext: false };
    expect(await find(query, { count: 0, total: true })).toEqual({ items: [], total: 2, ...counted });
    expect(await find({ client: ['nobody'] }, { total: true })).toEqual({ items: [], total: 0, ...counted });
    const { ends } = await find(query, { count: 1 });
    const rest = { count: 1, total: true, from: { side: 'after', cursor: ends?.last ?? [] } } as const;
    expect(await find(query, rest)).toMatchObject({ items: [{}], total: 2 });
  });
});

describe('the time of recording (FHIR R4 §3.1.1.4.6)', () => {
  const at = (minute: number) => asInstant(Date.UTC(2026, 8, 1, 12, minute));
  const { clientId, circumstances } = aClient();
  const minutes = [0, 1, 2, 3, 4];
  const entries = minutes.map((minute) => anEntry({ circumstances, recordedAt: at(minute) }));
  beforeAll(() => append(entries));

  const found = async (...recorded: (readonly DateTest[])[]) => {
    const ids = await idsFound({ client: [clientId], recorded });
    return minutes.filter((minute) => ids.includes(entries[minute]?.id ?? ''));
  };
  const test = (prefix: DateTest['prefix'], start: Instant, end: Instant): DateTest => ({
    prefix,
    start,
    end,
  });

  it.each([
    ['eq', [1, 2, 3]],
    ['ne', [0, 4]],
    ['gt', [4]],
    ['lt', [0]],
    ['ge', [1, 2, 3, 4]],
    ['le', [0, 1, 2, 3]],
    ['sa', [4]],
    ['eb', [0]],
    ['ap', [1, 2, 3]],
  ] as const)(
    '%s compares a moment with the stretch asked for, bounds included',
    async (prefix, expected) => {
      expect(await found([test(prefix, at(1), at(3))])).toEqual(expected);
    },
  );

  it('satisfies one test of each list', async () => {
    const either = [test('eq', at(0), at(0)), test('ge', at(3), at(3))];
    expect(await found(either)).toEqual([0, 3, 4]);
    expect(await found(either, [test('ne', at(3), at(3))])).toEqual([0, 4]);
    expect(await found([test('lt', at(1), at(1))], [test('gt', at(3), at(3))])).toEqual([]);
    expect(await found()).toEqual(minutes);
    expect(await found([])).toEqual([]);
  });

  it('is compared with any date that can be written, and any that `ap` makes of it', async () => {
    const [early, late] = [asInstant(Date.UTC(-1, 0, 1)), asInstant(Date.UTC(9999, 11, 31, 23, 59, 59, 999))];
    for (const prefix of ['ne', 'ge', 'gt', 'sa'] as const)
      expect([prefix, await found([test(prefix, early, early)])]).toEqual([prefix, minutes]);
    for (const prefix of ['ne', 'le', 'lt', 'eb'] as const)
      expect([prefix, await found([test(prefix, late, late)])]).toEqual([prefix, minutes]);
    expect(await found([test('gt', late, late), test('lt', early, early)])).toEqual([]);
  });

  it('finds what a scan finds', async () => {
    const minute = fc.integer({ min: -1, max: 5 }).map(at);
    const prefix = fc.constantFrom('eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap');
    const aTest = fc
      .tuple(prefix, minute, minute)
      .map(([name, a, b]) => test(name, asInstant(Math.min(a, b)), asInstant(Math.max(a, b))));
    const lists = fc.array(fc.array(aTest, { maxLength: 3 }), { maxLength: 3 });
    const holds = (point: number, { prefix: name, start, end }: DateTest): boolean =>
      ({
        eq: start <= point && point <= end,
        ap: start <= point && point <= end,
        ne: point < start || point > end,
        gt: point > end,
        sa: point > end,
        lt: point < start,
        eb: point < start,
        ge: point >= start,
        le: point <= end,
      })[name];
    await fc.assert(
      fc.asyncProperty(lists, async (recorded) => {
        const scanned = minutes.filter((each) =>
          recorded.every((any) => any.some((one) => holds(at(each), one))),
        );
        expect(await found(...recorded)).toEqual(scanned);
      }),
      { numRuns: 150 },
    );
  });
});
