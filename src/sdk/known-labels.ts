/** Labels as they are compared: under the systems of today, and as confidential as what nobody knows must be. */
import type { JsonObject } from '../base/json.ts';
import { actReason, type Coding, codingOf } from './coding.ts';
import { listOf, objectOf } from './members.ts';

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const purposesOfExchange = 'http://healthit.gov/nhin/purposeofuse';

/** Names that older data uses for the same code systems (security-labels.md L-3). */
const aliases: ReadonlyMap<string, string> = new Map([
  ['http://hl7.org/fhir/v3/Confidentiality', confidentiality],
  ['urn:oid:2.16.840.1.113883.5.25', confidentiality],
  ['http://hl7.org/fhir/v3/ActCode', actCode],
  ['urn:oid:2.16.840.1.113883.5.4', actCode],
  ['http://terminology.hl7.org/ValueSet/v3-InformationSensitivityPolicy', actCode],
  ['http://terminology.hl7.org/CodeSystem/v3-ActUSPrivacyLaw', actCode],
  ['http://hl7.org/fhir/v3/ActReason', actReason],
  ['urn:oid:2.16.840.1.113883.5.8', actReason],
  ['http://terminology.hl7.org/CodeSystem/v3-PurposeOfUse', actReason],
  ['http://terminology.hl7.org/ValueSet/v3-PurposeOfUse', actReason],
]);

/** Once published in the confidentiality system, retired there since. */
const retiredSensitivity = ['ETH', 'HIV', 'PSY', 'SDV'];

/** Purposes of US exchange networks, in the words of v3 (security-labels.md §4). */
const v3Purposes: ReadonlyMap<string, string> = new Map(
  (
    'TREATMENT TREAT PAYMENT HPAYMT OPERATIONS HOPERAT EMERGENCY ETREAT PUBLICHEALTH PUBHLTH RESEARCH HRESCH ' +
    'REQUEST PATRQT FAMILY FAMRQT COVERAGE COVERAGE MARKETING HMARKT SYSADMIN HSYSADMIN FRAUD FRAUD TRAINING TRAIN ' +
    'LEGAL HLEGAL JUDICIAL HLEGAL LAW HLEGAL DIRECTORY HDIRECT DISASTER DISASTER THREAT THREAT DECEASED HDECD ' +
    'DONATION DONAT GOVERNMENT GOV'
  )
    .match(/\S+ \S+/g)
    ?.map((pair) => pair.split(' ') as [string, string]) ?? [],
);

export function canonicalLabel({ system, code }: Coding): Coding {
  const named = system === undefined ? undefined : (aliases.get(system) ?? system);
  if (named === confidentiality && retiredSensitivity.includes(code)) return { system: actCode, code };
  const purpose = named === purposesOfExchange ? v3Purposes.get(code) : undefined;
  if (purpose !== undefined) return { system: actReason, code: purpose };
  return named === undefined ? { code } : { system: named, code };
}

/** Of `meta.security`; what names no code is none. */
export const labelsOf = (resource: JsonObject): readonly Coding[] =>
  elementsOf(objectOf(resource['meta'])?.['security'])
    .flatMap((label) => codingOf(label) ?? [])
    .map(canonicalLabel);

const elementsOf = (value: JsonObject[string] | undefined) =>
  listOf(value) ?? (value === undefined ? [] : [value]);

/** Systems whose labels a list of labels speaks of, or that say nothing of how confidential data is. */
const knownSystems: readonly (string | undefined)[] = [
  actCode,
  actReason,
  'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
];
const order = ['U', 'L', 'M', 'N', 'R', 'V'];

/** Nobody knows what it says, so it counts as restricted (L-2). */
export function countsAsRestricted({ system, code }: Coding): boolean {
  if (system === confidentiality) return !order.includes(code);
  return (
    !knownSystems.includes(system) || (system === actCode && code === '_ActInformationSensitivityPolicy')
  );
}

export const restricted: Coding = { system: confidentiality, code: 'R' };

/** v3-ActReason, main tree, without HTEST, which limits nothing (security-labels.md §4, L-4). */
const knownPurposes: ReadonlySet<string> = new Set(
  (
    'HMARKT HOPERAT CAREMGT DONAT FRAUD GOV HACCRED HCOMPL HDECD HDIRECT HDM HLEGAL HOUTCOMS HPRGRP HQUALIMP ' +
    'HSYSADMIN LABELING METAMGT MEMADMIN MILCDM PATADMIN PATSFTY PERFMSR RECORDMGT SYSDEV TRAIN MLTRAINING HPAYMT ' +
    'CLMATTCH COVAUTH COVERAGE ELIGDTRM ELIGVER ENROLLM MILDCRG REMITADV PMTDS HRESCH BIORCH CLINTRCH CLINTRCHNPC ' +
    'CLINTRCHPC PRECLINTRCH DSRCH POARCH TRANSRCH PATRQT FAMRQT PWATRNY SUPNWK PUBHLTH DISASTER THREAT TREAT CLINTRL ' +
    'COC POPHLTH TREATDS ETREAT BTG ERTREAT'
  ).split(' '),
);

/** It limits the use of the data, and no list of purposes names it (L-16). */
export const isUnknownPurpose = ({ system, code }: Coding): boolean =>
  system === actReason && code !== 'HTEST' && !knownPurposes.has(code);
