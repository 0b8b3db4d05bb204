/** Whether a resource carries one of the security labels a residual names; confidentiality is compared by its order. */
import type { JsonObject } from '../base/json.ts';
import { actReason, type Coding, codingOf, sameCoding } from './coding.ts';
import { any, isYes, type Match } from './match.ts';
import { listOf, objectOf } from './members.ts';
import type { Effect } from './residual.ts';

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** Confidentiality is read for itself; purposes and integrity marks say nothing about sensitivity. */
const harmlessSystems: ReadonlySet<string> = new Set([
  confidentiality,
  actReason,
  'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
]);

/** Names that older data uses for the same code systems. */
const aliases: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/v3/Confidentiality': confidentiality,
  'urn:oid:2.16.840.1.113883.5.25': confidentiality,
  'http://hl7.org/fhir/v3/ActCode': actCode,
  'urn:oid:2.16.840.1.113883.5.4': actCode,
  'http://terminology.hl7.org/ValueSet/v3-InformationSensitivityPolicy': actCode,
  'http://terminology.hl7.org/CodeSystem/v3-ActUSPrivacyLaw': actCode,
  'http://hl7.org/fhir/v3/ActReason': actReason,
  'http://terminology.hl7.org/CodeSystem/v3-PurposeOfUse': actReason,
};

/** Once published in the confidentiality system, retired there since. */
const retiredSensitivity: readonly string[] = ['ETH', 'HIV', 'PSY', 'SDV'];

/** From unrestricted to very restricted. */
const order = ['U', 'L', 'M', 'N', 'R', 'V'];

export function matchLabels(wanted: readonly Coding[], resource: JsonObject, effect: Effect): Match {
  const labels = labelsOf(resource);
  if (labels === undefined) return 'unknown';
  return any(wanted.map((label) => matchLabel(canonical(label), labels, effect)));
}

function matchLabel(wanted: Coding, labels: readonly Coding[], effect: Effect): Match {
  if (wanted.system !== confidentiality) return isYes(labels.some((own) => sameCoding(own, wanted)));
  const level = confidentialityOf(labels);
  const bound = order.indexOf(wanted.code);
  // M-5 of fhir-consent.md: a deny covers the codes above, a permit those below. An unknown code lies below them all:
  // a forbid of it hides everything, a permit shows nothing.
  return isYes(effect === 'forbid' ? level >= bound : level <= bound);
}

/** Undefined when there is a label that cannot be read. */
function labelsOf(resource: JsonObject): readonly Coding[] | undefined {
  const security = listOf(objectOf(resource['meta'])?.['security'] ?? []);
  const labels = security?.map((label) => {
    const coding = codingOf(label);
    return coding && canonical(coding);
  });
  return labels?.every((label) => label !== undefined) ? labels : undefined;
}

/**
 * The highest confidentiality stated; N when nothing is said (IHE PCF: not sensitive). A sensitivity code makes it at
 * least R (security-labels.md L-8), and so does a label of which it is not known what it means (L-2).
 */
function confidentialityOf(labels: readonly Coding[]): number {
  const stated = labels.filter(({ system }) => system === confidentiality).map(({ code }) => levelOf(code));
  if (labels.some(isRestricting)) stated.push(order.indexOf('R'));
  return stated.length === 0 ? order.indexOf('N') : Math.max(...stated);
}

function isRestricting({ system, code }: Coding): boolean {
  if (system === actCode) return !handlingCaveats.has(code);
  return system === undefined || !harmlessSystems.has(system);
}

/** A code that is not in the order is as closed as the highest. */
const levelOf = (code: string): number => (order.includes(code) ? order.indexOf(code) : order.length - 1);

function canonical(coding: Coding): Coding {
  const { system, code } = coding;
  const alias = system !== undefined && Object.hasOwn(aliases, system) ? aliases[system] : undefined;
  const named = alias ?? system;
  if (named === confidentiality && retiredSensitivity.includes(code)) return { system: actCode, code };
  return alias === undefined ? coding : { system: alias, code };
}

/** Obligation and refrain codes of v3 ActCode: how to handle data, not how sensitive it is. */
const handlingCaveats: ReadonlySet<string> = new Set(
  (
    'ANONY AOD AUDIT AUDTR CPLYCC CPLYCD CPLYJPP CPLYOPP DEID DELAU ENCRYPT ENCRYPTR ENCRYPTT ENCRYPTU HUAPRV LABEL ' +
    'MASK MINEC PERSISTLABEL PRIVMARK PSEUD REDACT NOAUTH NOCOLLECT NODSCLCD NODSCLCDS NOINTEGRATE NOLIST NOMOU ' +
    'NOORGPOL NOPAT NOPERSISTP NORDSCLCD NORDSCLCDS NORDSCLW NORELINK NOREUSE NOVIP ORCON'
  ).split(' '),
);
