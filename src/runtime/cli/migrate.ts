/** `npm run migrate`: brings the configured database to this version's schema. */
import { migrateConfiguredDatabase } from '../configured-database.ts';

await migrateConfiguredDatabase();
process.stdout.write('the database is at the schema of this version\n');
