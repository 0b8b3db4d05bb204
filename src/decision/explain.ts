/** Why a decision is what it is: consent by consent and rule by rule, for a patient or a privacy officer. */
import { formatInstant } from '../base/instant.ts';
import type { Condition } from '../consent/consent.ts';
import { codeSystems } from '../fhir/coding.ts';
import type { StoredResource } from '../fhir/resource.ts';
import { displayOf } from '../labeling/displays.ts';
import { purposeCoding } from '../labeling/purpose-of-use.ts';
import { conclude } from './conclude.ts';
import { decideOn, remainingOf } from './decide.ts';
import type { Decision } from './decision.ts';
import { type Conditions, conditionsIn, nameOf } from './explaining/conditions-in.ts';
import { inWords } from './explaining/conditions-in-words.ts';
import { type Catalogue, english } from './explaining/messages.ts';
import {
  type ConsentTrace,
  type RuleTrace,
  type Standing,
  type Traced,
  trace,
  type Verdict,
} from './explaining/trace.ts';
import type { ResourceFacts } from './facts.ts';
import type { Party } from './party.ts';
import type { Program } from './program.ts';
import { isBreakGlass } from './question.ts';
import type { AccessRequest, Requester } from './request.ts';

export type Explanation = {
  /** The very decision that `decide` takes. */
  readonly decision: Decision;
  /** In sentences: the outcome first, then why, then what else is to be known. */
  readonly summary: readonly string[];
  readonly consents: readonly ExplainedConsent[];
  /** Of each resource asked about, in order. */
  readonly resources: readonly ExplainedResource[];
};

type ExplainedConsent = {
  readonly consent: string;
  readonly version: number;
  readonly standing: Standing;
  readonly verdict: Verdict | undefined;
  readonly summary: readonly string[];
  readonly rules: readonly ExplainedRule[];
};

type ExplainedRule = Pick<RuleTrace, 'path' | 'effect' | 'applies' | 'decides' | 'unmet'> & {
  readonly summary: string;
};

type ExplainedResource = {
  /** `Type/id`. */
  readonly resource: string;
  readonly decision: Decision;
  readonly summary: string;
};

/**
 * Explains what `decide` answers, from the same walk; it cannot say otherwise.
 *
 * @param onFile the consents of the program as stored, whose words are put into plain ones
 * @param resources single resources whose fate is to be explained as well
 * @param catalogue the words; English unless given
 * @example explain(program, party, request, consents).summary.join(' ')
 */
export function explain(
  program: Program,
  party: Party,
  request: AccessRequest,
  onFile: readonly StoredResource[],
  resources: readonly ResourceFacts[] = [],
  catalogue: Catalogue = english,
): Explanation {
  const traced = trace(program, party, request);
  const conditions = conditionsIn(onFile, program.settings);
  const decision = conclude(traced.weighed, remainingOf(traced.weighed));
  return {
    decision,
    summary: summaryOf(traced, decision, catalogue),
    consents: traced.consents.map((each) => explainConsent(each, conditions, catalogue)),
    resources: resources.map((facts) => explainResource(program, party, request, facts, catalogue)),
  };
}

function summaryOf(
  { weighed }: Traced,
  decision: Decision,
  { outcome, reason, note, list }: Catalogue,
): readonly string[] {
  const { request, own } = weighed;
  const isPermit = decision.outcome === 'permit';
  const kind = !isPermit ? 'deny' : weighed.granted.op === 'all' ? 'permit' : 'permit-in-part';
  const facts = {
    who: inName(request.requester),
    purpose: purposesInWords(request, list),
    action: displayOf({ system: codeSystems.consentAction, code: request.action }),
  };
  const byRight = isPermit && own.by !== undefined;
  const { holdsUntil, obligations, superseded } = decision;
  return [
    outcome[kind](facts),
    ...(byRight
      ? [note[own.by === 'patient' ? 'own-access' : 'representative']({})]
      : [reason[decision.reason]({})]),
    ...(decision.conflict ? [note.conflict({})] : []),
    ...(superseded.length > 0 ? [note.superseded({ consents: list(superseded, 'and') })] : []),
    ...(isPermit && isBreakGlass(request) ? [note['break-glass']({})] : []),
    ...(obligations.length > 0 ? [note.obligations({ values: list(obligations.map(duty), 'and') })] : []),
    ...(isPermit ? [note.labels({})] : []),
    ...(holdsUntil === undefined ? [] : [note.until({ instant: formatInstant(holdsUntil) })]),
  ];
}

const inName = ({ reference, identifiers: [first] = [], type }: Requester): string =>
  reference ?? (first ? `${first.system ?? ''}|${first.value}` : `the ${type}`);

const purposesInWords = ({ purposes }: AccessRequest, list: Catalogue['list']): string =>
  purposes.length === 0
    ? 'no purpose that was stated'
    : list(
        purposes.map((code) => displayOf(purposeCoding(code))),
        'and',
      );

const duty = (code: string): string => displayOf({ system: codeSystems.actCode, code });

function explainConsent(
  { id, version, standing, verdict, defects, supersededBy, rules }: ConsentTrace,
  conditions: Conditions,
  catalogue: Catalogue,
): ExplainedConsent {
  const { list } = catalogue;
  const facts = { consent: id, by: list(supersededBy, 'and'), why: whyClosed(defects, list) };
  return {
    consent: id,
    version,
    standing,
    verdict,
    summary: [catalogue.standing[standing](facts), ...(verdict ? [catalogue.verdict[verdict](facts)] : [])],
    rules: rules.map((rule) => explainRule(rule, conditions.get(nameOf(id, rule)) ?? {}, catalogue)),
  };
}

const whyClosed = (defects: readonly string[], list: Catalogue['list']): string =>
  defects.length === 0 ? 'it can be read in two ways' : list(defects, 'and');

function explainRule(traced: RuleTrace, condition: Condition, catalogue: Catalogue): ExplainedRule {
  const { path, effect, applies, decides, unmet } = traced;
  const what = inWords(condition, catalogue) ?? catalogue.note.everything({});
  const why = catalogue.list(
    unmet.map((element) => catalogue.unmet[element]({})),
    'and',
  );
  const fate = applies === 'no' ? 'no' : decides ? applies : 'overruled';
  const says = catalogue.rule[effect === 'permit' ? 'permits' : 'refuses']({ what });
  return { path, effect, applies, decides, unmet, summary: `${says} ${catalogue.applies[fate]({ why })}` };
}

function explainResource(
  program: Program,
  party: Party,
  request: AccessRequest,
  facts: ResourceFacts,
  { reason }: Catalogue,
): ExplainedResource {
  const decision = decideOn(program, party, request, facts);
  return { resource: facts.name, decision, summary: reason[decision.reason]({}) };
}
