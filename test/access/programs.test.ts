/** What is kept is used again only when it was confirmed after the question came (D-3). */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Evidence, ReadEvidence } from '../../src/access/evidence.ts';
import { createProgramCache, createPrograms, type Engine } from '../../src/access/programs.ts';
import { accessSettings, settingsSchema } from '../../src/access/settings.ts';
import { asInstant } from '../../src/base/instant.ts';
import type { Requester } from '../../src/decision/request.ts';
import type { StoredResource } from '../../src/fhir/resource.ts';

const settings = accessSettings(settingsSchema.parse({}), []);
const clinic: Requester = { type: 'organization', reference: 'Organization/clinic' };
const asking = (patient: string, requester = clinic) => ({ patient: `Patient/${patient}`, requester });

const resource = (type: string, id: string, version: number): StoredResource => ({
  type,
  id,
  version,
  fhirVersion: '5.0',
  patient: undefined,
  status: undefined,
  resource: { resourceType: type, id },
  updatedAt: asInstant(0),
  filedBy: 'test',
});

/** One consent for each patient and one resource for each name; `versions` is what is stored. */
class World {
  readonly versions = new Map<string, number>();
  readonly trips: string[] = [];
  /** What a round trip waits for, before and after it looked. */
  before: () => Promise<void> = async () => {};
  after: () => Promise<void> = async () => {};

  write(name: string): void {
    this.versions.set(name, this.version(name) + 1);
  }
  version(name: string): number {
    return this.versions.get(name) ?? 1;
  }
  readonly evidence: ReadEvidence = {
    ofPatients: (patients) =>
      this.trip(`ofPatients ${patients.length}`, () => patients.map((id) => this.read([`Consent/${id}`]))),
    around: (seeds) => this.trip(`around ${seeds.length}`, () => seeds.map((each) => this.read(each))),
    stamps: (lookups) =>
      this.trip(`stamps ${lookups.length}`, () =>
        lookups.map(({ references }) => this.read(references).stamp),
      ),
  };
  private read(names: readonly string[]): Evidence {
    return {
      found: names.map((name) => {
        const [type = '', id = ''] = name.split('/');
        return resource(type, id, this.version(name));
      }),
      lookups: { patients: [], references: names, entries: [] },
      stamp: names.map((name) => `${name}:${this.version(name)}`).join(' '),
    };
  }
  private async trip<T>(what: string, look: () => T): Promise<T> {
    this.trips.push(what);
    await this.before();
    const found = look();
    await this.after();
    return found;
  }
}

const versionsOf = (found: readonly StoredResource[]) => found.map(({ id, version }) => `${id}:${version}`);
const counted = () => {
  const counts = { compiled: 0, identified: 0 };
  const engine: Engine<readonly string[], readonly string[]> = {
    compile: (patient, found) => {
      counts.compiled++;
      if (patient === 'Patient/broken') throw new Error('a bug');
      return versionsOf(found);
    },
    identify: (_, found) => {
      counts.identified++;
      return versionsOf(found);
    },
  };
  return { counts, engine };
};

let world: World;
let counts: ReturnType<typeof counted>['counts'];
let engine: ReturnType<typeof counted>['engine'];
type Texts = readonly string[];
const programs = (cache = createProgramCache<Texts, Texts>()) =>
  createPrograms({ engine, evidence: world.evidence, cache, settings });
const ok = (value: Texts) => ({ ok: true, value });

beforeEach(() => {
  world = new World();
  ({ counts, engine } = counted());
});

