/** Reads the configuration of this process, or says everything that is wrong with it and ends. */
import { readFileSync } from 'node:fs';
import { type Config, readConfig } from './config.ts';

export function configOrExit(): Config {
  const config = readConfig(process.env, {
    required: [],
    readSettings: (file) => readFileSync(file, 'utf8'),
  });
  if (config.ok) return config.value;
  for (const { variable, expected } of config.failure) console.error(`${variable}: expected ${expected}`);
  process.exit(1);
}
