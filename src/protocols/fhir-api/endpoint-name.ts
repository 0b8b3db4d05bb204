/** `fhirR4ReadConsent`; the base that negotiates has no release in its names. */
import { releaseOf } from '../../fhir/version.ts';
import type { FhirBase } from './base.ts';

export const nameFor = ({ version }: FhirBase, what: string): string =>
  `fhir${version === 'negotiated' ? '' : releaseOf[version]}${what}`;
