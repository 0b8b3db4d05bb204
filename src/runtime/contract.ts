/** The OpenAPI document of the whole application; composing it needs no database that answers. */

import { settingsSchema } from '../access/settings.ts';
import { asInstant } from '../base/instant.ts';
import type { App } from '../http/mount.ts';
import { openDatabase } from '../storage/database.ts';
import { composeApp } from './compose.ts';

/** Every route mounted, over a database that nothing connects to. */
export const applicationForContract = (): App =>
  composeApp({
    database: openDatabase('postgres://nobody@127.0.0.1:1/none', { connections: 1 }).database,
    issuer: 'https://consent.example.org',
    keySecret: 'for the contract alone, nothing is sealed',
    settings: settingsSchema.parse({}),
    clock: () => asInstant(0),
    random: (count) => new Uint8Array(count),
    log: () => {},
  });

export const contractDocument = () =>
  applicationForContract().getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Headwater',
      version: '0.1.0',
      description: 'Consent service and upstream authorization server for cascaded authorization.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: 'https://consent.example.org' }],
    tags: [],
  });
