// The line between the story and one of its parties: commands go out, reports come back.

import type { ChildProcess } from 'node:child_process';
import type { Command, Report, Verbs } from './parties/party.ts';

/** A party as its parent sees it. */
export type Party<V extends Verbs> = {
  readonly url: string;
  readonly pid: number;
  readonly ask: <K extends keyof V>(verb: K, ...input: Parameters<V[K]>) => ReturnType<V[K]>;
};

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (why: Error) => void };

/** Waits for the URL of a party, then turns its reports into the answers of promises. */
export async function meet<V extends Verbs>(
  child: ChildProcess,
  file: string,
  output: () => string,
): Promise<Party<V>> {
  const waiting = new Map<number, Waiting>();
  const answerTo = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    return found;
  };
  const url = await new Promise<string>((resolve, reject) => {
    child.on('message', (report: Report) => {
      if ('ready' in report) resolve(report.url);
      else if ('error' in report) answerTo(report.id)?.reject(new Error(`${file}: ${report.error}`));
      else answerTo(report.id)?.resolve(report.result);
    });
    child.once('exit', () => {
      const ended = new Error(`${file} ended:\n${output()}`);
      reject(ended);
      for (const id of [...waiting.keys()]) answerTo(id)?.reject(ended);
    });
  });

  let last = 0;
  function ask<K extends keyof V>(verb: K, ...input: Parameters<V[K]>): ReturnType<V[K]> {
    last += 1;
    const command: Command = { id: last, verb: String(verb), input: input[0] };
    const answer = new Promise((resolve, reject) => waiting.set(command.id, { resolve, reject }));
    child.send(command);
    return answer as ReturnType<V[K]>;
  }

  return { url, pid: child.pid ?? 0, ask };
}
