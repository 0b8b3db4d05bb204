// Saves about a second of processor time at every start; nothing depends on it.

import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';

const dataDir = process.env.HEADWATER_DATA_DIR || '.headwater';

// What was compiled once need not be again. In our own folder, once there is one: whoever can write to a cache of code
// decides what runs, and the folder for temporary files is everybody's.
if (existsSync(dataDir)) module.enableCompileCache(join(dataDir, 'compiled'));

// Node reads the whole package.json, 179 KB, for each of drizzle's 100 modules to learn that it is an ES module. Ends
// when that file is small or `node -e "import('drizzle-orm/postgres-js')"` takes no second any more.
module.registerHooks({
  resolve(specifier, context, next) {
    const isInside = specifier.startsWith('.') && context.parentURL?.includes('/node_modules/drizzle-orm/');
    if (!isInside || !specifier.endsWith('.js')) return next(specifier, context);
    return { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true };
  },
});
