// `npm run bench -- NAME`: prints a table that sets us beside a named peer or limit, measured in the same run.
import { benchDecision } from './decision.ts';
import { benchEngine } from './engine.ts';
import { benchStore } from './store.ts';
import { benchTokens } from './tokens.ts';

const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  engine: benchEngine,
  decision: benchDecision,
  store: benchStore,
  tokens: benchTokens,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (!bench) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join('|')}\n`);
  process.exit(2);
}
await bench(args);
