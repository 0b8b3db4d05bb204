// One AuthZEN evaluation beside the least that anything durable and audited costs: one indexed read, one committed insert.
import { Hono } from 'hono';
import { heapInUse, perSecond, rates, ratio, table } from './measure.ts';
import { fileOfOthers, optInConsent } from './others.ts';
import { type BenchService, benchService } from './service.ts';

const connections = 10;
const patients = 500;
const sizes = [1_000, 10_000, 100_000, 1_000_000];

/** `args[0]`: the largest number of consents of others to go to. */
export async function benchDecision(args: readonly string[]): Promise<void> {
  const largest = Number(args[0] ?? sizes.at(-1));
  const service = await benchService(connections, ['system/*.cruds', 'decision']);
  try {
    const peers = await peersOf(service);
    await fileConsents(service);
    process.stdout.write(`${await besideThePeers(service, peers)}\n\n`);
    process.stdout.write(`${await amongEverMore(service, peers, largest)}\n\n`);
    process.stdout.write(`${await manyAtOnce(service)}\n\n`);
    process.stdout.write(`${await kept(service)}\n`);
  } finally {
    await service.stop();
  }
}

type Peers = { readonly durable: Work; readonly constant: Work };
type Work = (n: number) => Promise<unknown>;

const post = { method: 'POST', headers: { 'content-type': 'application/json' } };

/** The same framework and the same driver, doing what an evaluation cannot do without, and one doing nothing. */
async function peersOf({ client }: BenchService): Promise<Peers> {
  await client`create table peer_row (id text primary key, body json not null)`;
  await client`create table peer_log (sequence bigint generated always as identity primary key, entry json not null)`;
  await client`insert into peer_row select 'p' || n, '{}' from generate_series(0, ${patients - 1}) as n`;
  const app = new Hono();
  app.post('/durable', async (c) => {
    const { resource, subject } = (await c.req.json()) as ReturnType<typeof question>;
    const id = resource.properties.patient.slice('Patient/'.length);
    const [row] = await client`select id, body from peer_row where id = ${id}`;
    await client`insert into peer_log (entry) values (${JSON.stringify({ subject, row })}::json)`;
    return c.json({ decision: row !== undefined });
  });
  app.post('/constant', async (c) => {
    await c.req.json();
    return c.json({ decision: true });
  });
  const asked =
    (path: string): Work =>
    async (n) => {
      const answer = await app.request(path, { ...post, body: JSON.stringify(question(n)) });
      return await answer.json();
    };
  return { durable: asked('/durable'), constant: asked('/constant') };
}

const evaluation =
  ({ request }: BenchService): Work =>
  async (n) => {
    const init = { ...post, body: JSON.stringify(question(n)) };
    return await (await request('/access/v1/evaluation', init)).json();
  };

async function besideThePeers(service: BenchService, { durable, constant }: Peers): Promise<string> {
  const rows = [['lanes', 'evaluations/s', 'read + insert/s', 'constant/s', '× read + insert', '× constant']];
  for (const lanes of [1, 8, 64]) {
    const found = await rates(
      [
        { name: 'ours', once: evaluation(service) },
        { name: 'durable', once: durable },
        { name: 'constant', once: constant },
      ],
      { each: lanes === 1 ? 400 : 1500, lanes },
    );
    const [ours, other, nothing] = ['ours', 'durable', 'constant'].map((name) => found.get(name) ?? 0);
    rows.push([
      String(lanes),
      ...[ours, other, nothing].map((rate) => perSecond(rate ?? 0)),
      ratio(ours, other),
      ratio(ours, nothing),
    ]);
  }
  return table(rows);
}

async function amongEverMore(service: BenchService, { durable }: Peers, largest: number): Promise<string> {
  const rows: (readonly string[])[] = [
    ['consents of others', 'evaluations/s', 'read + insert/s', 'ratio', 'cost, against 1k'],
  ];
  let held = 0;
  let atFirst: number | undefined;
  for (const size of sizes.filter((each) => each <= largest)) {
    await fileOfOthers(service, { consent: aConsent, patientOf: "'other' || n", from: held, to: size });
    held = size;
    const found = await rates(
      [
        { name: 'ours', once: evaluation(service) },
        { name: 'durable', once: durable },
      ],
      { each: 1000, lanes: 8 },
    );
    const [ours, other] = [found.get('ours'), found.get('durable')];
    atFirst ??= ours && other && ours / other;
    rows.push([
      size.toLocaleString('en'),
      perSecond(ours ?? 0),
      perSecond(other ?? 0),
      ratio(ours, other),
      // In the peer's units, since the machine is not the same from minute to minute.
      ratio(atFirst, ours && other && ours / other),
    ]);
  }
  return table(rows);
}

async function manyAtOnce(service: BenchService): Promise<string> {
  const batch = {
    subject: question(0).subject,
    action: { name: 'read' },
    context: question(0).context,
    evaluations: Array.from({ length: 1000 }, (_, n) => ({ resource: question(0, n).resource })),
  };
  const body = JSON.stringify(batch);
  const found = await rates(
    [
      {
        name: 'batch',
        once: async () => (await service.request('/access/v1/evaluations', { ...post, body })).json(),
      },
      { name: 'single', once: evaluation(service) },
    ],
    { each: 20, lanes: 1 },
  );
  const [batches, singles] = [found.get('batch') ?? 0, found.get('single') ?? 0];
  return table([
    ['', 'evaluations/s'],
    ['one by one', perSecond(singles)],
    ['1,000 in one request', perSecond(batches * 1000)],
  ]);
}

/** Memory of the process before and after ten thousand patients were asked about. */
async function kept(service: BenchService): Promise<string> {
  const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  const before = heapInUse();
  await fileOfOthers(service, { consent: aConsent, patientOf: "'k' || n", from: 0, to: 10_000 });
  for (let n = 0; n < 10_000; n++) {
    const { resource, ...asked } = question(n);
    const properties = { patient: `Patient/k${n}` };
    const body = JSON.stringify({ ...asked, resource: { ...resource, properties } });
    await (await service.request('/access/v1/evaluation', { ...post, body })).text();
  }
  const after = heapInUse();
  return table([
    ['', 'heap, MB'],
    ['before', megabytes(before)],
    ['with 10,000 patients', megabytes(after)],
    ['they take', megabytes(after - before)],
  ]);
}

const question = (n: number, at = n) => ({
  subject: {
    type: 'practitioner',
    id: `Practitioner/t${n % 50}`,
    properties: { organization: 'Organization/h' },
  },
  action: { name: 'read' },
  resource: {
    type: 'Observation',
    id: `o${at}`,
    properties: {
      patient: `Patient/p${n % patients}`,
      resource: {
        resourceType: 'Observation',
        id: `o${at}`,
        meta: { security: [label(at % 2 === 0 ? 'N' : 'R')] },
      },
    },
  },
  context: { purpose_of_use: ['TREAT'], supported_obligations: ['https://consent.example.org/obl/residual'] },
});

const label = (code: string) => ({
  system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  code,
});

/** Ten provisions, as in `bench -- engine`. */
const aConsent = (patient: string) =>
  optInConsent(patient, {
    purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }],
    provision: [
      { type: 'deny', securityLabel: [label('R')] },
      ...Array.from({ length: 8 }, (_, n) => ({
        type: 'deny',
        actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Organization/x${n}` } }],
      })),
    ],
  });

async function fileConsents({ request }: BenchService): Promise<void> {
  for (let n = 0; n < patients; n++)
    await request('/fhir/R4/Consent', { method: 'POST', body: JSON.stringify(aConsent(`p${n}`)) });
}
