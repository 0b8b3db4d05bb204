// `npm run demo`: the story on the terminal. Ends with 0 only if every step asserted something and all of it held.

import { startHeadwater } from './headwater.ts';
import { terminal } from './narrator.ts';
import { startProcesses } from './processes.ts';
import { type Scene, setScene } from './scene.ts';
import { story } from './story.ts';

const processes = startProcesses();
const narrator = terminal(process.stdout);
let scene: Scene | undefined;

async function tellStory(): Promise<void> {
  narrator.title('Cascaded authorization, end to end');
  narrator.tell(
    'Harbour Hospital runs its own authorization server. Its patient keeps her consents at Headwater, and the ' +
      "hospital has agreed to issue no token on her record without Headwater's approval. Starting everybody…",
  );
  scene = await setScene(processes, startHeadwater(processes), narrator);
  introduce(scene);
  for (const [index, step] of story.entries()) {
    narrator.title(`${index + 1}. ${step.title}`);
    narrator.tell(step.narration);
    await runStep(scene, step.run);
  }
  narrator.title(`All ${story.length} steps held: ${scene.check.count()} assertions.`);
}

function introduce({ headwater: { issuer, pid }, hospital, records, clinicApp, show }: Scene): void {
  show('Headwater       ', `${issuer} (process ${pid})`);
  show('hospital        ', `${hospital.url} (process ${hospital.pid})`);
  show('record server   ', `${records.url} (process ${records.pid})`);
  show("clinician's app ", `process ${clinicApp.pid}; others alike`);
}

async function runStep(scene: Scene, run: (scene: Scene) => Promise<void>): Promise<void> {
  const [before, begun] = [scene.check.count(), performance.now()];
  await run(scene);
  const asserted = scene.check.count() - before;
  if (asserted === 0) throw new Error('a step that asserts nothing proves nothing');
  narrator.ended(asserted, Math.round(performance.now() - begun));
}

let leaving: Promise<never> | undefined;

/** Every process that was started is stopped by its own pid, whatever way the story ends. */
function leave(code: number): Promise<never> {
  leaving ??= processes.stopAll().then(() => process.exit(code));
  return leaving;
}

/** A story that breaks because we are leaving already is not worth a word. */
async function complain(failure: unknown): Promise<never> {
  if (leaving !== undefined) return await leaving;
  const why = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
  const refusals = await scene?.hospital.ask('log').catch(() => []);
  process.stderr.write(`\nThe story broke here:\n${why}\n`);
  process.stderr.write(`What Headwater printed:\n${processes.printed()}\n`);
  process.stderr.write(`What the hospital refused: ${JSON.stringify(refusals ?? [])}\n`);
  return await leave(1);
}

process.on('exit', processes.killAll);
const signals = [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const;
for (const [signal, number] of signals) process.once(signal, () => void leave(128 + number));
process.once('uncaughtException', (failure) => void complain(failure));

await tellStory().then(() => leave(0), complain);
