// The store behind the FHIR API beside the same statements issued directly through the driver, and among ever more consents.
import { randomUUID } from 'node:crypto';
import { timeOrderedKey } from '../../src/base/ids.ts';
import { asInstant } from '../../src/base/instant.ts';
import { convertElements } from '../../src/consent/convert-consent.ts';
import { consentSearchParameters } from '../../src/consent/search-parameters.ts';
import { everything, type ResourceWrite } from '../../src/fhir/resource-store.ts';
import { indexOf } from '../../src/protocols/fhir-api/index-of.ts';
import { resourceStore } from '../../src/storage/resources.ts';
import { type Contender, perSecond, type Rates, rates, ratio, table } from './measure.ts';
import { type BenchService, benchService, issuer, random } from './service.ts';
import { recordedStatements } from './statements.ts';

const lanes = 4;
const perPatient = 5;
const sizes = [1_000, 10_000, 100_000, 1_000_000];

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

const aConsent = (patient: string) => ({
  resourceType: 'Consent',
  status: 'active',
  scope: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
  },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${patient}` },
  dateTime: '2026-10-01T10:00:00Z',
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
  provision: {
    type: 'permit',
    period: { start: '2026-01-01', end: '2027-12-31' },
    provision: ['TREAT', 'HPAYMT', 'HRESCH'].map((code) => ({
      type: 'deny',
      actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Organization/${code}` } }],
      purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code }],
    })),
  },
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

/** API, store, and the bare statements of the store with the same values, in one run. */
async function besideTheDriver(service: BenchService): Promise<string> {
  const { database, client, request } = service;
  const resources = resourceStore(database, { random });
  const base = '/fhir/R4/Consent';
  const create = (n: number) => request(base, { method: 'POST', body: JSON.stringify(aConsent(`c${n}`)) });
  const ids = await Promise.all(
    Array.from({ length: 200 }, async (_, n) => {
      const made = (await (await create(n % 40)).json()) as { id: string };
      return made.id;
    }),
  );
  const pick = (n: number): string => ids[n % ids.length] ?? '';
  const ofPatient = (n: number) =>
    ({ type: 'Consent', all: [{ kind: 'patient', any: [`c${n % 40}`] }] }) as const;
  const page = { count: 50, total: true };
  const stored = {
    create: async (n: number) => resources.create(writeOf(`c${n}`)),
    read: async (n: number) => resources.read('Consent', pick(n), everything),
    search: async (n: number) => resources.search(ofPatient(n), [], page, everything),
  };
  const told = await recordedStatements(service, stored);
  const bare = (name: keyof typeof stored) => async (n: number) => {
    const { query, values } = told(name, n);
    return client.unsafe(query, values as never[], { prepare: true });
  };
  const rows: (readonly string[])[] = [
    ['', 'FHIR API/s', 'store/s', 'driver/s', 'store : driver', 'API : driver'],
  ];
  const run = async (name: keyof typeof stored, api: Contender['once'], each: number) => {
    const measured = await rates(
      [
        { name: 'api', once: api },
        { name: 'store', once: stored[name] },
        { name: 'driver', once: bare(name) },
      ],
      { each, lanes },
    );
    rows.push(row(name, measured));
  };
  await run('create', create, 300);
  await run('read', async (n) => (await request(`${base}/${pick(n)}`)).text(), 600);
  await run('search', async (n) => (await request(`${base}?patient=c${n % 40}`)).text(), 400);
  return table(rows);
}

const row = (name: string, measured: Rates): readonly string[] => {
  const [api, store, driver] = ['api', 'store', 'driver'].map((each) => measured.get(each));
  return [
    name,
    ...[api, store, driver].map((rate) => perSecond(rate ?? 0)),
    ratio(store, driver),
    ratio(api, driver),
  ];
};

/** Search by patient, through API, store and driver, while the consents of others grow. */
async function amongEverMore(service: BenchService, largest: number): Promise<string> {
  const { database, client, request } = service;
  const resources = resourceStore(database, { random });
  const rows: (readonly string[])[] = [
    ['consents', 'FHIR API/s', 'store/s', 'driver/s', 'store : driver', 'cost, against 1k'],
  ];
  let held = 0;
  let atFirst: number | undefined;
  for (const size of sizes.filter((each) => each <= largest)) {
    await grow(service, held, size);
    held = size;
    const patient = (n: number) => `p${(n * 7919) % Math.floor(size / perPatient)}`;
    const stored = async (n: number) =>
      resources.search(
        { type: 'Consent', all: [{ kind: 'patient', any: [patient(n)] }] },
        [],
        { count: 50, total: true },
        everything,
      );
    const told = await recordedStatements(service, { search: stored });
    const measured = await rates(
      [
        { name: 'api', once: async (n) => (await request(`/fhir/R4/Consent?patient=${patient(n)}`)).text() },
        { name: 'store', once: stored },
        {
          name: 'driver',
          once: async (n) => {
            const { query, values } = told('search', n);
            return client.unsafe(query, values as never[], { prepare: true });
          },
        },
      ],
      { each: 400, lanes },
    );
    atFirst ??= measured.get('api');
    const [name = '', ...rest] = row(size.toLocaleString('en'), measured);
    rows.push([name, ...rest.slice(0, 4), ratio(atFirst, measured.get('api'))]);
  }
  return table(rows);
}

/** Consents of others, made by the database out of one of ours. */
async function grow({ client }: BenchService, from: number, to: number): Promise<void> {
  const { index, text } = writeOf('PATIENT');
  const time = timeOrderedKey(asInstant(Date.now()), random).replaceAll('-', '').slice(0, 13);
  await client.unsafe(
    `insert into resource (key, type, id, version, fhir_version, patient, status, updated_at, filed_by, body, entries, indexed_by)
     select ($1 || lpad(to_hex(n), 19, '0'))::uuid, 'Consent', gen_random_uuid()::text, 1, '4.0', 'p' || (n / $2::int), 'active', now(), 'bench',
            replace($3, 'PATIENT', 'p' || (n / $2::int))::json,
            array(select replace(entry, 'PATIENT', 'p' || (n / $2::int)) from unnest($4::text[]) as entry), 1
       from generate_series($5::int, $6::int) as n`,
    [time, perPatient, text, index.entries as string[], from, to - 1],
  );
  await client.unsafe('analyze resource');
}
