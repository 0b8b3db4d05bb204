/** A patient's world, the same for the same seed: who is about, what data there is, who asks for it. */
import type { Code, Span } from './meaning.ts';

export type Pick = {
  readonly below: (limit: number) => number;
  readonly one: <T>(of: readonly T[]) => T;
  readonly some: <T>(count: number, of: readonly T[]) => readonly T[];
  readonly chance: (share: number) => boolean;
};

/** Mulberry32: small, and good enough to mix. */
export function pickBy(seed: number): Pick {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const one = <T>(of: readonly T[]): T => {
    const found = of[below(of.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  };
  const some = <T>(count: number, of: readonly T[]): readonly T[] => [
    ...new Set(Array.from({ length: count }, () => one(of))),
  ];
  return { below, one, some, chance: (share) => next() < share };
}

export type World = {
  readonly organizations: readonly string[];
  readonly practitioners: readonly string[];
};

/** More consents name more people. */
export function worldOf(consents: number): World {
  const count = 12 + 3 * consents;
  return {
    organizations: Array.from({ length: count }, (_, n) => `Organization/o${n}`),
    practitioners: Array.from({ length: 2 * count }, (_, n) => `Practitioner/p${n}`),
  };
}

/** Every second organization is a ward of the one before it. */
export const parentOf = (organization: string): string | undefined => {
  const number = Number(organization.replace('Organization/o', ''));
  return number % 2 === 1 ? `Organization/o${number - 1}` : undefined;
};

const employerOf = (practitioner: string, { organizations }: World): string =>
  organizations[Number(practitioner.replace('Practitioner/p', '')) % organizations.length] ?? '';

export const employedBy = (organization: string, world: World): readonly string[] =>
  world.practitioners.filter((each) => employerOf(each, world) === organization);

const list = (system: string, codes: string): readonly Code[] =>
  codes.split(' ').map((code) => ({ system, code }));
const loinc = 'http://loinc.org';
const snomed = 'http://snomed.info/sct';
const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';

/** Where each type says what it is about, and in which codes. */
const kinds = {
  Observation: list(loinc, '718-7 2345-7 4548-4 8480-6 8462-4 29463-7 75622-1 5196-1 5556-8 3426-4'),
  DiagnosticReport: list(loinc, '58410-2 24323-8 57698-3 11502-2 75622-1'),
  DocumentReference: list(loinc, '34133-9 18842-5 11506-3 28570-0 57133-1'),
  Condition: list(snomed, '38341003 44054006 86406008 35489007 7200002 191736004 73211009 66590003'),
  Procedure: list(snomed, '80146002 387713003 18949003 41339005 386637004'),
  AllergyIntolerance: list(snomed, '91936005 91935009 300913006 294505008'),
  MedicationRequest: list(rxnorm, '197361 860975 314076 1049221 313782 1150771 835829 310429'),
  Immunization: list('http://hl7.org/fhir/sid/cvx', '140 150 207 208 33 115'),
} as const satisfies Record<string, readonly Code[]>;

export type Kind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as readonly Kind[];
export const allCodes: readonly Code[] = Object.values(kinds).flat();
export const sensitivities = ['HIV', 'SUD', 'MH', 'PSY', 'STD', 'SDV', 'ETHUD', 'OPIOIDUD', 'PREGNANT'];

const day = 86_400_000;
/** 2016-01-01. */
const first = 1_451_606_400_000;
/** 2026-11-01T12:00:00Z: every question is asked then. */
export const askedAt = 1_793_534_400_000;

const someMoment = ({ below }: Pick): number => first + below(3900) * day + below(day);
export function someSpan(pick: Pick): Span {
  const start = first + pick.below(3000) * day;
  return { start, end: start + (200 + pick.below(1200)) * day - 1 };
}

export type Data = {
  readonly type: Kind;
  readonly id: string;
  readonly confidentiality: string | undefined;
  readonly sensitivity: readonly string[];
  readonly codes: readonly Code[];
  /** Undefined where it bears no date. */
  readonly moment: number | undefined;
};

export function someData(pick: Pick, id: string): Data {
  const type = pick.one(kindNames);
  return {
    type,
    id,
    confidentiality: pick.chance(0.6) ? pick.one(['L', 'N', 'N', 'N', 'R', 'V']) : undefined,
    sensitivity: pick.chance(0.35) ? pick.some(2, sensitivities) : [],
    // One in ten says in words alone what it is about.
    codes: pick.chance(0.9) ? pick.some(2, kinds[type]) : [],
    moment: pick.chance(0.92) ? someMoment(pick) : undefined,
  };
}

export type Asked = {
  /** `Practitioner/p1` for their employer, or an organization for itself. */
  readonly who: string;
  readonly organization: string;
  readonly action: string;
  readonly purposes: readonly string[];
};

const purposeMixes = [
  ...[['TREAT'], ['TREAT'], ['TREAT'], ['COC'], ['ETREAT'], ['HPAYMT'], ['COVERAGE'], ['HRESCH']],
  ...[['CLINTRCH'], ['HOPERAT'], ['HQUALIMP'], ['HMARKT'], ['TREAT', 'HPAYMT'], ['TREAT', 'CAREMGT'], []],
];

/** Mostly somebody the consents name, or who works for one of them. */
export function somebodyAsks(pick: Pick, world: World, named: readonly string[]): Asked {
  const who = pick.chance(0.8) ? pick.one(named) : pick.one(world.practitioners);
  const isOrganization = who.startsWith('Organization/');
  const staff = isOrganization ? employedBy(who, world) : [];
  const person = isOrganization && pick.chance(0.8) ? pick.one(staff) : who;
  return {
    who: person,
    organization: isOrganization ? who : employerOf(who, world),
    action: pick.one(['access', 'access', 'access', 'collect', 'use', 'disclose', 'correct']),
    purposes: pick.one(purposeMixes),
  };
}
