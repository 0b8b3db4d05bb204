/** The directory for those who ask for nothing else: whoever is named, with all they belong to. */
import type { StoredResource } from '../fhir/resource.ts';
import type { ReadEvidence } from './evidence.ts';

export type ReadDirectory = {
  around(seeds: readonly string[]): Promise<readonly StoredResource[]>;
};

export const readDirectory = (evidence: ReadEvidence): ReadDirectory => ({
  around: async (seeds) => (await evidence.around([seeds])).flatMap(({ found }) => found),
});
