/** `headwater export`: what is current, as NDJSON that can be imported elsewhere. */
import { readFile, stat } from 'node:fs/promises';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { asInstant } from '../../../src/base/instant.ts';
import { everything } from '../../../src/fhir/resource-store.ts';
import { auditReader } from '../../../src/storage/audit-log.ts';
import { resourceStore } from '../../../src/storage/resources.ts';
import { consentR4, consentR5 } from '../../protocols/fhir-api/consents.ts';
import { freshDatabase } from '../../support/database.ts';
import { commandLine, type Ended, run } from './command-line.ts';

const { database, file, path } = commandLine();
const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));

const linesOf = ({ out }: Pick<Ended, 'out'>): readonly string[] => out.split('\n').slice(0, -1);
const resourcesOf = (ended: Pick<Ended, 'out'>) => linesOf(ended).map((line) => JSON.parse(line));

const device =
  '{"resourceType":"Device","id":"d","extension":[{"url":"urn:x","valueDecimal":1.10}],"version":[{"value":"2"}]}';
const group = { reference: 'Group/g' };

beforeAll(async () => {
  const people = Array.from({ length: 1100 }, (_, at) => ({ resourceType: 'Patient', id: `p${at}` }));
  const consents = [
    { ...consentR4('p1', { language: 'de', meta: { source: 'urn:a', versionId: '77' } }), id: 'r4' },
    { ...consentR5('p2'), id: 'r5' },
    { ...consentR5('p2', { subject: group }), id: 'of-a-group' },
  ];
  await run('import', await file('all.ndjson', ...people, device, ...consents));
  await run('import', '--fhir-version', '4.3', await file('r4b.json', { ...consentR4('p1'), id: 'r4b' }));
  const gone = { type: 'Patient', id: 'p0', at: asInstant(Date.now()), filedBy: 'test' };
  await resourceStore(database(), { random }).remove(gone, 1, everything);
  await run('import', await file('changed.json', { resourceType: 'Patient', id: 'p3', active: true }));
});

describe('what is written', () => {
  it('each current resource once, as served: id, versionId, lastUpdated, and the digits of its numbers', async () => {
    const ended = await run('export');
    expect(ended).toMatchObject({ code: 0, complaint: '1104 resources written\n' });
    const resources = resourcesOf(ended);
    const names = resources.map(({ resourceType, id }) => `${resourceType}/${id}`);
    expect(names).not.toContain('Patient/p0');
    expect([names.length, new Set(names).size]).toEqual([1104, 1104]);
    const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(resources.find(({ id }) => id === 'p3').meta).toEqual({ versionId: '2', lastUpdated: instant });
    const r4 = resources.find(({ id }) => id === 'r4');
    expect(r4.meta).toEqual({ source: 'urn:a', versionId: '1', lastUpdated: instant });
    expect({ ...r4, meta: undefined }).toEqual({
      ...consentR4('p1', { language: 'de' }),
      id: 'r4',
      meta: undefined,
    });
    expect(linesOf(ended).find((line) => line.includes('"Device"'))).toContain('"valueDecimal":1.10');
  });

  it('the directory before the consents, which may name patients by identifier', async () => {
    const types = resourcesOf(await run('export')).map(({ resourceType }) => resourceType);
    expect(types.indexOf('Consent')).toBe(types.length - 4);
  });

  it('of the types asked for', async () => {
    const types = async (...args: readonly string[]) =>
      new Set(resourcesOf(await run('export', ...args)).map(({ resourceType }) => resourceType));
    expect(await types('--type', 'Device,Consent')).toEqual(new Set(['Device', 'Consent']));
    expect(await types('--type', 'Device', '--type', 'Group')).toEqual(new Set(['Device']));
    expect((await run('export', '--type', 'Observation')).code).toBe(2);
  });

  it('in the version asked for; what that cannot say is left out, and told', async () => {
    const r5 = await run('export', '--type', 'Consent', '--fhir-version', '5.0');
    expect(r5.code).toBe(0);
    expect(resourcesOf(r5).map(({ subject }) => typeof subject)).toEqual(Array(4).fill('object'));
    const r4 = await run('export', '--type', 'Consent', '--fhir-version', '4.0', '--json');
    expect(resourcesOf(r4).map(({ id }) => id)).toEqual(['r4', 'r5', 'r4b']);
    expect(resourcesOf(r4).every(({ patient }) => patient !== undefined)).toBe(true);
    expect([r4.code, JSON.parse(r4.complaint)]).toEqual([1, { written: 3, shortened: 0, omitted: 1 }]);
    expect((await run('export', '--fhir-version', '3.0')).code).toBe(2);
  });

  it('goes to a file for its owner alone, which is there when it is whole', async () => {
    const ended = await run('export', '--output', path('out.ndjson'));
    expect(ended).toMatchObject({ code: 0, out: '' });
    expect(linesOf({ out: await readFile(path('out.ndjson'), 'utf8') })).toHaveLength(1104);
    expect((await stat(path('out.ndjson'))).mode & 0o777).toBe(0o600);
    await expect(stat(path('out.ndjson.part'))).rejects.toThrow('ENOENT');
    expect((await run('export', '--output', '/nonexistent/out')).code).toBe(1);
  });
});

it('an import of it elsewhere gives the same resources, run once or twice', async () => {
  const first = await run('export');
  const given = await file('copy.ndjson', first.out);
  const fresh = await freshDatabase();
  const own = process.env['DATABASE_URL'];
  vi.stubEnv('DATABASE_URL', fresh.url);
  try {
    expect(await run('import', given)).toMatchObject({ code: 0, complaint: '' });
    expect(JSON.parse((await run('import', given, '--json')).out)).toMatchObject({ unchanged: 1104 });
    const second = await run('export');
    const withoutAssigned = (line: string) =>
      line.replace(/"versionId":"\d+","lastUpdated":"[^"]*"/, '"versionId":"","lastUpdated":""');
    // In the order of creation, which within a millisecond is none.
    const said = (ended: Ended) => linesOf(ended).map(withoutAssigned).toSorted();
    expect(said(second)).toEqual(said(first));
  } finally {
    vi.stubEnv('DATABASE_URL', own);
    await fresh.drop();
  }
});

it('an import of it into the same database changes nothing', async () => {
  const { out } = await run('export');
  const given = await file('again.ndjson', out);
  const count = linesOf({ out }).length;
  expect(JSON.parse((await run('import', '--json', given)).out)).toMatchObject({
    read: count,
    unchanged: count,
    refused: 0,
  });
  expect((await run('export')).out).toBe(out);
});

it('is on record: which types were handed out', async () => {
  await run('export', '--type', 'Consent,Device');
  const { items } = await auditReader(database()).find(
    { client: ['headwater export'] },
    { count: 2, total: false },
  );
  expect(items).toMatchObject([
    { interaction: 'search-type', type: 'Consent', query: 'headwater export --type Consent' },
    { interaction: 'search-type', type: 'Device' },
  ]);
});
