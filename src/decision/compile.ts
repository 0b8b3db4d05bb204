/** Makes one immutable program of a patient's consents and the directory they were filed against. */
import type { Instant } from '../base/instant.ts';
import { asInstant } from '../base/instant.ts';
import type { Period } from '../base/period.ts';
import type { Consent, Provision, Rule } from '../consent/consent.ts';
import { readConsent } from '../consent/read-consent.ts';
import { type Coding, codeSystems } from '../fhir/coding.ts';
import { elements } from '../fhir/read-element.ts';
import type { StoredResource } from '../fhir/resource.ts';
import { intersects } from './actors.ts';
import { compileCondition } from './compile-condition.ts';
import { type Directory, directoryOf, periodOf, withParents } from './directory.ts';
import { grantorDefects } from './grantors.ts';
import { namesOf } from './identities.ts';
import { isImplicitDeny } from './implicit-deny.ts';
import type { CompiledConsent, CompiledProvision, CompiledRule, Program } from './program.ts';
import type { DecisionSettings } from './settings.ts';

/**
 * Total: a consent that cannot be read stays in the program with its defect, and closes what it covers (EV-3).
 *
 * @param consents every stored Consent of one patient that may be in force, in any FHIR version
 * @param directory the resources that their actors and the requester may refer to
 */
export function compile(
  consents: readonly StoredResource[],
  directory: readonly StoredResource[],
  settings: DecisionSettings,
): Program {
  const known = directoryOf(directory);
  const read = consents
    .map((stored) => readConsent(stored, settings))
    .filter((consent) => isAboutData(consent) && isAsked(consent, known, settings));
  return {
    consents: read.map((consent) => compileConsent(consent, known, settings)),
    directory: known,
    settings,
    boundaries: boundariesOf(read, directory, settings),
  };
}

function compileConsent(consent: Consent, directory: Directory, settings: DecisionSettings): CompiledConsent {
  return {
    consent,
    rules: consent.rules.map((rule) => compileRule(rule, consent, settings)),
    defects: [...consent.defects, ...grantorDefects(consent, directory)],
  };
}

function compileRule(rule: Rule, consent: Consent, settings: DecisionSettings): CompiledRule {
  return {
    base: rule.base,
    basePath: rule.basePath,
    implicit: isImplicitDeny(rule, consent.policies, settings),
    scope: compileCondition(rule.scope, rule.base, settings),
    exceptions: rule.exceptions.map((provision) => compileProvision(provision, settings)),
  };
}

function compileProvision(provision: Provision, settings: DecisionSettings): CompiledProvision {
  return {
    ...provision,
    condition: compileCondition(provision.condition, provision.effect, settings),
    children: provision.children.map((child) => compileProvision(child, settings)),
  };
}

/** Consents to care alone say nothing of sharing data (EV-5); document types say nothing either way. */
const careCodes: ReadonlyMap<string, readonly string[]> = new Map([
  [codeSystems.consentScope, ['adr', 'treatment']],
  [codeSystems.consentCategory, ['acd', 'dnr', 'polst', 'hcd']],
]);

function isAboutData({ categories }: Consent): boolean {
  if (!categories || categories.uncoded) return true;
  const telling = categories.values.filter(({ system }) => system !== codeSystems.loinc);
  const isCare = ({ system, code }: Coding): boolean => careCodes.get(system ?? '')?.includes(code) ?? false;
  return telling.length === 0 || !telling.every(isCare);
}

/** A controller speaks for the units below it; one that does not hold the data is not asked (case 48, R-22). */
function isAsked({ controllers }: Consent, directory: Directory, { custodian }: DecisionSettings): boolean {
  if (custodian === undefined || controllers.length === 0) return true;
  const holders = namesOf(directory, withParents(directory, custodian));
  return controllers.some(
    (controller) =>
      controller.local === undefined || intersects(namesOf(directory, [controller.local]), holders),
  );
}

function boundariesOf(
  consents: readonly Consent[],
  directory: readonly StoredResource[],
  { timezone }: DecisionSettings,
): readonly Instant[] {
  const periods = [
    ...consents.flatMap((consent) => [
      consent.period,
      ...consent.rules.flatMap(({ exceptions }) => periodsIn(exceptions)),
    ]),
    ...directory.flatMap(({ resource }) => [
      periodOf(resource, timezone),
      ...memberPeriods(resource, timezone),
    ]),
  ];
  return [...new Set(periods.flatMap(edgesOf))].sort((a, b) => a - b);
}

const periodsIn = (provisions: readonly Provision[]): readonly Period[] =>
  provisions.flatMap(({ period, children }) => [period, ...periodsIn(children)]);

const memberPeriods = (resource: StoredResource['resource'], timezone: string): readonly Period[] =>
  [...elements(resource, 'member'), ...elements(resource, 'participant')].map((member) =>
    periodOf(member, timezone),
  );

/** A period's end is inclusive, so the answer changes a millisecond later. */
const edgesOf = ({ start, end }: Period): readonly Instant[] => [
  ...(start === undefined ? [] : [start]),
  ...(end === undefined ? [] : [asInstant(end + 1)]),
];
