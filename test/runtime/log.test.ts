import { expect, test } from 'vitest';
import { createLog } from '../../src/runtime/log.ts';

function logged(level: Parameters<typeof createLog>[0], facts: Readonly<Record<string, unknown>>): string {
  const lines: string[] = [];
  createLog(level, (line) => lines.push(line))('request.failed', facts);
  return lines.join('\n');
}

test('an event is one line of JSON', () => {
  expect(JSON.parse(logged('info', { requestId: 'r-1' }))).toEqual({
    level: 'info',
    event: 'request.failed',
    requestId: 'r-1',
  });
});

test('what lies below the level is not written', () => {
  expect(logged('error', { requestId: 'r-1' })).toBe('');
  expect(logged('silent', { error: new Error('boom') })).toBe('');
});

test('the message of a database error, which may quote a patient, never reaches the log', () => {
  const cause = Object.assign(new Error('invalid input: "Ann Example"'), {
    name: 'PostgresError',
    code: '22P02',
  });
  const error = new Error('Failed query: insert … params: Ann Example', { cause });
  const line = logged('info', { error });
  expect(line).not.toContain('Ann Example');
  expect(JSON.parse(line).error.cause.code).toBe('22P02');
});

test('another error keeps its message, and the chain of its causes', () => {
  const line = logged('info', { error: new Error('outer', { cause: new Error('inner') }) });
  expect(JSON.parse(line).error).toMatchObject({ message: 'outer', cause: { message: 'inner' } });
});
