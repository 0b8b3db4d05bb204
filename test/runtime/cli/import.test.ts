/** `headwater import`: what an operator hands in is stored under its own ids, or told why not (interfaces.md, Names and ids). */
import { execFile } from 'node:child_process';
import { Writable, type WritableOptions } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDecideAccess } from '../../../src/access/decide-access.ts';
import { accessSettings, settingsSchema } from '../../../src/access/settings.ts';
import { asInstant } from '../../../src/base/instant.ts';
import { isDeletion } from '../../../src/fhir/resource.ts';
import { everything } from '../../../src/fhir/resource-store.ts';
import { headwater } from '../../../src/runtime/cli/headwater.ts';
import { auditReader } from '../../../src/storage/audit-log.ts';
import { readEvidence } from '../../../src/storage/evidence.ts';
import { resourceStore } from '../../../src/storage/resources.ts';
import { consentR4, consentR5 } from '../../protocols/fhir-api/consents.ts';
import { commandLine, type Ended, run } from './command-line.ts';

const { database, file, path } = commandLine();
const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));
const json = ({ out }: Ended) => JSON.parse(out);
const imported = async (...args: readonly string[]) => json(await run('import', '--json', ...args));

async function stored(type: string, id: string) {
  const found = await resourceStore(database(), { random }).read(type, id, everything);
  if (!found || isDeletion(found)) throw new Error(`no ${type}/${id}`);
  return found;
}

const patient = (id: string, more = {}) => ({ resourceType: 'Patient', id, ...more });

beforeAll(async () => {
  await run('import', await file('people.ndjson', patient('ann'), patient('bob')));
});

describe('what is read', () => {
  it('NDJSON, Bundles and single resources of any version, each under its id and letter by letter', async () => {
    const line =
      `{"resourceType":"Consent", "id":"n1", ${JSON.stringify(consentR4('ann')).slice(1, -1)}}`.replace(
        /"resourceType":"Consent",(?="status)/,
        '',
      );
    const pretty = JSON.stringify({ ...patient('s1'), multipleBirthInteger: 2 }, undefined, 2);
    const bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: { ...consentR5('ann'), id: 'b1' } }, { resource: patient('b2') }],
    };
    const files = [
      await file('a.ndjson', line, '', patient('n2')),
      await file('b.json', JSON.stringify(bundle, undefined, 2)),
      await file('c.json', pretty),
    ];
    expect(await run('import', ...files)).toMatchObject({ code: 0, complaint: '' });
    const consents = [await stored('Consent', 'n1'), await stored('Consent', 'b1')];
    expect(consents.map(({ fhirVersion }) => fhirVersion)).toEqual(['4.0', '5.0']);
    expect(consents.map((consent) => consent.patient)).toEqual(['ann', 'ann']);
    expect(JSON.stringify(consents[0]?.resource)).toBe(JSON.stringify(JSON.parse(line)));
    for (const id of ['n2', 'b2', 's1']) expect((await stored('Patient', id)).version).toBe(1);
  });

  it('keeps the digits of numbers, from a Bundle too', async () => {
    const device = '{"resourceType":"Device","id":"d1","extension":[{"url":"urn:x","valueDecimal":1.10}]}';
    await run(
      'import',
      await file('d.json', `{"resourceType":"Bundle","type":"batch","entry":[{"resource":${device}}]}`),
    );
    expect(JSON.stringify((await stored('Device', 'd1')).resource)).toBe(device);
  });

  it('takes the version that is given', async () => {
    await run('import', '--fhir-version', '4.3', await file('v.json', { ...consentR4('ann'), id: 'v1' }));
    expect((await stored('Consent', 'v1')).fhirVersion).toBe('4.3');
  });

  it('finds the patient of a consent by an identifier that came before it', async () => {
    const identifier = { system: 'urn:oid:1.2', value: 'MRN-1' };
    const consent = consentR5('ann', { id: 'i1', subject: { identifier } });
    expect(
      await imported(await file('i.ndjson', patient('ida', { identifier: [identifier] }), consent)),
    ).toMatchObject({ created: 2, refused: 0 });
    expect((await stored('Consent', 'i1')).patient).toBe('ida');
  });

  it('gives an id to what has none, and says so', async () => {
    const { id: _, ...nameless } = patient('x');
    const given = await file('nameless.json', nameless);
    expect(await imported(given)).toMatchObject({ created: 1, assigned: 1 });
    expect((await run('import', given)).out).toMatch(/assigned +1 +of these given an id/);
  });

  it('reads the standard input', async () => {
    const launcher = fileURLToPath(new URL('../../../src/runtime/launch.mjs', import.meta.url));
    const { promise, resolve } = Promise.withResolvers<string>();
    const child = execFile(process.execPath, [launcher, 'headwater', 'import', '--json', '-'], (_, out) =>
      resolve(out),
    );
    child.stdin?.end(`${JSON.stringify(patient('piped'))}\noops`);
    expect(JSON.parse(await promise)).toMatchObject({ read: 2, created: 1, refused: 1 });
  });
});

