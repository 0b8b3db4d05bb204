/** What a decision takes: the program of a patient's consents and the party that asks, kept as long as they hold. */
import type { Instant } from '../base/instant.ts';
import { isObject } from '../base/json.ts';
import { type RecentlyUsed, recentlyUsed } from '../base/recently-used.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { AccessRequest, Requester } from '../decision/request.ts';
import type { DecisionSettings } from '../decision/settings.ts';
import { idOfReference } from '../fhir/reference.ts';
import type { StoredResource } from '../fhir/resource.ts';
import { sha256 } from './digest.ts';
import type { Evidence, ReadEvidence } from './evidence.ts';
import { confirmation, freshly, type Held, type Made, type Moments } from './fresh.ts';
import { seedsOfConsents, seedsOfRequester } from './seeds.ts';

/** A failure is a bug of the engine; kept as well, since the same evidence brings it about again. */
type Attempt<Value> = Result<Value, unknown>;

export type Prepared<Program, Party> = {
  readonly program: Attempt<Program>;
  readonly party: Attempt<Party>;
  /** Names every version that was read for the two. */
  readonly inputs: string;
};

type Ready<Value> = { readonly made: Attempt<Value>; readonly inputs: string };

/** In order. As of an earlier instant everything is read and compiled for this question alone. */
export type Prepare<Program, Party> = (
  requests: readonly Asking[],
  asOf?: Instant,
) => Promise<readonly Prepared<Program, Party>[]>;
type Asking = Pick<AccessRequest, 'patient' | 'requester'>;

/** Data alone, so that it may outlive whoever reads for it; for one database and one set of settings. */
export type ProgramCache<Program, Party> = {
  readonly programs: RecentlyUsed<Held<Ready<Program>>>;
  readonly parties: RecentlyUsed<Held<Ready<Party>>>;
  readonly moments: Moments;
};

export const createProgramCache = <Program, Party>({
  patients = 10_000,
  parties = 10_000,
} = {}): ProgramCache<Program, Party> => ({
  programs: recentlyUsed(patients),
  parties: recentlyUsed(parties),
  moments: { last: 0 },
});

export type Engine<Program, Party> = {
  readonly compile: (
    patient: string,
    found: readonly StoredResource[],
    settings: DecisionSettings,
  ) => Program;
  readonly identify: (
    requester: Requester,
    found: readonly StoredResource[],
    settings: DecisionSettings,
  ) => Party;
};

type ProgramsDeps<Program, Party> = {
  readonly engine: Engine<Program, Party>;
  readonly evidence: ReadEvidence;
  readonly cache: ProgramCache<Program, Party>;
  readonly settings: DecisionSettings;
};

export function createPrograms<Program, Party>(deps: ProgramsDeps<Program, Party>): Prepare<Program, Party> {
  const { evidence, cache } = deps;
  const { moments } = cache;
  const confirm = confirmation((lookups) => evidence.stamps(lookups), moments);
  const programsOf = freshly({
    kept: cache.programs,
    moments,
    confirm,
    make: (keys) => programs(deps, keys),
  });
  const partiesOf = freshly({ kept: cache.parties, moments, confirm, make: (keys) => parties(deps, keys) });
  const valuesOf = async <Value>(made: Promise<readonly Made<Value>[]>): Promise<readonly Value[]> =>
    (await made).map(({ value }) => value);
  return async (requests, asOf) => {
    const patients = inOrder(requests.map(({ patient }) => patient));
    const requesters = inOrder(requests.map(({ requester }) => canonical(requester)));
    const [own, asking] = await Promise.all(
      asOf === undefined
        ? [programsOf(patients.keys), partiesOf(requesters.keys)]
        : [valuesOf(programs(deps, patients.keys, asOf)), valuesOf(parties(deps, requesters.keys, asOf))],
    );
    return requests.map((_, at) => {
      const [program, party] = [own[patients.at[at] ?? -1], asking[requesters.at[at] ?? -1]];
      if (!program || !party) throw new Error('less was prepared than asked for');
      return { program: program.made, party: party.made, inputs: `${program.inputs}.${party.inputs}` };
    });
  };
}

/** Each key once, and which of them stands where. */
function inOrder(all: readonly string[]): {
  readonly keys: readonly string[];
  readonly at: readonly number[];
} {
  const places = new Map([...new Set(all)].map((key, at) => [key, at]));
  return { keys: [...places.keys()], at: all.map((key) => places.get(key) ?? -1) };
}

/** By `Patient/ann`. Two readings: the consents, then everyone they name; of what both found, the later counts. */
async function programs<Program, Party>(
  { engine, evidence, settings }: ProgramsDeps<Program, Party>,
  patients: readonly string[],
  asOf?: Instant,
): Promise<readonly Made<Ready<Program>>[]> {
  const own = await evidence.ofPatients(patients.map(idOfReference), asOf);
  const consents = own.map(({ found }) => found.filter(({ type }) => type === 'Consent'));
  const seeds = consents.map((each) => seedsOfConsents(each, settings));
  const named = await evidence.around(seeds, asOf);
  return patients.map((patient, at) => {
    const readings = [own[at], named[at]].filter((each) => each !== undefined);
    return readyFrom(readings, () => engine.compile(patient, foundIn(readings), settings));
  });
}

/** By the requester as canonical JSON. */
async function parties<Program, Party>(
  { engine, evidence, settings }: ProgramsDeps<Program, Party>,
  keys: readonly string[],
  asOf?: Instant,
): Promise<readonly Made<Ready<Party>>[]> {
  const requesters = keys.map((key) => JSON.parse(key) as Requester);
  const around = await evidence.around(requesters.map(seedsOfRequester), asOf);
  return requesters.map((requester, at) => {
    const readings = around.slice(at, at + 1);
    return readyFrom(readings, () => engine.identify(requester, foundIn(readings), settings));
  });
}

function readyFrom<Value>(readings: readonly Evidence[], make: () => Value): Made<Ready<Value>> {
  const made: Attempt<Value> = readings.some(({ isTooMuch }) => isTooMuch)
    ? err(new Error('what the decision rests on leads on and on'))
    : attempt(make);
  const inputs = sha256(JSON.stringify(readings.map(({ stamp }) => stamp)));
  return { value: { made, inputs }, restsOn: readings.map(restOf) };
}

/** Without what was found, which is kept as long as the engine holds on to it. */
const restOf = ({ lookups, stamp }: Evidence) => ({ lookups, stamp });

const foundIn = (readings: readonly Evidence[]): readonly StoredResource[] => [
  ...new Map(
    readings.flatMap(({ found }) => found).map((each) => [`${each.type}/${each.id}`, each]),
  ).values(),
];

function attempt<Value>(make: () => Value): Attempt<Value> {
  try {
    return ok(make());
  } catch (error) {
    return err(error);
  }
}

/** Members in one order, so that a requester who is described in another way round is the same. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    isObject(member as never)
      ? Object.fromEntries(Object.entries(member as object).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
