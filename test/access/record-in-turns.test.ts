import { expect, test } from 'vitest';
import { recordInTurns } from '../../src/access/record-in-turns.ts';
import type { AuditEntry } from '../../src/audit/audit-log.ts';

const entry = (id: string) => ({ id }) as AuditEntry;

/** A log that acknowledges when told to. */
function aLog() {
  const statements: string[][] = [];
  const waiting: { readonly done: () => void; readonly fail: () => void }[] = [];
  const audit = {
    append: (entries: readonly AuditEntry[]) => {
      statements.push(entries.map(({ id }) => id));
      return new Promise<void>((done, fail) => waiting.push({ done, fail: () => fail(new Error('no')) }));
    },
  };
  const record = recordInTurns(audit);
  return {
    statements,
    waiting,
    append: (...ids: readonly string[]) => record((stores) => stores.audit.append(ids.map(entry))),
  };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test('who records while two statements are under way goes in the next, all together', async () => {
  const log = aLog();
  const first = log.append('a');
  await settled();
  const second = log.append('b');
  await settled();
  const others = [log.append('c', 'd'), log.append('e')];
  await settled();
  expect(log.statements).toEqual([['a'], ['b']]);
  log.waiting[0]?.done();
  await first;
  await settled();
  expect(log.statements).toEqual([['a'], ['b'], ['c', 'd', 'e']]);
  for (const each of log.waiting.slice(1)) each.done();
  await Promise.all([second, ...others]);
});

test('nobody is told that it was recorded before it was', async () => {
  const log = aLog();
  let isTold = false;
  const recorded = log.append('a').then(() => {
    isTold = true;
  });
  await settled();
  expect(isTold).toBe(false);
  log.waiting[0]?.done();
  await recorded;
  expect(isTold).toBe(true);
});

test('where the log fails, all who waited are told, and the next are recorded', async () => {
  const log = aLog();
  const failing = [log.append('a'), log.append('b')].map((each) =>
    each.catch((error: Error) => error.message),
  );
  await settled();
  log.waiting[0]?.fail();
  expect(await Promise.all(failing)).toEqual(['no', 'no']);
  const next = log.append('c');
  await settled();
  log.waiting[1]?.done();
  await next;
  expect(log.statements).toEqual([['a', 'b'], ['c']]);
});

test('a statement has a bound, and what belongs together stays in one', async () => {
  const log = aLog();
  const many = (count: number, name: string) => Array.from({ length: count }, (_, at) => `${name}${at}`);
  const first = log.append('a');
  await settled();
  const rest = [log.append(...many(3000, 'b')), log.append(...many(3000, 'c'))];
  for (const at of [0, 1, 2]) {
    await settled();
    log.waiting[at]?.done();
  }
  await Promise.all([first, ...rest]);
  expect(log.statements.map((each) => each.length)).toEqual([1, 3000, 3000]);
});