describe('run again', () => {
  it('nothing changes; what did change is the next version', async () => {
    const consents = ['r1', 'r2', 'r3'].map((id) => ({ ...consentR5('bob'), id }));
    await imported(await file('r.ndjson', ...consents));
    expect(await imported(path('r.ndjson'))).toMatchObject({ created: 0, updated: 0, unchanged: 3 });
    await file('r.ndjson', { ...consents[0], status: 'inactive' }, consents[1], consents[2]);
    expect(await imported(path('r.ndjson'))).toMatchObject({ updated: 1, unchanged: 2 });
    expect(await stored('Consent', 'r1')).toMatchObject({ version: 2, status: 'inactive' });
  });

  it('of one id the later line is the later version', async () => {
    const given = await file(
      'twice.ndjson',
      patient('t'),
      patient('t', { active: true }),
      patient('t', { active: true }),
    );
    expect(await imported(given)).toMatchObject({ created: 1, updated: 1, unchanged: 1 });
    expect((await stored('Patient', 't')).resource).toMatchObject({ active: true });
  });

  it('more than one batch', async () => {
    const many = Array.from({ length: 1203 }, (_, at) => patient(`many${at}`));
    const given = await file('many.ndjson', ...many);
    expect(await imported(given)).toMatchObject({ read: 1203, created: 1203 });
    expect(await imported(given)).toMatchObject({ unchanged: 1203 });
  });
});

