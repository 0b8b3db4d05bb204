/** The consents as a programmer would write them by hand, one closure each: permit or deny and nothing else. */
import type { Facts, Question } from './asked.ts';
import { actionsOf, purposesOf, rankOf, sensitivitiesOf } from './covers.ts';
import { type Meaning, type Span, saidBy, type Test } from './meaning.ts';

export type Closure = (question: Question, facts: Facts) => boolean;

/** A deny of any consent wins over the permits of all. */
export function closureOf(consents: readonly Meaning[]): Closure {
  const each = consents.map(consentClosure);
  return (question, facts) => {
    let isPermitted = false;
    for (const { permits, denies } of each) {
      if (denies(question, facts)) return false;
      isPermitted ||= permits(question, facts);
    }
    return isPermitted;
  };
}

function consentClosure(meaning: Meaning): { readonly permits: Closure; readonly denies: Closure } {
  const { permits, denies } = saidBy(meaning);
  const { start, end } = meaning.period;
  const refusals = denies.map(({ when, unless }) => {
    const isMet = every(when.map(testClosure));
    if (unless.length === 0) return isMet;
    const isOpened = any(unless.map(testClosure));
    return (question: Question, facts: Facts) => isMet(question, facts) && !isOpened(question, facts);
  });
  const inForce =
    (then: Closure): Closure =>
    (question, facts) =>
      question.at >= start && question.at <= end && then(question, facts);
  return { permits: inForce(any(permits.map(testClosure))), denies: inForce(any(refusals)) };
}

function any(closures: readonly Closure[]): Closure {
  return (question, facts) => {
    for (const closure of closures) if (closure(question, facts)) return true;
    return false;
  };
}

function every(closures: readonly Closure[]): Closure {
  const [first, second, ...more] = closures;
  if (!first) return () => true;
  if (!second) return first;
  const rest = every([second, ...more]);
  return (question, facts) => first(question, facts) && rest(question, facts);
}

/** What is likely to fail comes first. */
const testClosure = (test: Test): Closure => every([...ofQuestion(test), ...ofData(test)]);

function ofQuestion(test: Test): readonly Closure[] {
  const { effect, period, actors, purposes, actions } = test;
  const tests: Closure[] = [];
  if (actors) tests.push(actorClosure(actors, effect));
  if (purposes) tests.push(purposeClosure(new Set(purposesOf(test)), effect));
  if (actions) {
    const covered = new Set(actionsOf(test));
    tests.push(({ action }) => covered.has(action));
  }
  if (period) tests.push(({ at }) => at >= period.start && at <= period.end);
  return tests;
}

function ofData(test: Test): readonly Closure[] {
  const { effect, types, confidentiality, sensitivity, codes, dataPeriod } = test;
  const tests: Closure[] = [];
  if (types) {
    const named = new Set(types);
    tests.push((_, { type }) => named.has(type));
  }
  if (confidentiality !== undefined) {
    const bound = rankOf(confidentiality);
    tests.push(effect === 'permit' ? (_, { rank }) => rank <= bound : (_, { rank }) => rank >= bound);
  }
  if (sensitivity) {
    const covered = new Set(sensitivitiesOf(test));
    tests.push((_, { sensitivities }) => shares(sensitivities, covered));
  }
  if (codes) {
    const named = new Set(codes.map(({ system, code }) => `${system}|${code}`));
    tests.push((_, facts) => (facts.codes.size === 0 ? effect === 'deny' : shares(facts.codes, named)));
  }
  if (dataPeriod) tests.push(dateClosure(dataPeriod, effect));
  return tests;
}

/** What is not known helps no permit and hinders no deny. */
const dateClosure =
  ({ start, end }: Span, effect: Test['effect']): Closure =>
  (_, { moment }) =>
    moment === undefined ? effect === 'deny' : moment >= start && moment <= end;

function actorClosure(actors: readonly string[], effect: Test['effect']): Closure {
  const named = new Set(actors);
  return effect === 'permit'
    ? ({ forPermit }) => shares(forPermit, named)
    : ({ forDeny }) => shares(forDeny, named);
}

/** A permit needs all that is asked, a deny any of it, and none asked is never in the requester's favour (§6.5). */
function purposeClosure(covered: ReadonlySet<string>, effect: Test['effect']): Closure {
  return effect === 'permit'
    ? ({ purposes }) => {
        for (const purpose of purposes) if (!covered.has(purpose)) return false;
        return purposes.length > 0;
      }
    : ({ purposes }) => {
        for (const purpose of purposes) if (covered.has(purpose)) return true;
        return purposes.length === 0;
      };
}

function shares(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const each of some) if (others.has(each)) return true;
  return false;
}
