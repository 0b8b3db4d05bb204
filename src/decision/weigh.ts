/** Weighs one request against a program, over any logic: consents, the implicit policy, rights, labels on the data. */
import type { Instant } from '../base/instant.ts';
import { contains } from '../base/period.ts';
import { codingToken } from '../fhir/coding.ts';
import { type Combined, combine, heard } from './combine.ts';
import { type Logic, residual } from './logic.ts';
import { type Observe, walkOf } from './match.ts';
import type { CompiledConsent, Program } from './program.ts';
import { isBreakGlassAlone, isWriting, type Question } from './question.ts';
import { type Reach, reachOf } from './reach.ts';
import type { AccessRequest } from './request.ts';
import { isRefusedTheGlass } from './rules/break-glass.ts';
import { permitsInSilence } from './rules/implicit-policy.ts';
import { openForUse, openToFamily } from './rules/label-limits.ts';
import { type OwnAccess, openToParent, ownAccess } from './rules/own-access.ts';

/** Everything a decision is made of, as values of the logic. */
export type Weighed<T> = Question<T> & {
  readonly inForce: InForce;
  /** Of the consents in force, superseded ones apart. */
  readonly reaches: readonly Reach<T>[];
  /** Of those the combining rule listens to. */
  readonly heard: readonly Reach<T>[];
  readonly combined: Combined<T>;
  /** Where consents speak, so that the implicit policy does not. */
  readonly spoken: T;
  /** What the implicit policy opens, where no consent speaks. */
  readonly unspoken: T;
  readonly own: OwnAccess<T>;
  /** What is granted before the labels on the data are looked at. */
  readonly granted: T;
  /** Without what labels withhold from this requester, whoever holds the data. */
  readonly disclosed: T;
  /** And without what they keep for other purposes and other people. */
  readonly visible: T;
  /** Asks to break the glass and may not. */
  readonly isRefusedTheGlass: boolean;
};

export function weigh<T>(
  question: Question<T>,
  observe?: (consent: CompiledConsent) => Observe<T>,
): Weighed<T> {
  const { program, party, request, logic, about } = question;
  const { settings } = program;
  const { and, or, not, no } = logic;
  const inForce = inForceAt(program, request);
  const walk = walkOf(question);
  const reaches = inForce.counted.map((each) =>
    reachOf(each, observe ? { ...walk, observe: observe(each) } : walk),
  );
  const listened = heardOf(question, inForce, reaches);
  const combined = combine(settings.combining, listened, logic);
  const spoken = spokenIn(listened, reaches, combined, logic);
  const unspoken = permitsInSilence(settings, request) ? not(spoken) : no;
  const own = ownAccess(question);
  const ofConsents = or(combined.visible, overridden(question, listened, combined));
  const glass = isRefusedTheGlass(request, settings);
  const granted =
    glass || party.isDangerous ? no : or(or(ofConsents, unspoken), ownRegion(own, combined, logic));
  const ofPatient = listened.filter(({ consent }) => consent.isOwn);
  const byPatient = ofPatient.reduce((so, { permits }) => or(so, permits), no);
  const disclosed =
    granted === no ? no : and(granted, and(openToFamily(question), openToParent(question, byPatient)));
  const visible = disclosed === no ? no : and(disclosed, openForUse(question));
  return {
    program,
    party,
    request,
    logic,
    about,
    inForce,
    reaches,
    heard: listened,
    combined,
    spoken,
    unspoken,
    own,
    granted,
    disclosed,
    visible,
    isRefusedTheGlass: glass,
  };
}

/** Where nobody was heard, those without an opinion on the request still say that it lies outside (P-1). */
const spokenIn = <T>(
  listened: readonly Reach<T>[],
  reaches: readonly Reach<T>[],
  { speaks }: Combined<T>,
  { or, no }: Logic<T>,
): T => (listened.length > 0 ? speaks : reaches.reduce((so, each) => or(so, each.speaks), no));

/** Consents by what time and their successors leave of them. */
type InForce = {
  readonly counted: readonly CompiledConsent[];
  readonly superseded: readonly CompiledConsent[];
  readonly agedOut: readonly CompiledConsent[];
  /** In force, and of another category than was asked for, or of care alone (EV-5). */
  readonly aside: readonly CompiledConsent[];
};

/** EV-2, EV-4, PR-3; a successor counts only while it is in force itself. */
function inForceAt({ consents }: Program, { at, categories }: AccessRequest): InForce {
  const wanted = categories && new Set(categories.map(codingToken));
  const inForce: { [Place in keyof InForce]: CompiledConsent[] } = {
    counted: [],
    superseded: [],
    agedOut: [],
    aside: [],
  };
  for (const consent of consents) {
    if (!isCurrent(consent, at)) continue;
    if (isAside(consent, wanted)) inForce.aside.push(consent);
    else if (isAgedOut(consent, at)) inForce.agedOut.push(consent);
    else if (isSuperseded(consent, consents, at)) inForce.superseded.push(consent);
    else inForce.counted.push(consent);
  }
  return inForce;
}

/** One whose categories nobody can tell is asked, so that no deny of it is passed over. */
function isAside(
  { categories, isAboutData }: CompiledConsent,
  wanted: ReadonlySet<string> | undefined,
): boolean {
  if (!wanted) return !isAboutData;
  return categories !== undefined && !categories.some((category) => wanted.has(category));
}

const isSuperseded = (
  { supersededBy }: CompiledConsent,
  consents: readonly CompiledConsent[],
  at: Instant,
): boolean => supersededBy.some((place) => isInForce(consents[place], at));

const isCurrent = ({ period, concerns }: CompiledConsent, at: Instant): boolean =>
  contains(period, at) && concerns.some((membership) => contains(membership, at));

const isAgedOut = ({ agesOut }: CompiledConsent, at: Instant): boolean =>
  agesOut !== undefined && at >= agesOut;

const isInForce = (consent: CompiledConsent | undefined, at: Instant): boolean =>
  consent !== undefined && isCurrent(consent, at) && !isAgedOut(consent, at);

/** Whether a consent is heard is settled for the request, not resource by resource. */
function heardOf<T>(
  { program, party, request }: Question<T>,
  { counted }: InForce,
  reaches: readonly Reach<T>[],
): readonly Reach<T>[] {
  if (program.settings.combining !== 'most-recent') return reaches;
  const walk = walkOf({ program, party, request, logic: residual, about: undefined });
  const names = new Set(
    heard(counted.map((consent) => reachOf(consent, walk))).map(({ consent }) => consent),
  );
  return reaches.filter(({ consent }) => names.has(consent));
}

/** What consents in force leave unsaid is opened by a broken glass, where the deployment wants it so (R-33, B-3). */
function overridden<T>(
  { program, request, logic: { no, or, not } }: Question<T>,
  consents: readonly Reach<T>[],
  { denies, closes }: Combined<T>,
): T {
  const isWanted = program.settings.btgOverridesDeny && isBreakGlassAlone(request) && !isWriting(request);
  return isWanted && consents.length > 0 ? not(or(denies, closes)) : no;
}

function ownRegion<T>(
  { by, region }: OwnAccess<T>,
  { denies, closes }: Combined<T>,
  { and, or, not }: Logic<T>,
): T {
  return by === 'representative' ? and(region, not(or(denies, closes))) : region;
}
