/** What a provision asks, in plain words. */
import { formatInstant, type Instant } from '../../base/instant.ts';
import type { Period } from '../../base/period.ts';
import type { ActorCriterion, Coded, Condition, Content, DataCriterion } from '../../consent/consent.ts';
import type { Reference } from '../../fhir/reference.ts';
import { displayOf } from '../../labeling/displays.ts';
import type { Catalogue, Which } from './messages.ts';

/** `Practitioner/t to look at data labelled restricted, for treatment`; undefined when nothing is asked. */
export function inWords(condition: Condition, catalogue: Catalogue): string | undefined {
  const { purposes, actions, actors = [], data, expression } = condition;
  const or = (values: readonly string[]): string => catalogue.list([...new Set(values)], 'or');
  const asked = {
    ...(isAboutWho(actors) ? { who: or(actors.map(whoInWords)) } : {}),
    ...(actions ? { does: or(coded(actions, displayOf, 'do something given only in words with')) } : {}),
    ...(data ? { records: or(data.map(dataInWords)) } : {}),
    which: picked(condition).map(([by, values]) => catalogue.which[by]({ values: or(values) })),
    ...(purposes ? { purposes: or(coded(purposes, displayOf, 'a purpose given only in words')) } : {}),
    hasExpression: expression !== undefined,
  };
  const { which, hasExpression, ...rest } = asked;
  const isAnything = which.length === 0 && !hasExpression && Object.keys(rest).length === 0;
  return isAnything ? undefined : catalogue.asks(asked);
}

type Picked = readonly [Which, readonly string[]];

function picked({ labels, contents = [], codes, dataPeriod, actors = [] }: Condition): readonly Picked[] {
  return [
    ...contents.map((content) => ['content', coded(content, contentInWords)] as const),
    ...(codes ? [['code', coded(codes, displayOf)] as const] : []),
    ...(labels ? [['label', coded(labels, displayOf)] as const] : []),
    ...(dataPeriod ? [['dataPeriod', [periodInWords(dataPeriod)]] as const] : []),
    ...(isAboutWho(actors) ? [] : aboutData(actors)),
  ];
}

const coded = <Value>(
  { values, uncoded }: Coded<Value>,
  say: (value: Value) => string,
  unsaid = 'something given only in words',
): readonly string[] => [...values.map(say), ...(uncoded ? [unsaid] : [])];

/** Where all actors are authors, or all custodians, the rule picks out data, and anyone may ask for it. */
const isAboutWho = (actors: readonly ActorCriterion[]): boolean =>
  new Set(actors.map(({ part }) => part)).size > 1 || actors.some(({ part }) => part === 'recipient');

const aboutData = (actors: readonly ActorCriterion[]): readonly Picked[] =>
  actors
    .slice(0, 1)
    .flatMap(({ part }) => (part === 'recipient' ? [] : [[part, actors.map(actorInWords)] as const]));

function whoInWords(actor: ActorCriterion): string {
  if (actor.part === 'recipient') return actorInWords(actor);
  const how = actor.part === 'author' ? 'written' : 'held';
  return `anyone asking for data ${how} by ${actorInWords(actor)}`;
}

function actorInWords({ roles, reference }: ActorCriterion): string {
  if (reference) return referenceInWords(reference);
  return roles.length === 0 ? unnamed : `anyone in the role ${roles.map(displayOf).join(' or ')}`;
}

const unnamed = 'somebody who is not named';

const referenceInWords = ({ local, identifier, foreign }: Reference): string =>
  local ?? (identifier ? `${identifier.system ?? ''}|${identifier.value}` : (foreign ?? unnamed));

function contentInWords(content: Content): string {
  switch (content.kind) {
    case 'type':
      return content.type;
    case 'profile':
      return content.url;
    case 'document-type':
      return displayOf(content.coding);
  }
}

const meanings = {
  instance: '',
  related: 'what belongs to ',
  dependents: 'what refers to ',
  authoredby: 'what was written by ',
  unreadable: 'something about ',
} as const;

const dataInWords = ({ meaning, reference }: DataCriterion): string =>
  `${meanings[meaning]}${referenceInWords(reference)}`;

function periodInWords(period: Period | 'unreadable'): string {
  if (period === 'unreadable') return 'of a time that cannot be read';
  const { start, end } = period;
  if (start === undefined) return end === undefined ? 'of any time' : `up to ${inUtc(end)}`;
  return end === undefined ? `from ${inUtc(start)} on` : `from ${inUtc(start)} to ${inUtc(end)}`;
}

/** A day where the bounds are those of a day in UTC; where days are those of another time zone, the minute. */
const inUtc = (at: Instant): string => {
  const [day, time = ''] = formatInstant(at).split('T');
  return /^(00:00:00.000|23:59:59.999)Z$/.test(time) ? `${day}` : `${day} ${time.slice(0, 5)} UTC`;
};
