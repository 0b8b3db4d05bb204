/** Resources in PostgreSQL: the current version in one table, every version in another, written together. */
import type { RandomBytes } from '../base/clock.ts';
import type { ResourceStore } from '../fhir/resource-store.ts';
import type { Database } from './database.ts';
import { readResources } from './read-resources.ts';
import { searchResources } from './search-resources.ts';
import { writeResources } from './write-resources.ts';

export const resourceStore = (db: Database, { random }: { readonly random: RandomBytes }): ResourceStore => ({
  ...readResources(db),
  ...writeResources(db, random),
  ...searchResources(db),
});
