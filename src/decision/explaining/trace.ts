/** What became of every consent and every rule of it: the walk of a decision, written down. */
import type { Effect } from '../../consent/consent.ts';
import type { Filter } from '../filter.ts';
import { type Logic, residualOver } from '../logic.ts';
import type { Finding, Walk } from '../match.ts';
import {
  matchesAction,
  matchesActor,
  matchesElement,
  matchesExpression,
  matchesPurpose,
  walkOf,
} from '../match.ts';
import type { Party } from '../party.ts';
import type { CompiledConsent, ConsentVersion, DataElement, LeftOut, Program } from '../program.ts';
import type { Reach } from '../reach.ts';
import type { AccessRequest } from '../request.ts';
import { type Weighed, weigh } from '../weigh.ts';

export type ConsentTrace = ConsentVersion & {
  readonly standing: Standing;
  /** What it says on this request; undefined when it was not weighed. */
  readonly verdict: Verdict | undefined;
  /** Why it cannot be read, in words for a privacy officer. */
  readonly defects: readonly string[];
  /** Ids of the consents that took its place. */
  readonly supersededBy: readonly string[];
  readonly rules: readonly RuleTrace[];
};

/** Whether, and why not, a consent on file was weighed. */
export type Standing =
  | 'weighed'
  | 'not-in-force'
  | 'superseded'
  | 'aged-out'
  | 'older-than-the-newest'
  | 'about-care'
  | 'of-another-category'
  | LeftOut['why'];

export type Verdict =
  | 'permits'
  | 'permits-in-part'
  | 'refuses'
  | 'closes'
  | 'outside-scope'
  | 'outside-data'
  | 'silent';

export type RuleTrace = {
  /** JSON Pointer into the consent as submitted. */
  readonly path: string;
  readonly effect: Effect;
  /** Whether it speaks of this request; `data`: of some data, which is then said. */
  readonly applies: 'yes' | 'no' | 'data';
  /** Whether its word is the one that counts for some of the data. */
  readonly decides: boolean;
  /** Of what it asks, that which this request or no data meets. */
  readonly unmet: readonly Element[];
};

export type Element = 'period' | 'purpose' | 'action' | 'actor' | DataElement;

export type Traced = { readonly weighed: Weighed<Filter>; readonly consents: readonly ConsentTrace[] };

/** Weighs the request as `decide` does, and keeps what it saw on the way. */
export function trace(program: Program, party: Party, request: AccessRequest): Traced {
  const logic = residualOver(request.resourceTypes);
  const findings = new Map<CompiledConsent, Finding<Filter>[]>();
  const question = { program, party, request, logic, about: undefined };
  const weighed = weigh(question, (consent) => {
    const list: Finding<Filter>[] = [];
    findings.set(consent, list);
    return (finding) => list.push(finding);
  });
  const walk = walkOf(question);
  const ofConsent = (compiled: CompiledConsent): ConsentTrace => ({
    id: compiled.id,
    version: compiled.version,
    standing: standingOf(compiled, weighed),
    verdict: verdictOf(
      weighed.reaches.find(({ consent }) => consent === compiled),
      logic,
    ),
    defects: compiled.defects.map(({ detail }) => detail),
    supersededBy: compiled.supersededBy.flatMap((place) => idIfCounted(program.consents[place], weighed)),
    rules: inOrder((findings.get(compiled) ?? []).map((finding) => ruleTrace(finding, walk))),
  });
  const leftOut = program.leftOut.map(({ id, version, why }) => ({
    ...unweighed,
    id,
    version,
    standing: why,
  }));
  return { weighed, consents: [...program.consents.map(ofConsent), ...leftOut] };
}

const unweighed = { verdict: undefined, defects: [], supersededBy: [], rules: [] };

function standingOf(compiled: CompiledConsent, { inForce, heard, reaches }: Weighed<Filter>): Standing {
  if (inForce.superseded.includes(compiled)) return 'superseded';
  if (inForce.agedOut.includes(compiled)) return 'aged-out';
  if (inForce.aside.includes(compiled)) return compiled.isAboutData ? 'of-another-category' : 'about-care';
  if (!reaches.some(({ consent }) => consent === compiled)) return 'not-in-force';
  return heard.some(({ consent }) => consent === compiled) ? 'weighed' : 'older-than-the-newest';
}

const idIfCounted = (
  compiled: CompiledConsent | undefined,
  { inForce }: Weighed<Filter>,
): readonly string[] =>
  compiled && [...inForce.counted, ...inForce.superseded].includes(compiled) ? [compiled.id] : [];

function verdictOf(reach: Reach<Filter> | undefined, logic: Logic<Filter>): Verdict | undefined {
  if (!reach) return undefined;
  const { permits, denies, closes, outside } = reach;
  if (logic.isPossible(permits))
    return logic.isOpen(denies) || isPartial(permits) ? 'permits-in-part' : 'permits';
  if (logic.isOpen(closes)) return 'closes';
  if (logic.isOpen(denies)) return 'refuses';
  const isLeftOut = reach.parts.some(({ implicit, region }) => implicit && logic.isOpen(region));
  if (outside === 'consent-scope' || isLeftOut) return 'outside-scope';
  return outside === 'permitted-data' ? 'outside-data' : 'silent';
}

const isPartial = ({ op }: Filter): boolean => op !== 'all';

function ruleTrace(finding: Finding<Filter>, walk: Walk<Filter>): RuleTrace {
  const { path, effect, matched, region, isOver } = finding;
  const { logic } = walk;
  const isMet = !isOver && logic.isOpen(matched);
  return {
    path,
    effect,
    applies: !isMet ? 'no' : matched.op === 'all' ? 'yes' : 'data',
    decides: logic.isPossible(region),
    unmet: isOver ? ['period'] : unmetOf(finding, walk),
  };
}

/** Asked element by element, by the very functions that the walk puts together. */
function unmetOf({ condition }: Finding<Filter>, walk: Walk<Filter>): readonly Element[] {
  const asked: readonly (readonly [Element, Filter])[] = [
    ['purpose', matchesPurpose(condition, walk)],
    ['action', matchesAction(condition, walk)],
    ['actor', matchesActor(condition, walk)],
    ['expression', matchesExpression(condition, walk)],
    ...condition.data.map((test) => [test.element, matchesElement(test, walk)] as const),
  ];
  return asked.filter(([, value]) => !walk.logic.isOpen(value)).map(([element]) => element);
}

/** As a reader of the consent meets them: the base, then each provision before those below it. */
const inOrder = (rules: readonly RuleTrace[]): readonly RuleTrace[] => {
  const base = rules.at(-1);
  const rest = rules.slice(0, -1).toSorted((a, b) => comparePaths(a.path, b.path));
  return base ? [base, ...rest] : [];
};

/** By number where there is one: `/provision/10` after `/provision/9`. */
function comparePaths(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  const at = left.findIndex((part, index) => part !== right[index]);
  if (at < 0) return left.length - right.length;
  return Number(left[at]) - Number(right[at] ?? -1);
}
