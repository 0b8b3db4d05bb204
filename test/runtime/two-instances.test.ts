/**
 * Two instances over one database, each with a cache of its own. Whatever is changed through one of them, no decision
 * that is asked of either after the change was acknowledged knows less (D-3).
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { idOf, type Service, startService, treatment } from '../support/service.ts';

type Client = Awaited<ReturnType<Service['clientWith']>>;
type Reply = Awaited<ReturnType<Client['post']>>;
type Body = Readonly<Record<string, unknown>>;

let fresh: TestDatabase;
let instances: readonly Service[];
let filer: Client;
let asker: Client;

beforeAll(async () => {
  fresh = await freshDatabase();
  const first = await startService({}, fresh);
  instances = [first, await startService({}, fresh)];
  filer = await first.clientWith(['system/*.cruds'], { may: ['file', 'activate'] });
  asker = await first.clientWith(['decision']);
});

afterAll(async () => {
  for (const instance of instances) await instance.stop();
  await fresh.drop();
});

const file = async (type: string, body: Body = {}): Promise<string> =>
  idOf(await filer.post(`/fhir/R5/${type}`, { resourceType: type, ...body }));

async function change(name: string, body: Body): Promise<void> {
  const [resourceType = '', id = ''] = name.split('/');
  const current = await filer.get(`/fhir/R5/${name}`);
  const headers = { 'if-match': current.headers.get('etag') ?? '' };
  expectSuccess(await filer.put(`/fhir/R5/${name}`, { resourceType, id, ...body }, headers));
}

async function remove(name: string): Promise<void> {
  const [writer] = instances;
  const { authorization } = filer;
  if (writer) expectSuccess(await writer.send('DELETE', `/fhir/R5/${name}`, undefined, { authorization }));
}

function expectSuccess({ status, text }: Reply): void {
  if (status >= 300) throw new Error(`${status} ${text}`);
}

const to = (reference: string) => ({ reference });
const called = (value: string) => ({ system: 'urn:x', value });
const member = (...references: readonly string[]) => ({
  type: 'practitioner',
  membership: 'enumerated',
  member: references.map((reference) => ({ entity: to(reference) })),
});

const provision = (actor: Body) => ({
  actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: actor }],
  purpose: [treatment],
});
const consent = (patient: string, base: 'permit' | 'deny', actor: Body, status = 'active'): Body => ({
  status,
  subject: to(`Patient/${patient}`),
  policyBasis: { url: 'https://policies.example.org/treatment' },
  decision: base,
  provision: [provision(actor)],
});

type Story = {
  readonly patient: string;
  readonly requester: Body;
  /** From what is to what shall be. */
  readonly turn: (permits: boolean) => Promise<void>;
};