const gate = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { wait: () => promise, open: resolve };
};
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('round trips', () => {
  test('the first question reads the consents, everyone they name and the requester; the next confirms once', async () => {
    const prepare = programs();
    const [first] = await prepare([asking('ann')]);
    expect(first).toMatchObject({ program: ok(['ann:1']), party: ok(['clinic:1']) });
    expect(world.trips.toSorted()).toEqual(['around 1', 'around 1', 'ofPatients 1']);
    expect(await prepare([asking('ann')])).toEqual([first]);
    expect(world.trips.slice(3)).toEqual(['stamps 3']);
    expect(counts).toEqual({ compiled: 1, identified: 1 });
  });

  test('a thousand questions about one patient cost what one costs, and are answered in order', async () => {
    const prepare = programs();
    const many = Array.from({ length: 1000 }, (_, at) => asking(at % 2 === 0 ? 'ann' : 'bob'));
    const answers = await prepare(many);
    expect(answers.map(({ program }) => program)).toEqual(
      many.map(({ patient }) => ok([`${patient.slice(8)}:1`])),
    );
    expect(world.trips.toSorted()).toEqual(['around 1', 'around 2', 'ofPatients 2']);
    await prepare(many);
    expect(world.trips.slice(3)).toEqual(['stamps 5']);
  });

  test('nothing is asked about nobody', async () => {
    expect(await programs()([])).toEqual([]);
    expect(world.trips).toEqual([]);
  });

  test('while two checks are under way later questions wait for the next one, and all go in it together', async () => {
    const prepare = programs();
    await prepare([asking('ann')]);
    const check = gate();
    world.before = check.wait;
    const first = prepare([asking('ann')]);
    await settled();
    const second = prepare([asking('ann')]);
    await settled();
    const later = Array.from({ length: 50 }, () => prepare([asking('ann')]));
    await settled();
    expect(world.trips.slice(3)).toEqual(['stamps 3', 'stamps 3']);
    check.open();
    await Promise.all([first, second, ...later]);
    expect(world.trips.slice(3)).toEqual(['stamps 3', 'stamps 3', 'stamps 3']);
    expect(counts).toEqual({ compiled: 1, identified: 1 });
  });

  test('fifty who miss one patient at once have it compiled once', async () => {
    const prepare = programs();
    const answers = await Promise.all(Array.from({ length: 50 }, () => prepare([asking('ann')])));
    expect(new Set(answers.map(([answer]) => answer?.program)).size).toBe(1);
    expect(counts).toEqual({ compiled: 1, identified: 1 });
    expect(world.trips.filter((trip) => trip.startsWith('ofPatients'))).toHaveLength(1);
  });

  test('a requester described in another order is the same one', async () => {
    const prepare = programs();
    await prepare([asking('ann', { type: 'practitioner', clientId: 'c', reference: 'Practitioner/p' })]);
    await prepare([asking('ann', { reference: 'Practitioner/p', type: 'practitioner', clientId: 'c' })]);
    expect(counts.identified).toBe(1);
  });
});

