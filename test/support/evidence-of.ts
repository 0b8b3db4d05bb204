/** Evidence out of a list: all of it for every question, except consents that cannot be in force (EV-1, R-30). */
import type { ReadEvidence } from '../../src/access/evidence.ts';
import type { StoredResource } from '../../src/fhir/resource.ts';

export function evidenceOf(resources: readonly StoredResource[]): ReadEvidence {
  const found = (isOne: (stored: StoredResource) => boolean) => ({
    found: resources.filter(isOne),
    lookups: { patients: [], references: [], entries: [] },
    stamp: '',
  });
  const isConsent = ({ type }: StoredResource): boolean => type === 'Consent';
  const mayBeInForce = ({ status }: StoredResource): boolean => status === undefined || status === 'active';
  return {
    ofPatients: async (patients) =>
      patients.map(() => found((each) => !isConsent(each) || mayBeInForce(each))),
    around: async (seeds) => seeds.map(() => found((each) => !isConsent(each))),
    stamps: async (lookups) => lookups.map(() => ''),
  };
}
