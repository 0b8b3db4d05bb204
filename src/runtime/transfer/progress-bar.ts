/** How far an import has come, for whoever watches a terminal. */
import { SingleBar } from 'cli-progress';
import type { Counts } from './tally.ts';

export type Progress = {
  /** Bytes that were read since. */
  readonly advance: (bytes: number) => void;
  readonly show: (counts: Counts) => void;
  /** Makes room for a line of text. */
  readonly clear: () => void;
  readonly end: () => void;
};

export const noProgress: Progress = { advance: () => {}, show: () => {}, clear: () => {}, end: () => {} };

const eraseLine = '\r\u001b[K';

/** `total` in bytes, as far as it is known. */
export function progressBar(terminal: NodeJS.WritableStream, total: number): Progress {
  const bar = new SingleBar({
    format: '{bar} {percentage} %  {read} read, {refused} refused  {duration_formatted}',
    stream: terminal,
    barsize: 24,
    clearOnComplete: true,
    // What is written between two drawings wipes the bar away.
    forceRedraw: true,
  });
  bar.start(total, 0, { read: 0, refused: 0 });
  return {
    advance: (bytes) => bar.increment(bytes),
    show: ({ read, refused }) => bar.update({ read, refused }),
    clear: () => void terminal.write(eraseLine),
    end: () => bar.stop(),
  };
}
