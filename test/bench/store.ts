// The FHIR API and the store behind it, each beside the same statements sent by the driver alone, and among ever more consents.
import { randomUUID } from 'node:crypto';
import { asInstant } from '../../src/base/instant.ts';
import { convertElements } from '../../src/consent/convert-consent.ts';
import { consentSearchParameters } from '../../src/consent/search-parameters.ts';
import { everything, type ResourceWrite } from '../../src/fhir/resource-store.ts';
import { indexOf } from '../../src/protocols/fhir-api/index-of.ts';
import { random } from '../../src/runtime/random.ts';
import { resourceStore } from '../../src/storage/resources.ts';
import { perSecond, type Rates, rates, ratio, table } from './measure.ts';
import { fileOfOthers, optInConsent } from './others.ts';
import { type BenchService, benchService, issuer } from './service.ts';
import { replayOf } from './statements.ts';

const lanes = 4;
const perPatient = 5;
const sizes = [1_000, 10_000, 100_000, 1_000_000];

/** `args[0]`: the largest number of consents to go to. */
export async function benchStore(args: readonly string[]): Promise<void> {
  const largest = Number(args[0] ?? sizes.at(-1));
  const service = await benchService(lanes);
  try {
    process.stdout.write(`${await besideTheDriver(service)}\n\n`);
    process.stdout.write(`${await amongEverMore(service, largest)}\n`);
  } finally {
    await service.stop();
  }
}

type Work = (n: number) => Promise<unknown>;

/** One row: the work, and the driver sending the statements that it sends. */
async function measured(service: BenchService, work: Work, each: number) {
  const replay = await replayOf(service, work);
  const found = await rates(
    [
      { name: 'ours', once: work },
      { name: 'driver', once: replay.once },
    ],
    { each, lanes },
  );
  return { found, statements: replay.statements };
}

const cells = ({ found, statements }: { readonly found: Rates; readonly statements: number }) => [
  perSecond(found.get('ours') ?? 0),
  perSecond(found.get('driver') ?? 0),
  String(statements),
  ratio(found.get('ours'), found.get('driver')),
];

async function besideTheDriver(service: BenchService): Promise<string> {
  const { database, request } = service;
  const resources = resourceStore(database, { random });
  const base = '/fhir/R4/Consent';
  const create: Work = (n) => request(base, { method: 'POST', body: JSON.stringify(aConsent(`c${n}`)) });
  const made = Array.from({ length: 200 }, (_, n) => create(n % 40) as Promise<Response>);
  const ids = await Promise.all(made.map(async (one) => ((await (await one).json()) as { id: string }).id));
  const pick = (n: number): string => ids[n % ids.length] ?? '';
  const ofPatient = (n: number) =>
    ({ type: 'Consent', all: [{ kind: 'patient', any: [`c${n % 40}`] }] }) as const;
  const works: readonly (readonly [string, Work, number])[] = [
    ['create, FHIR API', create, 200],
    ['create, store', async (n) => resources.create(writeOf(`c${n}`)), 400],
    ['read, FHIR API', async (n) => (await request(`${base}/${pick(n)}`)).text(), 400],
    ['read, store', async (n) => resources.read('Consent', pick(n), everything), 1500],
    ['search by patient, FHIR API', async (n) => (await request(`${base}?patient=c${n % 40}`)).text(), 300],
    ['search by patient, store', async (n) => resources.search(ofPatient(n), [], page, everything), 800],
  ];
  const rows: (readonly string[])[] = [['', 'per second', 'driver alone', 'statements', 'ratio']];
  for (const [name, work, each] of works) rows.push([name, ...cells(await measured(service, work, each))]);
  return table(rows);
}

const page = { count: 50, total: true };

/** Search by patient while the consents of others grow. */
async function amongEverMore(service: BenchService, largest: number): Promise<string> {
  const rows: (readonly string[])[] = [
    ['consents', 'searches/s', 'driver alone', 'statements', 'ratio', 'cost, against 1k'],
  ];
  let held = 0;
  let atFirst: number | undefined;
  for (const size of sizes.filter((each) => each <= largest)) {
    await fileOfOthers(service, {
      consent: aConsent,
      patientOf: `'p' || (n / ${perPatient})`,
      from: held,
      to: size,
    });
    held = size;
    const patient = (n: number) => `p${(n * 7919) % Math.floor(size / perPatient)}`;
    const search: Work = async (n) =>
      (await service.request(`/fhir/R4/Consent?patient=${patient(n)}`)).text();
    const result = await measured(service, search, 400);
    atFirst ??= result.found.get('ours');
    rows.push([size.toLocaleString('en'), ...cells(result), ratio(atFirst, result.found.get('ours'))]);
    process.stderr.write(`${rows.at(-1)?.join('  ')}\n`);
  }
  return table(rows);
}

const aConsent = (patient: string) =>
  optInConsent(patient, {
    period: { start: '2026-01-01', end: '2027-12-31' },
    provision: ['TREAT', 'HPAYMT', 'HRESCH'].map((code) => ({
      type: 'deny',
      actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Organization/${code}` } }],
      purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code }],
    })),
  });

function writeOf(patient: string): ResourceWrite {
  const resource = aConsent(patient);
  const kind = { parameters: consentSearchParameters, elementsIn: convertElements };
  return {
    type: 'Consent',
    id: randomUUID(),
    fhirVersion: '4.0',
    patient,
    status: 'active',
    index: indexOf(kind, resource, '4.0', { issuer, patient }),
    text: JSON.stringify(resource),
    at: asInstant(Date.now()),
    filedBy: 'bench',
  };
}
