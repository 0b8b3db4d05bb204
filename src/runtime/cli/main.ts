/** `npm run headwater -- COMMAND`. */
import { headwater } from './headwater.ts';

// A reader that went away is heard of where something is written.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await headwater(process.argv.slice(2), {
  print: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (cause) =>
        cause ? reject(new Error('nobody reads the output any more', { cause })) : resolve(),
      );
    }),
  complain: (text) => process.stderr.write(text),
  ...(process.stderr.isTTY ? { terminal: process.stderr } : {}),
});
