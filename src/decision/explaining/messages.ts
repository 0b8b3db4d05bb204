/** The catalogue of what an explanation says: one entry for each thing that can be the case, in plain words. */
import type { Reason } from '../decision.ts';
import type { Element, Standing, Verdict } from './trace.ts';

/** Facts that a sentence speaks of. */
type Facts = Readonly<Record<string, string>>;
type Sentence = (facts: Facts) => string;

/** By what a rule picks out data. */
export type Which = 'label' | 'content' | 'code' | 'dataPeriod' | 'author' | 'custodian';

/** What a rule asks, in words; what it does not ask is absent. */
type Asked = {
  readonly who?: string;
  readonly does?: string;
  readonly records?: string;
  readonly which: readonly string[];
  readonly purposes?: string;
  readonly hasExpression: boolean;
};

/** Another language is another catalogue. */
export type Catalogue = {
  readonly outcome: Readonly<Record<'permit' | 'permit-in-part' | 'deny', Sentence>>;
  readonly reason: Readonly<Record<Reason, Sentence>>;
  readonly standing: Readonly<Record<Standing, Sentence>>;
  readonly verdict: Readonly<Record<Verdict, Sentence>>;
  readonly rule: Readonly<Record<'permits' | 'refuses', Sentence>>;
  readonly applies: Readonly<Record<'yes' | 'no' | 'data' | 'overruled', Sentence>>;
  /** All that a rule asks, to stand behind the verb of `rule`. */
  readonly asks: (asked: Asked) => string;
  readonly which: Readonly<Record<Which, Sentence>>;
  readonly unmet: Readonly<Record<Element, Sentence>>;
  readonly note: Readonly<
    Record<
      | 'own-access'
      | 'representative'
      | 'conflict'
      | 'until'
      | 'superseded'
      | 'labels'
      | 'break-glass'
      | 'obligations'
      | 'everything',
      Sentence
    >
  >;
  /** `a`, `a and b`, `a, b and c`. */
  readonly list: (of: readonly string[], word: 'and' | 'or') => string;
};

const list: Catalogue['list'] = (of, word) => {
  const last = of.at(-1) ?? '';
  return of.length < 2 ? last : `${of.slice(0, -1).join(', ')} ${word} ${last}`;
};

/** `2026-06-16 00:00 UTC`; seconds only where there are any. */
const inUtc = (instant: string): string => `${instant.replace('T', ' ').replace(/(:00)?\.000Z$|Z$/, '')} UTC`;

