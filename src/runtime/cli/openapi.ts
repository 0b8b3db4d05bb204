/** Writes the contract, from the very routes that are served. */
import { writeFile } from 'node:fs/promises';
import { contractDocument } from '../contract.ts';

const target = new URL('../../../openapi/headwater.json', import.meta.url);
await writeFile(target, `${JSON.stringify(contractDocument(), null, 2)}\n`);
