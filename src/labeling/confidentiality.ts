/** How confidential a resource is, once its labels are read together. */
import { type Coding, codeSystems } from '../fhir/coding.ts';
import { type Confidentiality, isConfidentiality, rankOf, restrictedSensitivity } from './vocabulary.ts';

/**
 * The highest confidentiality code (L-1), raised to R by any restricted sensitivity (L-8); `unlabelledAs` when neither
 * speaks (L-5). A confidentiality code we do not know restricts (L-2).
 */
export function confidentialityOf(labels: readonly Coding[], unlabelledAs: Confidentiality): Confidentiality {
  const codes = labels.flatMap((label): Confidentiality[] => {
    if (label.system === codeSystems.confidentiality)
      return [isConfidentiality(label.code) ? label.code : 'R'];
    return label.system === codeSystems.actCode && restrictedSensitivity.has(label.code) ? ['R'] : [];
  });
  return codes.length === 0 ? unlabelledAs : codes.reduce((a, b) => (rankOf(a) >= rankOf(b) ? a : b));
}
