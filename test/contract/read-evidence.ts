/** What every ReadEvidence promises, whatever lies beneath it. */
import type { ReadEvidence } from '../../src/access/evidence.ts';
import { around } from './read-evidence/around.ts';
import { asOf } from './read-evidence/as-of.ts';
import type { Filing } from './read-evidence/filing.ts';
import { ofPatients } from './read-evidence/of-patients.ts';
import { stamps } from './read-evidence/stamps.ts';

export function readEvidenceContract(evidence: () => ReadEvidence, files: () => Filing): void {
  ofPatients(evidence, files);
  around(evidence, files);
  stamps(evidence, files);
  asOf(evidence, files);
}
