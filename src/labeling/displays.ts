/** Codes in words that a patient understands. */
import { type Coding, codeSystems } from '../fhir/coding.ts';
import {
  actionWords,
  compartmentWords,
  confidentialityWords,
  obligationWords,
  purposeWords,
  refrainWords,
  sensitivityWords,
  type Words,
} from './display-words.ts';
import { normalized } from './read-label.ts';

/** Our own words first: what a coding displays is whatever its writer made of it. */
export function displayOf(coding: Coding & { readonly display?: string }): string {
  const { system, code } = normalized(coding);
  const words = system === undefined ? undefined : vocabularies.get(system);
  return words?.get(code) ?? typeName(system, code) ?? (coding.display || `\`${coding.code}\``);
}

const tableOf = (...words: readonly Words[]): ReadonlyMap<string, string> =>
  new Map(words.flatMap((each) => Object.entries(each)));

const vocabularies: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [codeSystems.actReason, tableOf(purposeWords)],
  [codeSystems.actCode, tableOf(sensitivityWords, compartmentWords, obligationWords, refrainWords)],
  [codeSystems.confidentiality, tableOf(confidentialityWords)],
  [codeSystems.consentAction, tableOf(actionWords)],
]);

/** Resource types are their own words; both systems list them. */
const typeSystems: ReadonlySet<string | undefined> = new Set([
  'http://hl7.org/fhir/resource-types',
  'http://hl7.org/fhir/fhir-types',
]);

const typeName = (system: string | undefined, code: string): string | undefined =>
  typeSystems.has(system) ? code : undefined;
