// RPTs and introspection beside oidc-provider, both over HTTP on loopback; the whole flow; and among ever more tokens.
import { median, perSecond, rates, ratio, table } from './measure.ts';
import { benchService } from './service.ts';
import { tokensOfOthers } from './tokens/others.ts';
import { type Ours, startOurs } from './tokens/ours.ts';
import type { Call, Post } from './tokens/over-http.ts';
import { type Peer, startPeer } from './tokens/peer.ts';
import { statementsOf } from './tokens/statements-of.ts';

const connections = 10;
const sizes = [1_000, 10_000, 100_000, 1_000_000];
/** As `rates` takes them: a round that warms up, and seven that count. */
const turns = 8;

/** `args[0]`: the largest number of live tokens to go to. */
export async function benchTokens(args: readonly string[]): Promise<void> {
  const largest = Number(args[0] ?? sizes.at(-1));
  const service = await benchService(connections);
  const [ours, peer] = [await startOurs(service), await startPeer()];
  try {
    process.stdout.write(`${table(await statements(service, ours))}\n\n`);
    process.stdout.write(`${table(await besideThePeer(ours, peer))}\n\n`);
    process.stdout.write(`${table(await wholeFlow(ours))}\n\n`);
    const rows = [['live tokens', ...head, 'cost of an RPT', 'of introspection']];
    let first: readonly number[] | undefined;
    let held = 0;
    for (const size of sizes.filter((each) => each <= largest)) {
      await tokensOfOthers(service, held, size);
      held = size;
      const { cells, ratios } = await measured(ours, peer, 8, 100);
      first ??= ratios;
      // In the peer's units, since the machine is not the same from minute to minute.
      rows.push([size.toLocaleString('en'), ...cells, ...ratios.map((each, at) => ratio(first?.[at], each))]);
      process.stderr.write(`${rows.at(-1)?.join('  ')}\n`);
    }
    process.stdout.write(`${table(rows)}\n`);
  } finally {
    ours.stop();
    peer.stop();
    await service.stop();
  }
}

const head = ['RPTs/s', "peer's tokens/s", 'ratio', 'introspections/s', "peer's/s", 'ratio'];

async function besideThePeer(ours: Ours, peer: Peer) {
  const rows = [['lanes', ...head]];
  for (const lanes of [1, 8, 64]) {
    const { cells } = await measured(ours, peer, lanes, lanes === 1 ? 60 : 200);
    rows.push([String(lanes), ...cells]);
    process.stderr.write(`${rows.at(-1)?.join('  ')}\n`);
  }
  return rows;
}

async function measured(ours: Ours, peer: Peer, lanes: number, each: number) {
  const rpts = await rates(
    [
      { name: 'ours', once: inTurn(ours.post, await ours.rptCalls(each * turns)) },
      { name: 'peer', once: inTurn(peer.post, await made(each * turns, peer.tokenCall)) },
    ],
    { each, lanes },
  );
  const asked = await rates(
    [
      { name: 'ours', once: inTurn(ours.post, await made(50, ours.introspectionCall)) },
      { name: 'peer', once: inTurn(peer.post, await made(50, peer.introspectionCall)) },
    ],
    { each, lanes },
  );
  const pairs = [rpts, asked].map((found) => [found.get('ours') ?? 0, found.get('peer') ?? 0] as const);
  return {
    cells: pairs.flatMap(([own, other]) => [perSecond(own), perSecond(other), ratio(own, other)]),
    ratios: pairs.map(([own, other]) => own / other),
  };
}

const made = async (count: number, make: () => Promise<Call>): Promise<readonly Call[]> => {
  const calls: Call[] = [];
  for (let n = 0; n < count; n++) calls.push(await make());
  return calls;
};

/** One call after the other, each once where there are enough of them. */
function inTurn(post: Post, calls: readonly Call[]): (n: number) => Promise<unknown> {
  let next = 0;
  return async () => {
    const call = calls[next++ % calls.length];
    if (call) await post(call);
  };
}

/** Permission ticket and RPT, one after the other, as a resource server and an app see them. */
async function wholeFlow(ours: Ours) {
  const rows = [['lanes', 'ticket and RPT/s', 'ms each, median']];
  const flow = async (): Promise<number> => {
    const began = performance.now();
    const { ticket } = JSON.parse(await ours.post(ours.permissionCall())) as { ticket: string };
    await ours.post(await ours.rptCall(ticket));
    return performance.now() - began;
  };
  for (const lanes of [1, 8, 64]) {
    const took: number[] = [];
    const once = async () => took.push(await flow());
    const found = await rates([{ name: 'flow', once }], { each: lanes === 1 ? 40 : 120, lanes });
    rows.push([String(lanes), perSecond(found.get('flow') ?? 0), median(took).toFixed(1)]);
  }
  return rows;
}

/** On every connection the first of a kind tells the database what it is about, which takes round trips more. */
const least = (counts: readonly number[]): string => String(Math.min(...counts));

async function statements(service: Parameters<typeof statementsOf>[0], ours: Ours) {
  const kinds: readonly (readonly [string, (count: number) => Promise<readonly Call[]>])[] = [
    ['access token by client_credentials', (count) => made(count, ours.tokenCall)],
    ['permission ticket', (count) => made(count, async () => ours.permissionCall())],
    ['RPT', ours.rptCalls],
    ['introspection', (count) => made(count, ours.introspectionCall)],
  ];
  const rows = [['', 'statements', 'round trips']];
  for (const [name, callsOf] of kinds) {
    const calls = await callsOf(4 * connections);
    const counts: Awaited<ReturnType<typeof statementsOf>>[] = [];
    for (const call of calls) counts.push(await statementsOf(service, () => ours.post(call)));
    rows.push([
      name,
      least(counts.map((count) => count.statements)),
      least(counts.map((count) => count.roundTrips)),
    ]);
  }
  return rows;
}
