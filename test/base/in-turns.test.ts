import { expect, test } from 'vitest';
import { inTurns } from '../../src/base/in-turns.ts';

/** A round trip for each call, which ends when told to. */
function aRoundTrip() {
  const begun: { readonly asked: readonly number[]; end: () => void; fail: () => void }[] = [];
  const ask = inTurns<number, string>((asked) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
    const trip = [...asked];
    begun.push({
      asked: trip,
      end: () => resolve(trip.map((each) => `answer ${each}`)),
      fail: () => reject(new Error('the database is gone')),
    });
    return promise;
  });
  const settle = () => new Promise<void>((done) => setImmediate(done));
  return { ask, begun, settle };
}

test('those who come in the same moment go together, and each gets its own answers in order', async () => {
  const { ask, begun, settle } = aRoundTrip();
  const answers = Promise.all([ask([1, 2]), ask([]), ask([3])]);
  await settle();
  expect(begun.map(({ asked }) => asked)).toEqual([[1, 2, 3]]);
  begun[0]?.end();
  expect(await answers).toEqual([['answer 1', 'answer 2'], [], ['answer 3']]);
});

test('nobody joins what has begun; while two are under way, all others wait for one and the same', async () => {
  const { ask, begun, settle } = aRoundTrip();
  const answers: Promise<readonly string[]>[] = [];
  for (const each of [1, 2, 3, 4]) {
    answers.push(ask([each]));
    await settle();
  }
  expect(begun.map(({ asked }) => asked)).toEqual([[1], [2]]);
  begun[1]?.end();
  await settle();
  expect(begun.map(({ asked }) => asked)).toEqual([[1], [2], [3, 4]]);
  begun[0]?.end();
  begun[2]?.end();
  expect((await Promise.all(answers)).flat()).toEqual(['answer 1', 'answer 2', 'answer 3', 'answer 4']);
});

test('a round trip that fails fails for those who went in it, and for nobody else', async () => {
  const { ask, begun, settle } = aRoundTrip();
  const first = ask([1]);
  const refused = expect(first).rejects.toThrow('the database is gone');
  await settle();
  const second = ask([2]);
  await settle();
  const third = ask([3]);
  begun[0]?.fail();
  await refused;
  await settle();
  expect(begun.map(({ asked }) => asked)).toEqual([[1], [2], [3]]);
  begun[1]?.end();
  begun[2]?.end();
  expect(await Promise.all([second, third])).toEqual([['answer 2'], ['answer 3']]);
});

test('one that hangs does not keep the others from their answers', async () => {
  const { ask, begun, settle } = aRoundTrip();
  void ask([1]);
  await settle();
  for (const each of [2, 3]) {
    const answer = ask([each]);
    await settle();
    begun.at(-1)?.end();
    expect(await answer).toEqual([`answer ${each}`]);
  }
});