describe('freshness', () => {
  test.each([
    ['a consent', 'Consent/ann', 'program', 'ann:2'],
    ['the requester', 'Organization/clinic', 'party', 'clinic:2'],
  ] as const)('a change of %s is seen by the next question', async (_, name, part, expected) => {
    const prepare = programs();
    await prepare([asking('ann')]);
    world.write(name);
    const [answer] = await prepare([asking('ann')]);
    expect(answer?.[part]).toEqual(ok([expected]));
  });

  test('a check that began before a change is not believed by a question that came after it', async () => {
    const prepare = programs();
    await prepare([asking('ann')]);
    const look = gate();
    world.after = look.wait;
    const before = prepare([asking('ann')]);
    await settled();
    world.write('Consent/ann');
    world.after = async () => {};
    const after = prepare([asking('ann')]);
    look.open();
    expect((await before)[0]?.program).toEqual(ok(['ann:1']));
    expect((await after)[0]?.program).toEqual(ok(['ann:2']));
  });

  test('nor is a reading that began before it', async () => {
    const prepare = programs();
    const look = gate();
    world.after = look.wait;
    const before = prepare([asking('ann')]);
    await settled();
    world.write('Consent/ann');
    world.write('Organization/clinic');
    world.after = async () => {};
    const after = prepare([asking('ann')]);
    look.open();
    expect((await before)[0]).toMatchObject({ program: ok(['ann:1']), party: ok(['clinic:1']) });
    expect((await after)[0]).toMatchObject({ program: ok(['ann:2']), party: ok(['clinic:2']) });
  });

  test('a change while it was read is seen by the next question', async () => {
    const prepare = programs();
    world.after = async () => {
      world.after = async () => {};
      world.write('Consent/ann');
    };
    await prepare([asking('ann')]);
    expect((await prepare([asking('ann')]))[0]?.program).toEqual(ok(['ann:2']));
  });

  test('whatever the timing, no answer is older than its question (a thousand random ones)', async () => {
    let seed = 7;
    const chance = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const pause = () => new Promise<void>((resolve) => setTimeout(resolve, chance() * 3));
    world.before = pause;
    world.after = pause;
    const cache = createProgramCache<Texts, Texts>({ patients: 3, parties: 2 });
    const doors = [programs(cache), programs(cache), programs()];
    const asks = Array.from({ length: 1000 }, async (_, at) => {
      await new Promise((resolve) => setTimeout(resolve, chance() * 400));
      const patient = `p${Math.floor(chance() * 5)}`;
      if (at % 4 === 0) return world.write(chance() < 0.7 ? `Consent/${patient}` : 'Organization/clinic');
      const [consent, party] = [world.version(`Consent/${patient}`), world.version('Organization/clinic')];
      const [answer] = (await doors[at % 3]?.([asking(patient)])) ?? [];
      if (!answer?.program.ok || !answer.party.ok) throw new Error('no answer');
      expect(Number(answer.program.value[0]?.split(':')[1])).toBeGreaterThanOrEqual(consent);
      expect(Number(answer.party.value[0]?.split(':')[1])).toBeGreaterThanOrEqual(party);
    });
    await Promise.all(asks);
  });
});

describe('what goes wrong', () => {
  test('a query that fails, fails all who waited for it; the next question is answered', async () => {
    const prepare = programs();
    const fail = async () => {
      throw new Error('no database');
    };
    world.before = fail;
    const cold = await Promise.allSettled([prepare([asking('ann')]), prepare([asking('ann')])]);
    expect(cold.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    world.before = async () => {};
    await prepare([asking('ann')]);
    world.before = fail;
    const warm = await Promise.allSettled([prepare([asking('ann')]), prepare([asking('ann')])]);
    expect(warm.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    world.before = async () => {};
    expect((await prepare([asking('ann')]))[0]?.program).toEqual(ok(['ann:1']));
  });

  test('a patient who cannot be compiled is told apart from the others', async () => {
    const answers = await programs()([asking('ann'), asking('broken')]);
    expect(answers.map(({ program }) => program.ok)).toEqual([true, false]);
  });

  test('a cache without room answers still', async () => {
    const prepare = programs(createProgramCache({ patients: 1, parties: 0 }));
    for (let turn = 0; turn < 2; turn++) {
      const answers = await prepare(['ann', 'bob', 'cy'].map((patient) => asking(patient)));
      expect(answers.map(({ program }) => program)).toEqual([ok(['ann:1']), ok(['bob:1']), ok(['cy:1'])]);
    }
  });
});

describe('as of an earlier instant', () => {
  test('everything is read for this question alone, and nothing is kept', async () => {
    const prepare = programs();
    const asked: (number | undefined)[] = [];
    const { ofPatients, around } = world.evidence;
    const noting =
      <Asked>(read: (all: readonly Asked[]) => Promise<readonly Evidence[]>) =>
      (all: readonly Asked[], at?: number) => {
        asked.push(at);
        return read(all);
      };
    Object.assign(world.evidence, { ofPatients: noting(ofPatients), around: noting(around) });
    await prepare([asking('ann')], asInstant(5));
    await prepare([asking('ann')], asInstant(6));
    expect(asked).toEqual([5, 5, 5, 6, 6, 6]);
    await prepare([asking('ann')]);
    expect(world.trips.filter((trip) => trip.startsWith('stamps'))).toEqual([]);
    expect(asked.slice(6)).toEqual([undefined, undefined, undefined]);
  });
});
