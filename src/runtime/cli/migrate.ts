/** `npm run migrate`: brings the configured database to this version's schema. */
import { configOrExit } from '../config-or-exit.ts';
import { withConfiguredDatabase } from '../configured-database.ts';
import { migrate } from '../migrate.ts';

const { databaseUrl } = configOrExit();
// Opening the embedded database migrates it.
if (databaseUrl) await migrate(databaseUrl.reveal());
else await withConfiguredDatabase(async () => undefined);
process.stdout.write('the database is at the schema of this version\n');
