/** `npm run headwater -- COMMAND`. */
import { headwater } from './headwater.ts';

process.exitCode = await headwater(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