export const english: Catalogue = {
  outcome: {
    permit: ({ who, action = 'see', purpose }) => `For ${purpose}, ${who} may ${action} the data.`,
    'permit-in-part': ({ who, action = 'see', purpose }) =>
      `For ${purpose}, ${who} may ${action} part of the data.`,
    deny: ({ who, action = 'see', purpose }) => `For ${purpose}, ${who} may not ${action} the data.`,
  },
  reason: {
    permitted: () => 'A consent allows it, or a right that needs no consent.',
    'explicit-deny': () => 'A consent forbids it.',
    'outside-consent-scope': () => 'The consents on file allow other things, but not this.',
    'outside-permitted-data': () => 'Other data may be seen, but not this.',
    'no-consent': () => 'No consent is in force, and without one this service does not allow it.',
    'not-applicable': () =>
      'No consent in force speaks of this request, and without one this service does not allow it.',
    'implicit-policy': () => 'No consent speaks of it; the general rule of this service allows it.',
    'unreadable-consent': () =>
      'A consent in force cannot be understood, so everything it may cover stays closed.',
    'ambiguous-root': () =>
      'A consent in force can be read in two ways that differ here, so the data stays closed.',
    'btg-not-authorized': () =>
      'Overriding the rules in an emergency takes an entitled person, a reason and an acknowledgement; not all of these are there.',
    'minor-aged-out': () => 'A consent given by a parent ended when the patient came of age.',
    'grantor-without-authority': () =>
      'Whoever gave a consent in force has no authority on file to do so, so everything it may cover stays closed.',
  },
  standing: {
    weighed: ({ consent }) => `Consent ${consent} counts here.`,
    'not-in-force': ({ consent }) => `Consent ${consent} is not in force at this moment.`,
    superseded: ({ consent, by }) => `Consent ${consent} was replaced by ${by}.`,
    'aged-out': ({ consent }) =>
      `Consent ${consent} was given by a parent and ended when the patient came of age.`,
    'older-than-the-newest': ({ consent }) =>
      `Consent ${consent} does not count here: a newer one does, or it has nothing to say.`,
    'about-care': ({ consent }) => `Consent ${consent} is about care, not about sharing data.`,
    'of-another-category': ({ consent }) => `Consent ${consent} is of another category than was asked about.`,
    'of-another-custodian': ({ consent }) =>
      `Consent ${consent} is for organizations that do not hold this data.`,
  },
  verdict: {
    permits: () => 'By itself it allows this request.',
    'permits-in-part': () => 'By itself it allows this request for part of the data.',
    refuses: () => 'By itself it forbids this request.',
    closes: ({ why }) => `Everything it may cover stays closed, because it cannot be relied on: ${why}.`,
    'outside-scope': () => 'It allows other requests, but not this one.',
    'outside-data': () => 'It allows other data, but not what was asked for.',
    silent: () => 'It neither allows nor forbids this request.',
  },
  rule: {
    permits: ({ what }) => `Allows ${what}.`,
    refuses: ({ what }) => `Forbids ${what}.`,
  },
  applies: {
    yes: () => 'It applies.',
    data: () => 'It applies to the data it speaks of.',
    overruled: () => 'Here an exception to it decides, or a doubt about its meaning.',
    no: ({ why }) => `It does not apply: ${why}.`,
  },
  asks: ({ who = 'anyone', does = 'do anything with', records, which, purposes, hasExpression }) => {
    const isPicked = records !== undefined || which.length > 0;
    const data = [
      records ?? (isPicked ? 'data' : 'the data'),
      ...(which.length > 0 ? [list(which, 'and')] : []),
    ];
    const purpose = purposes === undefined ? '' : `${isPicked ? ',' : ''} for ${purposes}`;
    const condition = hasExpression ? ', if a written condition is met' : '';
    return `${who} to ${does} ${data.join(' ')}${purpose}${condition}`;
  },
  which: {
    label: ({ values }) => `labelled ${values}`,
    content: ({ values }) => `of the kind ${values}`,
    code: ({ values }) => `about ${values}`,
    dataPeriod: ({ values }) => `${values}`,
    author: ({ values }) => `written by ${values}`,
    custodian: ({ values }) => `held by ${values}`,
  },
  unmet: {
    period: () => 'it has ended or has not begun',
    purpose: () => 'the purpose does not fit',
    action: () => 'the use of the data does not fit',
    actor: () => 'it is about somebody else',
    label: () => 'it is about data with other labels',
    content: () => 'it is about another kind of data',
    code: () => 'it is about data on another subject',
    dataPeriod: () => 'it is about data of another time',
    data: () => 'it is about other records',
    expression: () => 'its written condition is not met',
  },
  note: {
    'own-access': () => 'Patients may see their own data without any consent.',
    representative: () =>
      'A representative with authority on file may act for the patient, unless a consent forbids it.',
    conflict: () => 'Consents in force contradict each other; the privacy office should look at them.',
    until: ({ instant = '' }) => `This may change by itself at ${inUtc(instant)}.`,
    superseded: ({ consents }) => `Replaced by others, and not counted: ${consents}.`,
    labels: () =>
      'Some records may carry labels that keep them for one purpose, for one group of people, or from patients.',
    'break-glass': () => 'This overrides the usual rules in an emergency, and is listed for review.',
    obligations: ({ values }) => `Conditions for whoever receives the data: ${values}.`,
    everything: () => 'everything, apart from any exceptions below',
  },
  list,
};
