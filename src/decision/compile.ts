/** Makes one immutable program of everything on file about a patient. */
import type { Instant } from '../base/instant.ts';
import type { Period } from '../base/period.ts';
import type { Consent, Defect, Provision, Rule } from '../consent/consent.ts';
import { readConsent } from '../consent/read-consent.ts';
import { type Coding, codeSystems, codingToken } from '../fhir/coding.ts';
import { namesOfReference } from '../fhir/reference.ts';
import type { StoredResource } from '../fhir/resource.ts';
import { edgesIn, edgesOf } from './boundaries.ts';
import type { Parties } from './compiling/actors.ts';
import { createAtoms } from './compiling/atoms.ts';
import { compileCondition } from './compiling/condition.ts';
import { standingOf } from './compiling/grantors.ts';
import { isImplicitDeny } from './compiling/implicit-deny.ts';
import { concernOf, subjectOf } from './compiling/subject.ts';
import { supersessionIn } from './compiling/supersession.ts';
import { type Directory, directoryOf, namesOf, withParents } from './directory.ts';
import type {
  CompiledConsent,
  CompiledProvision,
  CompiledRule,
  LeftOut,
  Program,
  Subject,
} from './program.ts';
import type { DecisionSettings } from './settings.ts';

/**
 * Total: a consent that cannot be read stays in the program with its defect, and closes what it covers (EV-3).
 *
 * @param patient `Patient/ann`
 * @param found every stored Consent that may be about the patient and in force, in any FHIR version, and the directory
 *   resources that they and the patient refer to; in any order
 * @example compile('Patient/ann', [consent, patient, organization], settings)
 */
export function compile(
  patient: string,
  found: readonly StoredResource[],
  settings: DecisionSettings,
): Program {
  const directory = directoryOf(
    found.filter(({ type }) => type !== 'Consent'),
    settings,
  );
  const subject = subjectOf(patient, directory, settings);
  const around: Around = { subject, directory, settings };
  const concerning = concerningIn(found, around);
  const leftOut = concerning.flatMap(({ consent }) => leftOutOf(consent, directory, settings));
  const weighed = concerning.filter(({ consent }) => !leftOut.some(({ id }) => id === consent.id));
  const consents = compileAll(weighed, around);
  return {
    subject,
    consents,
    leftOut,
    settings,
    boundaries: boundariesOf(found, consents, subject, settings),
  };
}

type Around = {
  readonly subject: Subject;
  readonly directory: Directory;
  readonly settings: DecisionSettings;
};

/** A consent about the patient, and the periods in which it is (EV-4). */
type Concerning = {
  readonly stored: StoredResource;
  readonly consent: Consent;
  readonly concerns: readonly Period[];
};

const concerningIn = (
  found: readonly StoredResource[],
  { subject, directory, settings }: Around,
): readonly Concerning[] =>
  found
    .filter(({ type }) => type === 'Consent')
    .map((stored) => ({ stored, concerns: concernOf(stored, subject, directory, settings) }))
    .filter(({ concerns }) => concerns.length > 0)
    .map(({ stored, concerns }) => ({ stored, consent: readConsent(stored, settings), concerns }));

function compileAll(weighed: readonly Concerning[], around: Around): readonly CompiledConsent[] {
  const { subject, directory, settings } = around;
  const consents = weighed.map(({ consent }) => consent);
  const standings = consents.map((consent) => standingOf(consent, { ...around, consents }));
  const hasAuthority = standings.map(({ defects }) => defects.length === 0);
  const supersession = supersessionIn(consents, hasAuthority, subject, directory);
  const parties: Parties = { directory, settings, atoms: createAtoms(), parties: new Map() };
  const isTooMuch = consents.reduce((sum, { rules }) => sum + countIn(rules), 0) > mostProvisions;
  return weighed.map((each, place): CompiledConsent => {
    const { rules, defects } = each.consent;
    const { defects: ofGrantor = [], isOwn = false, agesOut } = standings[place] ?? {};
    return {
      ...saidBy(each),
      rules: isTooMuch ? [] : rules.map((rule) => compileRule(rule, each.consent, parties)),
      defects: [...defects, ...ofGrantor, ...(isTooMuch ? [tooMuch] : [])],
      isOwn,
      agesOut,
      supersededBy: supersession[place] ?? [],
    };
  });
}

/** What a consent says of itself, whatever else is on file. */
const saidBy = ({ stored, consent, concerns }: Concerning) => ({
  id: consent.id,
  version: consent.version,
  fhirVersion: stored.fhirVersion,
  policies: consent.policies,
  period: consent.period,
  dated: consent.dated,
  concerns,
  categories: consent.categories?.uncoded ? undefined : (consent.categories?.values ?? []).map(codingToken),
  isAboutData: isAboutData(consent),
});

const boundariesOf = (
  found: readonly StoredResource[],
  consents: readonly CompiledConsent[],
  { majority }: Subject,
  { timezone }: DecisionSettings,
): readonly Instant[] => {
  const edges = [
    ...edgesIn(found, timezone),
    ...edgesOf(consents.flatMap(periodsOf)),
    ...(majority === undefined ? [] : [majority]),
  ];
  return [...new Set(edges)].sort((a, b) => a - b);
};

/** Of all consents of a patient together: beyond it nobody waits for an answer, so all of them close. */
const mostProvisions = 4000;
const tooMuch: Defect = {
  reason: 'unreadable-consent',
  detail: 'the consents on file have more provisions together than can be weighed',
};

const countIn = (rules: readonly Rule[]): number =>
  rules.reduce((sum, { exceptions }) => sum + 1 + countOf(exceptions), 0);
const countOf = (provisions: readonly Provision[]): number =>
  provisions.reduce((sum, { children }) => sum + 1 + countOf(children), 0);

function leftOutOf(consent: Consent, directory: Directory, settings: DecisionSettings): readonly LeftOut[] {
  const { id, version } = consent;
  return isAsked(consent, directory, settings) ? [] : [{ id, version, why: 'of-another-custodian' }];
}

function compileRule(rule: Rule, consent: Consent, around: Parties): CompiledRule {
  return {
    base: rule.base,
    basePath: rule.basePath,
    implicit: isImplicitDeny(rule, consent.policies, around.settings),
    scope: compileCondition(rule.scope, rule.base, around),
    exceptions: rule.exceptions.map((provision) => compileProvision(provision, around)),
  };
}

function compileProvision(provision: Provision, around: Parties): CompiledProvision {
  const { effect, explicit, period, path } = provision;
  const children = provision.children.map((child) => compileProvision(child, around));
  return {
    effect,
    explicit,
    period,
    path,
    condition: compileCondition(provision.condition, effect, around),
    children,
    leadsToExplicit: children.some(({ explicit, leadsToExplicit }) => explicit || leadsToExplicit),
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
  return controllers.some((controller) => {
    const names = [...namesOf(directory, namesOfReference(controller))];
    const isKnown = controller.local !== undefined || names.some((name) => directory.entries.has(name));
    return !isKnown || names.some((name) => holders.has(name));
  });
}

const periodsOf = ({ period, concerns, rules }: CompiledConsent): readonly Period[] => [
  period,
  ...concerns,
  ...rules.flatMap(({ exceptions }) => periodsIn(exceptions)),
];

const periodsIn = (provisions: readonly CompiledProvision[]): readonly Period[] =>
  provisions.flatMap(({ period, children }) => [period, ...periodsIn(children)]);