describe('what cannot be stored', () => {
  it('is told by file, line and reason, does not stop the rest, and ends with a failure', async () => {
    const given = await file(
      'bad.ndjson',
      patient('g1'),
      'oops',
      { ...consentR4('ann', { status: undefined }), id: 'g2' },
      { resourceType: 'Observation', id: 'o' },
      patient('not an id'),
      '{"resourceType":"Patient","id":"g","id":"h"}',
      { resourceType: 'Patient', id: 'nul', gender: '\0' },
      { ...consentR5('ann', { subject: { reference: 'https://elsewhere.example/Patient/1' } }), id: 'g3' },
      { ...consentR5('ann', { meta: { tag: [{ code: 'SUBSETTED' }] } }), id: 'g4' },
      { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Bundle' } }] },
      patient('g9'),
    );
    const { code, out, complaint } = await run('import', given);
    expect(code).toBe(1);
    expect(complaint.trimEnd().split('\n')).toEqual([
      `${given}:2: not JSON`,
      `${given}:3: Consent.status: required element is missing`,
      `${given}:4: \`Observation\` is not kept here`,
      `${given}:5: Patient.id: not a valid id`,
      `${given}:6: repeated member name`,
      `${given}:7: NUL in a string`,
      expect.stringMatching(/:8: Consent\.subject: must refer to a resource here/),
      expect.stringMatching(/:9: .*a shortened resource/),
      `${given}:10: a Bundle within a Bundle`,
    ]);
    expect(out).toMatch(/read +11 .*\n +created +2\n.*\n.*\n +refused +9 /);
    await stored('Patient', 'g9');
  });

  it('is what is larger than the API takes', async () => {
    const large = patient('large', { name: [{ text: 'x'.repeat(1024 * 1024) }] });
    const given = await file('large.ndjson', large, patient('small'));
    expect(await run('import', given)).toMatchObject({
      code: 1,
      complaint: `${given}:1: larger than 1048576 bytes\n`,
    });
    await stored('Patient', 'small');
  });

  it('is a resource that is, or was, of another patient', async () => {
    const consent = (of: string, id: string) => ({ ...consentR5(of), id });
    await run('import', await file('of-bob.ndjson', consent('bob', 'p1'), consent('bob', 'p2')));
    const gone = { type: 'Consent', id: 'p2', at: asInstant(Date.now()), filedBy: 'test' };
    await resourceStore(database(), { random }).remove(gone, 1, everything);
    const given = await file(
      'moved.ndjson',
      consent('ann', 'p1'),
      consent('ann', 'p2'),
      consent('bob', 'p2'),
      consentR5('ann', { id: 'p3' }),
    );
    const { code, out, complaint } = await run('import', '--json', given);
    expect([code, complaint.trimEnd().split('\n')]).toEqual([
      1,
      [
        `${given}:1: \`Consent/p1\` is a resource of another patient`,
        `${given}:2: \`Consent/p2\` is a resource of another patient`,
      ],
    ]);
    // What was deleted and is brought back counts as created.
    expect(JSON.parse(out)).toMatchObject({ read: 4, created: 2, refused: 2, updated: 0 });
    expect(await stored('Consent', 'p1')).toMatchObject({ version: 1, patient: 'bob' });
    expect(await stored('Consent', 'p2')).toMatchObject({ version: 3, patient: 'bob' });
  });

  it('is what the database refuses, alone', async () => {
    const given = await file('refused.ndjson', patient('x1'), patient('x2'), patient('x3'));
    await database().execute(`create function refuse() returns trigger language plpgsql as
      $$ begin if new.id = 'x2' then raise exception 'not that one' using errcode = '22000'; end if; return new; end $$`);
    await database().execute(
      'create trigger refuse before insert on resource for each row execute function refuse()',
    );
    const { code, complaint } = await run('import', given);
    await database().execute('drop trigger refuse on resource');
    expect([code, complaint]).toEqual([1, `${given}:2: the database refuses it: not that one\n`]);
    for (const id of ['x1', 'x3']) await stored('Patient', id);
  });

  it('is everything where the database fails, and nothing of a resource is told', async () => {
    await database().execute('alter table audit_event rename to gone');
    const { code, complaint } = await run('import', await file('f.ndjson', patient('secret')));
    await database().execute('alter table gone rename to audit_event');
    expect([code, complaint]).toEqual([1, expect.stringContaining('audit_event')]);
    expect(complaint).not.toContain('secret');
    await expect(stored('Patient', 'secret')).rejects.toThrow('no Patient/secret');
  });

  it.each([
    ['no file', []],
    ['a file that is not there', ['/nonexistent']],
    ['a folder', ['/']],
    ['a version we do not speak', ['--fhir-version', '3.0', '/dev/null']],
  ])('%s is a mistake in asking', async (_, args) => {
    expect((await run('import', ...args)).code).toBe(2);
  });

  it('an empty file is no failure', async () => {
    expect(await run('import', await file('empty.json', ''))).toMatchObject({ code: 0 });
  });
});

describe('--accept-invalid (fhir-consent.md §1)', () => {
  const at = asInstant(Date.UTC(2026, 6, 1));
  const asked = (of: string) => ({
    patient: `Patient/${of}`,
    requester: { type: 'practitioner', reference: 'Practitioner/t' } as const,
    action: 'access' as const,
    purposes: ['TREAT'],
    at,
  });
  const decisionAbout = async (of: string) => {
    const settings = accessSettings(settingsSchema.parse({}), []);
    const deps = { evidence: readEvidence(database()), settings, random, log: () => {} };
    const [decided] = await createDecideAccess(deps)([asked(of)]);
    return decided?.decision;
  };
  const permit = (of: string) =>
    consentR5(of, {
      id: `permit-${of}`,
      decision: 'permit',
      provision: undefined,
      grantor: [{ reference: `Patient/${of}` }],
    });

  it('without it such a consent is refused', async () => {
    const given = await file('invalid.json', { ...consentR4('ann', { scope: undefined }), id: 'f0' });
    expect(await imported(given)).toMatchObject({ refused: 1, created: 0 });
  });

  it.each([
    ['no status', { status: undefined }],
    ['a status that is none', { status: 'Active' }],
    ['an active one without scope', { scope: undefined }],
    [
      'elements of other types',
      { provision: 'deny', category: { a: [1, null] }, dateTime: 7, policyRule: [] },
    ],
    ['null and empty elements', { provision: null, category: [], identifier: [null], meta: {} }],
    ['an element nobody knows', { colour: 'red' }],
  ])('%s is stored as it is and closes', async (_, changes) => {
    const of = crypto.randomUUID();
    const consent = { ...consentR4(of, changes), id: `flagged-${of}` };
    await run('import', await file('permit.json', permit(of)));
    expect(await decisionAbout(of)).toMatchObject({ outcome: 'permit' });
    const { code, out, complaint } = await run(
      'import',
      '--accept-invalid',
      await file('flagged.json', consent),
    );
    expect([code, out]).toEqual([0, expect.stringMatching(/flagged +1/)]);
    expect(complaint).toMatch(/flagged\.json:1: flagged: Consent\./);
    expect((await stored('Consent', consent.id)).resource).toEqual(JSON.parse(JSON.stringify(consent)));
    expect(await decisionAbout(of)).toMatchObject({ outcome: 'deny', reason: 'unreadable-consent' });
  });

  it.each([
    ['nobody', undefined],
    ['a group', { reference: 'Group/g' }],
  ])('one about %s would never be looked at: it is refused all the same', async (_, subject) => {
    const consent = { ...consentR5('ann', { subject, colour: 'red' }), id: 'f9' };
    const given = await file('nobody.json', consent);
    expect(await run('import', '--accept-invalid', given)).toMatchObject({
      code: 1,
      complaint: `${given}:1: Consent.colour: unknown element \`colour\`\n`,
    });
  });

  const div = (words: string) => `<div xmlns="http://www.w3.org/1999/xhtml">${words}</div>`;
  const base64 = (words: string) => Buffer.from(words).toString('base64');
  const script = { status: 'generated', div: div('<script>alert(1)</script>') };
  const html = { contentType: 'text/html', data: base64('<p>') };
  it.each([
    ['a narrative', { text: script }, 'Consent.text.div'],
    ['a narrative where none belongs', { colour: { text: script } }, 'Consent.colour.text.div'],
    ['a narrative among others', { text: [{ div: div('a') }, script] }, 'Consent.text[1].div'],
    ['a narrative of no known shape', { text: { div: [script.div] } }, 'Consent.text.div'],
    ['a contained narrative', { contained: [{ resourceType: 'Organization', text: script }] }, 'text.div'],
    ['a document', { sourceAttachment: html }, 'Consent.sourceAttachment.contentType'],
    [
      'a document in pieces',
      { sourceAttachment: { contentType: 'text/plain', data: [base64('<p>')] } },
      'Consent.sourceAttachment.data',
    ],
    [
      'a document that is not what it says',
      { sourceAttachment: { contentType: 'application/pdf', data: base64('<p>') } },
      'Consent.sourceAttachment.data',
    ],
  ])('what nobody should be shown is refused all the same: %s', async (_, changes, pointer) => {
    for (const status of ['active', 'Active']) {
      const consent = { ...consentR4('ann', { ...changes, status }), id: 'unsafe' };
      const { code, complaint } = await run('import', '--accept-invalid', await file('unsafe.json', consent));
      expect([code, complaint]).toEqual([1, expect.stringContaining(pointer)]);
    }
    await expect(stored('Consent', 'unsafe')).rejects.toThrow('no Consent/unsafe');
  });

  it('a narrative and a document that may be shown are kept beside what is not valid', async () => {
    const consent = consentR4('ann', {
      id: 'shown',
      scope: undefined,
      text: { status: 'generated', div: div('a') },
      sourceAttachment: { contentType: 'text/plain', data: base64('a') },
    });
    expect(await imported('--accept-invalid', await file('shown.json', consent))).toMatchObject({
      created: 1,
      flagged: 1,
    });
  });

  it.each(['not an id', '', 7])('an id like %j cannot be kept', async (id) => {
    const given = await file('id.json', { ...consentR5('ann'), id });
    expect((await run('import', '--accept-invalid', given)).complaint).toContain(
      'Consent.id: not a valid id',
    );
  });

  it('speaks of consents alone', async () => {
    const given = await file('person.json', { resourceType: 'Patient', id: 'wrong', birthDate: 7 });
    expect(await imported('--accept-invalid', given)).toMatchObject({ refused: 1, flagged: 0 });
  });
});

it('each resource that was stored leaves its AuditEvent, with its version and patient, in the run', async () => {
  const consent = { ...consentR5('bob'), id: 'audited' };
  await run('import', await file('audited.json', consent));
  await run('import', await file('audited.json', { ...consent, status: 'inactive' }));
  await run('import', path('audited.json'));
  const query = { entity: [['Consent/audited']] };
  const { items } = await auditReader(database()).find(query, { count: 10, total: false });
  expect(items).toMatchObject([
    { interaction: 'update', what: 'Consent/audited/_history/2', patient: 'Patient/bob', outcome: '0' },
    { interaction: 'create', what: 'Consent/audited/_history/1', patient: 'Patient/bob', outcome: '0' },
  ]);
  expect(items[0]?.circumstances).toMatchObject({ door: 'import', clientId: 'headwater import' });
  expect(new Set(items.map(({ circumstances }) => circumstances.requestId)).size).toBe(2);
});

it('shows on a terminal how far it is, and complaints between', async () => {
  const given = await file('watched.ndjson', patient('watched'), 'oops');
  const shown: string[] = [];
  const write: WritableOptions['write'] = (chunk, _, done) => {
    shown.push(String(chunk));
    done();
  };
  const terminal = Object.assign(new Writable({ write }), { isTTY: true, columns: 200 });
  const streams = { print: () => {}, complain: (text: string) => void shown.push(text), terminal };
  expect(await headwater(['import', given], streams)).toBe(1);
  expect(shown.join('')).toMatch(/100 % {2}2 read, 1 refused/);
  expect(shown.join('')).toContain(`\r\u001b[K${given}:2: not JSON\n`);
  shown.length = 0;
  await headwater(['import', '--json', given], streams);
  expect(shown).toEqual([`${given}:2: not JSON\n`]);
});
