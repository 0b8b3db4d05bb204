/** The decision engine beside Cedar and beside closures written for the very consents, all giving the same answers. */
import { preparse } from './engine/cedar.ts';
import { programOf } from './engine/ours.ts';
import { type Case, type Scene, sceneOf } from './engine/scenes.ts';
import { takeTurns } from './engine/turns.ts';
import { heapInUse, perSecond, ratio, table } from './measure.ts';

/** Consents of a patient, and how many patients share a measurement: what a single one means should not tell. */
const sizes = [
  { consents: 1, patients: 16 },
  { consents: 10, patients: 4 },
  { consents: 100, patients: 1 },
];
const casesPerSize = 480;

/** `args[0]`: a seed other than the usual one. */
export async function benchEngine(args: readonly string[]): Promise<void> {
  const seed = Number(args[0] ?? 1);
  const groups = sizes.map(({ consents, patients }) => ({
    consents,
    scenes: Array.from({ length: patients }, (_, n) =>
      sceneOf(seed * 1000 + n, consents, casesPerSize / patients),
    ),
  }));
  for (const { scenes } of groups) for (const { cases } of scenes) for (const each of cases) mustAgree(each);
  const parts = [decisions(groups), madeReady(groups), compiling(groups), held(groups[0]?.scenes ?? [])];
  for (const part of parts) process.stdout.write(`${part}\n\n`);
}

type Group = { readonly consents: number; readonly scenes: readonly Scene[] };

/** Contenders that answer differently do different work. */
function mustAgree({ asked, data, ours, isShown, cedar, packed, closures }: Case): void {
  const answers = { ours: ours(), filter: isShown(), cedar: cedar(), packed: packed(), closures: closures() };
  if (new Set(Object.values(answers)).size > 1)
    throw new Error(`they do not agree: ${JSON.stringify({ answers, asked, data })}`);
}

function decisions(groups: readonly Group[]): string {
  const head = ['consents', 'permits', 'ours/s', 'residual/s', 'Cedar/s', 'Cedar packed/s', 'closures/s'];
  const rows = groups.map(({ consents, scenes }) => {
    // Patients take turns, as they do in a service.
    const cases = interleaved(scenes.map((scene) => scene.cases));
    const at = (n: number): Case => cases[n % cases.length] as Case;
    const rate = takeTurns([
      { name: 'ours', once: (n) => at(n).ours() },
      { name: 'residual', once: (n) => at(n).residual() },
      ...peers.map((name) => ({ name, once: (n: number) => at(n)[name]() })),
    ]);
    const share = cases.filter(({ closures }) => closures()).length / cases.length;
    const ratios = peers.map((name) => ratio(rate.get('ours'), rate.get(name)));
    const rates = [...rate.values()].map(perSecond);
    return [String(consents), `${Math.round(share * 100)} %`, ...rates, ...ratios];
  });
  return table([[...head, '× Cedar', '× packed', '× closures'], ...rows]);
}

const peers = ['cedar', 'packed', 'closures'] as const;

const interleaved = (lists: readonly (readonly Case[])[]): readonly Case[] =>
  (lists[0] ?? []).flatMap((_, n) => lists.flatMap((list) => list[n] ?? []));

function compiling(groups: readonly Group[]): string {
  const rows = groups.map(({ consents, scenes }) => {
    const texts = scenes.map(textOf);
    const rate = takeTurns([
      { name: 'ours', once: (n) => programOf(JSON.parse(texts[n % texts.length] ?? '[]')) },
      { name: 'cedar', once: (n) => preparse('compiled', scenes[n % scenes.length]?.policies ?? '') },
    ]);
    const perConsent = (name: string): string => (1000 / (rate.get(name) ?? 0) / consents).toFixed(3);
    return [
      String(consents),
      perConsent('ours'),
      perConsent('cedar'),
      ratio(rate.get('ours'), rate.get('cedar')),
    ];
  });
  return table([['consents', 'compile, ms each', 'Cedar preparse, ms each', '× Cedar'], ...rows]);
}

const textOf = ({ consents, directory }: Scene): string => JSON.stringify([...consents, ...directory]);

/** What is made ready once for a resource or a requester, and stands outside the decisions above. */
function madeReady(groups: readonly Group[]): string {
  const cases = groups.flatMap(({ scenes }) => scenes.flatMap((scene) => scene.cases));
  const at = (n: number): Case => cases[n % cases.length] as Case;
  const rate = takeTurns([
    { name: 'facts of a resource', once: (n) => at(n).readFacts() },
    { name: 'names of a requester', once: (n) => at(n).identify() },
  ]);
  return table([['made ready', 'per second'], ...[...rate].map(([name, each]) => [name, perSecond(each)])]);
}

const programsHeld = 10_000;

/** What a cache of programs costs, each from resources of its own, as they come from a database. */
function held(scenes: readonly Scene[]): string {
  const texts = scenes.map(textOf);
  const before = heapInUse();
  const programs = Array.from({ length: programsHeld }, (_, n) =>
    programOf(JSON.parse(texts[n % texts.length] ?? '[]')),
  );
  const used = (heapInUse() - before) / 2 ** 20;
  const text = texts.reduce((sum, { length }) => sum + length, 0) / texts.length / 1024;
  const head = ['programs of 1 consent', 'heap, MB', 'KB each', 'JSON it was made of, KB'];
  const each = ((used * 1024) / programs.length).toFixed(1);
  return table([head, [programs.length.toLocaleString('en'), used.toFixed(0), each, text.toFixed(1)]]);
}
