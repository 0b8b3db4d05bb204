/** What one request asks of the database, counted at the driver: statements, and how often it waits for an answer. */
import { Socket } from 'node:net';
import type { BenchService } from '../service.ts';

export async function statementsOf(
  { client }: BenchService,
  work: () => Promise<unknown>,
): Promise<{ readonly statements: number; readonly roundTrips: number }> {
  let statements = 0;
  const before = client.options.debug;
  client.options.debug = () => {
    statements++;
  };
  const count = countingAnswers(Number(client.options.port[0]));
  try {
    await work();
    return { statements, roundTrips: count.seen() };
  } finally {
    count.stop();
    Object.assign(client.options, { debug: before });
  }
}

/** Packets from the database that follow upon something that was sent: of what was sent together, one. */
function countingAnswers(port: number) {
  const { emit, write } = Socket.prototype;
  const waiting = new WeakSet<Socket>();
  let seen = 0;
  Socket.prototype.write = function (this: Socket, ...args: never[]) {
    if (this.remotePort === port) waiting.add(this);
    return (write as (...args: never[]) => boolean).apply(this, args);
  } as typeof write;
  Socket.prototype.emit = function (this: Socket, ...args: never[]) {
    if ((args[0] as unknown) === 'data' && waiting.delete(this)) seen++;
    return (emit as (...args: never[]) => boolean).apply(this, args);
  } as typeof emit;
  return {
    seen: () => seen,
    stop: () => Object.assign(Socket.prototype, { emit, write }),
  };
}
