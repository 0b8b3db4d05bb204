/** What a decision rests on, read from PostgreSQL: now, or as of an earlier instant. */
import type { Evidence, Lookups, ReadEvidence } from '../access/evidence.ts';
import { formatInstant, type Instant } from '../base/instant.ts';
import type { StoredResource } from '../fhir/resource.ts';
import type { Database } from './database.ts';
import {
  aroundNow,
  aroundThen,
  type EvidenceRow,
  type MarkRow,
  marksNow,
  ofPatientsNow,
  ofPatientsThen,
} from './evidence-statements.ts';
import { type Lookup, lookupsOf, seedLookups } from './lookups.ts';
import { isStorable } from './statement.ts';
import { storedFrom } from './stored-row.ts';

/** Names that one thing asked for may lead to. No directory comes near; what does is no evidence but a mistake. */
const mostLookups = 10_000;

export function readEvidence(db: Database): ReadEvidence {
  return {
    ofPatients: (patients, asOf) => {
      const begin = patients.map((id) =>
        isStorable(id) ? [{ kind: 'reference', name: `Patient/${id}` } as const] : [],
      );
      return asOf === undefined ? follow(db, ofPatientsNow, begin) : follow(db, ofPatientsThen, begin, asOf);
    },
    around: (seeds, asOf) => {
      const begin = seeds.map(seedLookups);
      return asOf === undefined ? follow(db, aroundNow, begin) : follow(db, aroundThen, begin, asOf);
    },
    stamps: (lookups) => stamps(db, lookups),
  };
}

async function follow(
  db: Database,
  statement: typeof aroundNow,
  begin: readonly (readonly Lookup[])[],
  asOf?: Instant,
): Promise<readonly Evidence[]> {
  const given = begin.flatMap((lookups, asked) => lookups.map((lookup) => ({ ...lookup, asked })));
  const atMost = given.length + mostLookups * begin.length;
  const rows = given.length === 0 ? [] : await statement(db, { ...arraysOf(given), ...moment(asOf), atMost });
  const gathered = begin.map(() => new Gathered());
  for (const row of rows) for (const asked of row.asked.split(' ')) gathered[Number(asked)]?.add(row);
  // Where the statement was cut short, nobody knows whose names are missing.
  const isCut = given.length > 0 && gathered.reduce((sum, { size }) => sum + size, 0) >= atMost;
  const read = reader();
  return gathered.map((each) => (isCut || each.size > mostLookups ? tooMuch : each.evidence(read)));
}

/** No lookups find this stamp, so that it is never taken for confirmed. */
const tooMuch: Evidence = {
  found: [],
  lookups: { patients: [], references: [], entries: [] },
  stamp: 'too much',
  isTooMuch: true,
};

const moment = (asOf: Instant | undefined) => (asOf === undefined ? {} : { asOf: formatInstant(asOf) });

const arraysOf = (lookups: readonly (Lookup & { readonly asked: number })[]) => ({
  asked: lookups.map(({ asked }) => asked),
  kinds: lookups.map(({ kind }) => kind),
  names: lookups.map(({ name }) => name),
});

type FoundRow = Extract<EvidenceRow, { readonly key: string }>;

/** The lookups of one who asked, and the rows they found, each once. */
class Gathered {
  readonly #lookups = new Map<string, Lookup>();
  readonly #rows = new Map<string, FoundRow>();

  add(row: EvidenceRow): void {
    this.#lookups.set(`${row.kind} ${row.name}`, { kind: row.kind, name: row.name });
    if (row.key !== null) this.#rows.set(`${row.type}/${row.id}`, row);
  }
  get size(): number {
    return this.#lookups.size;
  }
  evidence(read: (row: FoundRow) => StoredResource): Evidence {
    const rows = [...this.#rows.values()];
    return {
      found: rows.map(read),
      lookups: lookupsOf([...this.#lookups.values()]),
      stamp: stampOf(rows.map(markOf)),
    };
  }
}

/** What several asked for is read once. */
function reader(): (row: FoundRow) => StoredResource {
  const known = new Map<string, StoredResource>();
  return (row) => {
    const name = `${row.type}/${row.id}`;
    const stored = known.get(name) ?? storedFrom(row);
    known.set(name, stored);
    return stored;
  };
}

/** Names that several ask for travel once. */
async function stamps(db: Database, asked: readonly Lookups[]): Promise<readonly string[]> {
  const places = new Places();
  const wanted = asked.map((lookups) => places.of(lookups));
  const { kinds, names } = places;
  const rows = names.length === 0 ? [] : await marksNow(db, { kinds, names });
  const marks: string[][] = names.map(() => []);
  for (const row of rows) marks[Number(row.ordinal) - 1]?.push(markOf(row));
  return wanted.map((lookups) => stampOf(lookups.flatMap((place) => marks[place] ?? [])));
}

/** Lookups, each once, by where it stands. */
class Places {
  readonly kinds: Lookup['kind'][] = [];
  readonly names: string[] = [];
  readonly #known: Readonly<Record<Lookup['kind'], Map<string, number>>> = {
    patient: new Map(),
    reference: new Map(),
    entry: new Map(),
  };

  of({ patients, references, entries }: Lookups): readonly number[] {
    return [
      ...patients.map((name) => this.#place('patient', name)),
      ...references.map((name) => this.#place('reference', name)),
      ...entries.map((name) => this.#place('entry', name)),
    ];
  }
  #place(kind: Lookup['kind'], name: string): number {
    const known = this.#known[kind].get(name);
    if (known !== undefined) return known;
    const place = this.names.push(name) - 1;
    this.kinds.push(kind);
    this.#known[kind].set(name, place);
    return place;
  }
}

/** With the rules that made the entries: those lead from a row to others, and are made anew without a new version. */
const markOf = ({ type, id, version, indexed_by }: MarkRow | FoundRow): string =>
  `${type}/${id}:${version}:${indexed_by ?? 0}`;

const stampOf = (marks: readonly string[]): string => [...new Set(marks)].sort().join(' ');
