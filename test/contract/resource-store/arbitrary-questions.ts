/** Resources and questions from a small world, so that most questions find some of them and not all. */
import fc from 'fast-check';
import { asInstant } from '../../../src/base/instant.ts';
import type { ResourceWrite } from '../../../src/fhir/resource-store.ts';
import type { Condition, DateTest, Question, Sort } from '../../../src/fhir/search/search.ts';
import { at, aWrite } from './writes.ts';

const among = <Value>(...values: readonly Value[]) => fc.constantFrom(...values);
const some = <Value>(of: fc.Arbitrary<Value>, minLength = 1) => fc.array(of, { minLength, maxLength: 3 });

const instant = fc.integer({ min: 0, max: 12 }).map((n) => asInstant(at + n));
const range = fc.tuple(instant, instant).map(([a, b]) => ({
  start: asInstant(Math.min(a, b)),
  end: asInstant(Math.max(a, b)),
}));
const parameter = among('date', 'period');
const date = fc
  .tuple(parameter, range, among('closed', 'from', 'until', 'open'))
  .map(([name, { start, end }, kind]) => ({
    parameter: name,
    ...(kind === 'closed' || kind === 'from' ? { start } : {}),
    ...(kind === 'closed' || kind === 'until' ? { end } : {}),
  }));

export const patients = ['ann', 'bob', 'eve'];
const entry = among('a=1', 'a=2', 'b=|x', 'b= x', 'c=ü"{,\'\\', 'c');
const organizations = ['o1', 'o2', 'o3'];
const reference = among('actor', 'manager').chain((name) =>
  among(...organizations).map((id) => `${name}=Organization/${id}`),
);

const consent: fc.Arbitrary<Partial<ResourceWrite>> = fc.record({
  patient: among(...patients, undefined),
  status: among('active', 'draft', undefined),
  at: instant,
  index: fc.record({
    entries: fc.array(fc.oneof(entry, reference), { maxLength: 5 }),
    dates: fc.array(date, { maxLength: 3 }),
  }),
});

/** Organizations that can be referred to come first. */
export const corpus = (run: string): fc.Arbitrary<readonly ResourceWrite[]> =>
  fc
    .tuple(fc.array(some(entry, 0), { minLength: 3, maxLength: 3 }), fc.array(consent, { maxLength: 25 }))
    .map(([named, consents]) => [
      ...organizations.map((id, n) =>
        aWrite({
          type: 'Organization',
          id,
          patient: undefined,
          index: { entries: named[n] ?? [], dates: [] },
        }),
      ),
      ...consents.map((changes, n) => aWrite({ ...changes, id: `${run}-${String(n).padStart(2, '0')}` })),
    ]);

const test: fc.Arbitrary<DateTest> = fc
  .tuple(among<DateTest['prefix']>('eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'), range)
  .map(([prefix, { start, end }]) => ({ prefix, start, end }));

const condition = (run: string): fc.Arbitrary<Condition> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('id' as const),
      any: some(fc.integer({ min: 0, max: 25 }).map((n) => `${run}-${String(n).padStart(2, '0')}`)),
    }),
    fc.record({ kind: fc.constant('patient' as const), any: some(among(...patients), 0) }),
    fc.record({ kind: fc.constant('entry' as const), any: some(entry, 0), not: fc.boolean() }),
    fc.record({ kind: fc.constant('prefix' as const), any: some(among('a', 'a=', 'b= ', 'c=ü"', 'z', '%')) }),
    fc.record({ kind: fc.constant('date' as const), parameters: some(parameter), any: some(test) }),
    fc.record({ kind: fc.constant('updated' as const), any: some(test) }),
    fc.record({
      kind: fc.constant('chain' as const),
      parameters: some(among('actor', 'manager')),
      types: some(among('Organization', 'Practitioner')),
      any: some(entry),
    }),
  );

export const question = (run: string): fc.Arbitrary<Question> =>
  fc.array(condition(run), { maxLength: 3 }).map((all) => ({ type: 'Consent', all }));

export const sorting: fc.Arbitrary<readonly Sort[]> = fc.array(
  fc.record({
    by: among<Sort['by']>(
      '_id',
      '_lastUpdated',
      'status',
      'patient',
      { dates: ['date'] },
      { dates: ['date', 'period'] },
    ),
    descending: fc.boolean(),
  }),
  { maxLength: 3 },
);
