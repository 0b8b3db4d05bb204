/** How confidential a resource is, once its labels are read together. */
import { type Coding, codeSystems } from '../fhir/coding.ts';
import {
  type Confidentiality,
  confidentialityOrder,
  isConfidentiality,
  rankOf,
  restrictedSensitivity,
} from './vocabulary.ts';

/**
 * The highest confidentiality code (L-1), raised to R by any restricted sensitivity (L-8) and by a label we cannot read
 * (L-2); `unlabelledAs` when neither confidentiality nor sensitivity is said (L-5).
 */
export function confidentialityOf(labels: readonly Coding[], unlabelledAs: Confidentiality): Confidentiality {
  const codes = labels.flatMap(confidentialityIn);
  return codes.length === 0 ? unlabelledAs : codes.reduce((a, b) => (rankOf(a) >= rankOf(b) ? a : b));
}

/** Systems whose labels say something else than how confidential data is. */
const otherSystems: ReadonlySet<string | undefined> = new Set([
  codeSystems.actReason,
  'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
]);

function confidentialityIn({ system, code }: Coding): readonly Confidentiality[] {
  if (system === codeSystems.confidentiality) return [isConfidentiality(code) ? code : 'R'];
  if (system === codeSystems.actCode) return restrictedSensitivity.has(code) ? ['R'] : [];
  return otherSystems.has(system) ? [] : ['R'];
}

/** Every label that makes data at least this confidential. */
export function labelsAtLeast(lowest: Confidentiality): readonly Coding[] {
  const codes = confidentialityOrder.filter((code) => rankOf(code) >= rankOf(lowest));
  const raising =
    rankOf(lowest) <= rankOf('R') ? [...restrictedSensitivity].filter((code) => !code.startsWith('_')) : [];
  return [
    ...codes.map((code) => ({ system: codeSystems.confidentiality, code })),
    ...raising.map((code) => ({ system: codeSystems.actCode, code })),
  ];
}
