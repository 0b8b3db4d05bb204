// Keeps the tests on this machine: a call that leaves loopback is refused, and the test that made it fails even when
// the code under test survived the refusal. Loaded before every test file, so it stays light: it guards sockets and
// name look-ups itself. Tests that expect outbound calls answer them with msw, through fake-network.ts.

import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { BlockList, isIP, type LookupFunction, Socket } from 'node:net';
import { afterAll, afterEach } from 'vitest';

const refused: string[] = [];

/** What was refused since the last look; taking it keeps the test from failing. For the guard's own test. */
export const takeRefused = (): readonly string[] => refused.splice(0);

const refuse = (target: string): Error => {
  refused.push(target);
  return Object.assign(new Error(`a test may not reach \`${target}\``), { code: 'ENETUNREACH' });
};

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const isLoopback = (host: string): boolean => {
  const family = isIP(host);
  if (family === 0) return host === 'localhost' || host.endsWith('.localhost');
  return loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
};

type Target = {
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  lookup?: LookupFunction;
};

// The ways to call Socket.connect: (options), ([options]) from net.connect, (port, host), (path).
const targetOf = ([first, second]: readonly unknown[]): Target => {
  if (Array.isArray(first)) return targetOf(first);
  if (typeof first === 'object' && first !== null) return first;
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first };
  return { port: Number(first), ...(typeof second === 'string' && { host: second }) };
};

const callbackOf = (args: readonly unknown[]): unknown =>
  (Array.isArray(args[0]) ? args[0] : args).find((arg) => typeof arg === 'function');

// Stands in for the look-up of a host outside. A caller that brings its own look-up, as msw does for a call it will
// answer itself, may still end on loopback.
const lookupFor = (target: string, own: LookupFunction | undefined): LookupFunction => {
  if (own === undefined) return (_host, _options, done) => process.nextTick(done, refuse(target), '', 0);
  return (host, options, done) =>
    own(host, options, (error, address, family) => {
      const addresses = Array.isArray(address) ? address.map((one) => one.address) : [address];
      if (error || addresses.every(isLoopback)) return done(error, address, family);
      return done(refuse(target), '', 0);
    });
};

// The refusal takes the way of a failed look-up, so that every client meets it as an ordinary network error. A bare
// address is given a name to fail on.
const guardSockets = (): void => {
  const connect = Socket.prototype.connect as (this: Socket, ...args: unknown[]) => Socket;
  Socket.prototype.connect = function guarded(this: Socket, ...args: unknown[]): Socket {
    const target = targetOf(args);
    const host = target.host || 'localhost';
    if (target.path || isLoopback(host)) return connect.apply(this, args);
    const lookup = lookupFor(`${host}:${target.port}`, target.lookup);
    const name = isIP(host) === 0 ? host : 'outside.invalid';
    return connect.call(this, { ...target, host: name, lookup }, callbackOf(args));
  };
};

// Looking a name up is a call too: a guard against private addresses does so before it connects.
const guardLookups = (): void => {
  const lookup = dns.lookup as (host: string, ...rest: unknown[]) => void;
  const lookupPromise = dns.promises.lookup as (host: string, ...rest: unknown[]) => Promise<unknown>;
  const passes = (host: string): boolean => isIP(host) !== 0 || isLoopback(host);
  const byCallback = (host: string, ...rest: unknown[]): void => {
    if (passes(host)) lookup(host, ...rest);
    else process.nextTick(rest.at(-1) as (error: Error) => void, refuse(`name ${host}`));
  };
  const byPromise = async (host: string, ...rest: unknown[]): Promise<unknown> => {
    if (passes(host)) return await lookupPromise(host, ...rest);
    throw refuse(`name ${host}`);
  };
  Object.assign(dns, { lookup: byCallback, resolve: byCallback, resolve4: byCallback, resolve6: byCallback });
  Object.assign(dns.promises, {
    lookup: byPromise,
    resolve: byPromise,
    resolve4: byPromise,
    resolve6: byPromise,
  });
  syncBuiltinESMExports();
};

const failOnRefused = (): void => {
  const targets = takeRefused();
  if (targets.length > 0) throw new Error(`calls left this machine: ${targets.join(', ')}`);
};

guardSockets();
guardLookups();
afterEach(failOnRefused);
afterAll(failOnRefused); // what a hook called outside any test
