import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asInstant, civil, formatInstant, parseInstant } from '../../src/base/instant.ts';

const instant = fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9999, 11, 31) }).map(asInstant);

test('an instant is written as Date writes it', () => {
  fc.assert(
    fc.property(instant, (at) => {
      expect(formatInstant(at)).toBe(new Date(at).toISOString());
    }),
  );
});

test('what was written reads back', () => {
  fc.assert(
    fc.property(instant, (at) => {
      expect(parseInstant(formatInstant(at))).toBe(at);
    }),
  );
});

test('an offset is taken into account, and digits beyond the millisecond dropped', () => {
  expect(parseInstant('2026-06-15T14:00:00+02:00')).toBe(Date.UTC(2026, 5, 15, 12));
  expect(parseInstant('2026-06-15T12:00:00.123999Z')).toBe(Date.UTC(2026, 5, 15, 12, 0, 0, 123));
});

test.each([
  '2026-06-15',
  '2026-06-15T12:00Z',
  '2026-06-15T12:00:00',
  '2026-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-06-15T24:00:00Z',
  '2026-06-15T12:60:00Z',
  '2026-06-15T12:00:00+15:00',
  ' 2026-06-15T12:00:00Z',
])('%s is no instant', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

test('leap days exist in leap years alone', () => {
  expect(civil(2024, 2, 29)).toBeDefined();
  expect(civil(2000, 2, 29)).toBeDefined();
  expect(civil(1900, 2, 29)).toBeUndefined();
  expect(civil(2026, 4, 31)).toBeUndefined();
});