/** Each is told anew and anew: at first it permits, then it denies. */
const stories: Readonly<Record<string, () => Promise<Story>>> = {
  'a consent is revoked': async () => {
    const [patient, clinic] = [await file('Patient'), await file('Organization', { name: 'o' })];
    const body = (status: string) => consent(patient, 'deny', to(`Organization/${clinic}`), status);
    const id = await file('Consent', body('active'));
    return {
      patient,
      requester: { type: 'organization', reference: `Organization/${clinic}` },
      turn: (permits) => change(`Consent/${id}`, body(permits ? 'active' : 'inactive')),
    };
  },
  'a deny is filed': async () => {
    const [patient, clinic] = [await file('Patient'), await file('Organization', { name: 'o' })];
    const actor = to(`Organization/${clinic}`);
    await file('Consent', consent(patient, 'deny', actor));
    let deny = '';
    return {
      patient,
      requester: { type: 'organization', reference: `Organization/${clinic}` },
      turn: async (permits) => {
        if (permits) await remove(`Consent/${deny}`);
        else deny = await file('Consent', consent(patient, 'permit', actor));
      },
    };
  },
  'a member leaves a Group': async () => {
    const [patient, person] = [await file('Patient'), await file('Practitioner')];
    const group = await file('Group', member(`Practitioner/${person}`));
    await file('Consent', consent(patient, 'deny', to(`Group/${group}`)));
    return {
      patient,
      requester: { type: 'practitioner', reference: `Practitioner/${person}` },
      turn: (permits) =>
        change(`Group/${group}`, member(permits ? `Practitioner/${person}` : 'Practitioner/else')),
    };
  },
  'a role is taken on': async () => {
    const [patient, person] = [await file('Patient'), await file('Practitioner')];
    const house = await file('Organization', { name: 'o' });
    const role = (active: boolean) => ({
      active,
      practitioner: to(`Practitioner/${person}`),
      organization: to(`Organization/${house}`),
    });
    const id = await file('PractitionerRole', role(false));
    await file('Consent', consent(patient, 'deny', to(`Practitioner/${person}`)));
    await file('Consent', consent(patient, 'permit', to(`Organization/${house}`)));
    return {
      patient,
      requester: { type: 'practitioner', reference: `Practitioner/${person}` },
      turn: (permits) => change(`PractitionerRole/${id}`, role(!permits)),
    };
  },
  'an organization joins another': async () => {
    const patient = await file('Patient');
    const [ward, house] = [
      await file('Organization', { name: 'w' }),
      await file('Organization', { name: 'h' }),
    ];
    await file('Consent', consent(patient, 'deny', to(`Organization/${ward}`)));
    await file('Consent', consent(patient, 'permit', to(`Organization/${house}`)));
    return {
      patient,
      requester: { type: 'organization', reference: `Organization/${ward}` },
      turn: (permits) =>
        change(`Organization/${ward}`, {
          name: 'w',
          ...(permits ? {} : { partOf: to(`Organization/${house}`) }),
        }),
    };
  },
  'an identifier is given to another': async () => {
    const [patient, mine] = [await file('Patient'), crypto.randomUUID()];
    const person = (value: string) => ({ identifier: [called(value)] });
    const id = await file('Practitioner', person(mine));
    await file('Consent', consent(patient, 'deny', { identifier: called(mine) }));
    return {
      patient,
      requester: { type: 'practitioner', reference: `Practitioner/${id}` },
      turn: (permits) => change(`Practitioner/${id}`, person(permits ? mine : 'else')),
    };
  },
  'somebody who was looked for is filed': async () => {
    const [patient, [mine, meant]] = [await file('Patient'), [crypto.randomUUID(), crypto.randomUUID()]];
    const person = { identifier: [called(mine), called(meant)] };
    let id = await file('Practitioner', person);
    await file('Consent', consent(patient, 'deny', { identifier: called(meant) }));
    return {
      patient,
      requester: { type: 'practitioner', identifiers: [called(mine)] },
      turn: async (permits) => {
        if (permits) id = await file('Practitioner', person);
        else await remove(`Practitioner/${id}`);
      },
    };
  },
  'a record turns out to be of the same person (EV-4)': async () => {
    const [patient, clinic] = [await file('Patient'), await file('Organization', { name: 'o' })];
    const other = await file('Patient');
    const actor = to(`Organization/${clinic}`);
    await file('Consent', consent(patient, 'deny', actor));
    await file('Consent', consent(other, 'permit', actor));
    return {
      patient,
      requester: { type: 'organization', reference: `Organization/${clinic}` },
      turn: (permits) =>
        change(
          `Patient/${other}`,
          permits ? {} : { link: [{ other: to(`Patient/${patient}`), type: 'replaces' }] },
        ),
    };
  },
};

const ask = async (instance: Service | undefined, { patient, requester }: Story): Promise<boolean> => {
  const { authorization } = asker;
  const body = { patient: `Patient/${patient}`, requester, purposes: ['TREAT'] };
  const reply = await instance?.send('POST', '/decisions', body, { authorization });
  if (reply?.status !== 200) throw new Error(`${reply?.status} ${reply?.text}`);
  return reply.body.outcome === 'permit';
};

const turns = 26;

test('over two hundred changes, no decision on either instance is older than its question', {
  timeout: 180_000,
}, async () => {
  const told = await Promise.all(
    Object.entries(stories).map(async ([title, begin]) => ({
      title,
      story: await begin(),
      begun: 0,
      done: 0,
    })),
  );
  let asked = 0;
  let isOver = false;
  /** After an even number of changes it permits; what was changing while it was asked may count or not. */
  const check = async (at: number, each: (typeof told)[number]) => {
    const before = each.done;
    const permits = await ask(instances[at % 2], each.story);
    asked++;
    const possible = Array.from({ length: each.begun - before + 1 }, (_, more) => (before + more) % 2 === 0);
    expect({ story: each.title, changes: before, permits: possible.includes(permits) }).toMatchObject({
      permits: true,
    });
  };
  const load = Array.from({ length: 4 }, async (_, at) => {
    for (let turn = at; !isOver; turn++) {
      const each = told[turn % told.length];
      if (each) await check(at, each);
    }
  });
  const stop = (error: unknown): never => {
    isOver = true;
    throw error;
  };
  const tell = async (each: (typeof told)[number]) => {
    for (let turn = 1; turn <= turns; turn++) {
      each.begun++;
      await each.story.turn(turn % 2 === 0);
      each.done++;
      await Promise.all([check(0, each), check(1, each)]);
    }
  };
  const write = async () => {
    await Promise.all(told.map(tell));
    isOver = true;
  };
  await Promise.all([write().catch(stop), ...load.map((each) => each.catch(stop))]);
  expect(told.every(({ done }) => done === turns)).toBe(true);
  expect(asked).toBeGreaterThan(turns * told.length * 2);
});
