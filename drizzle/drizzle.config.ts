// How drizzle-kit writes a migration from the schema: `npm run migration -- --name consent_history`.
// Paths are seen from the top of the repository, where npm runs its scripts. It never connects to a database:
// migrations are applied by `npm run migrate`, with the same code the server uses.
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/storage/tables/*.ts',
  out: './drizzle',
});
