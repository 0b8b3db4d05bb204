/** What a question means, answered by looking at every resource: the yardstick for stores that have an index. */
import type { ResourceWrite } from '../../../src/fhir/resource-store.ts';
import type { Condition, DateEntry, DateTest, Question, Sort } from '../../../src/fhir/search/search.ts';

/** In the order of their creation. */
export type Corpus = readonly ResourceWrite[];

export const scan = (corpus: Corpus, question: Question, order: readonly Sort[]): readonly string[] =>
  corpus
    .filter(({ type }) => type === question.type)
    .filter((write) => question.all.every((condition) => holds(condition, write, corpus)))
    .toSorted((a, b) => order.reduce((found, sort) => found || compare(sort, a, b), 0))
    .map(({ id }) => id);

function holds(condition: Condition, write: ResourceWrite, corpus: Corpus): boolean {
  const { entries, dates } = write.index;
  switch (condition.kind) {
    case 'id':
      return condition.any.includes(write.id);
    case 'patient':
      return condition.any.some((patient) => patient === write.patient);
    case 'entry':
      return condition.any.some((entry) => entries.includes(entry)) !== (condition.not ?? false);
    case 'prefix':
      return condition.any.some((prefix) => entries.some((entry) => entry.startsWith(prefix)));
    case 'date':
      return dates
        .filter(({ parameter }) => condition.parameters.includes(parameter))
        .some((date) => condition.any.some((test) => compares(test, date)));
    case 'updated':
      return condition.any.some((test) => compares(test, { start: write.at, end: write.at }));
    case 'chain': {
      const targets = corpus
        .filter(
          ({ type, index }) => condition.types.includes(type) && index.entries.some(isOneOf(condition.any)),
        )
        .flatMap(({ type, id }) => condition.parameters.map((parameter) => `${parameter}=${type}/${id}`));
      return entries.some(isOneOf(targets));
    }
  }
}

const isOneOf = (list: readonly string[]) => (text: string) => list.includes(text);

function compares(
  { prefix, start: S, end: E }: DateTest,
  { start: s = -Infinity as never, end: e = Infinity as never }: Pick<DateEntry, 'start' | 'end'>,
): boolean {
  const isWithin = S <= s && e <= E;
  const meanings = {
    eq: isWithin,
    ne: !isWithin,
    gt: e > E,
    lt: s < S,
    ge: e > E || isWithin,
    le: s < S || isWithin,
    sa: s > E,
    eb: e < S,
    ap: s <= E && e >= S,
  };
  return meanings[prefix];
}

function compare(sort: Sort, a: ResourceWrite, b: ResourceWrite): number {
  const [x, y] = [sortValueOf(sort, a), sortValueOf(sort, b)];
  if (x === y) return 0;
  if (x === undefined) return 1;
  if (y === undefined) return -1;
  return x < y === sort.descending ? 1 : -1;
}

function sortValueOf({ by, descending }: Sort, write: ResourceWrite): string | number | undefined {
  if (by === '_id') return write.id;
  if (by === '_lastUpdated') return write.at;
  if (by === 'status') return write.status;
  if (by === 'patient') return write.patient;
  const dates = write.index.dates.filter(({ parameter }) => by.dates.includes(parameter));
  if (dates.length === 0) return undefined;
  return descending
    ? Math.max(...dates.map(({ end }) => end ?? Infinity))
    : Math.min(...dates.map(({ start }) => start ?? -Infinity));
}
