/** Labels under the systems that older data uses, brought to the ones we compare by (security-labels.md L-3). */
import { type Coding, codeSystems } from '../fhir/coding.ts';
import { nhinSystem, v3PurposeOf } from './nhin-purposes.ts';

const aliases: ReadonlyMap<string, string> = new Map([
  ['http://hl7.org/fhir/v3/Confidentiality', codeSystems.confidentiality],
  ['http://hl7.org/fhir/v3/ActCode', codeSystems.actCode],
  ['http://hl7.org/fhir/v3/ActReason', codeSystems.actReason],
  ['http://terminology.hl7.org/CodeSystem/v3-PurposeOfUse', codeSystems.actReason],
  ['http://terminology.hl7.org/ValueSet/v3-PurposeOfUse', codeSystems.actReason],
  ['http://terminology.hl7.org/ValueSet/v3-InformationSensitivityPolicy', codeSystems.actCode],
  ['http://terminology.hl7.org/CodeSystem/v3-ActUSPrivacyLaw', codeSystems.actCode],
  ['urn:oid:2.16.840.1.113883.5.25', codeSystems.confidentiality],
  ['urn:oid:2.16.840.1.113883.5.4', codeSystems.actCode],
  ['urn:oid:2.16.840.1.113883.5.8', codeSystems.actReason],
]);

/** Once published in the confidentiality system, retired there since. */
const retiredSensitivity: ReadonlySet<string> = new Set(['ETH', 'HIV', 'PSY', 'SDV']);

export function normalized(coding: Coding): Coding {
  const system = coding.system === undefined ? undefined : (aliases.get(coding.system) ?? coding.system);
  if (system === codeSystems.confidentiality && retiredSensitivity.has(coding.code)) {
    return { system: codeSystems.actCode, code: coding.code };
  }
  const v3Purpose = system === nhinSystem ? v3PurposeOf(coding.code) : undefined;
  if (v3Purpose !== undefined) return { system: codeSystems.actReason, code: v3Purpose };
  return system === undefined ? { code: coding.code } : { system, code: coding.code };
}
