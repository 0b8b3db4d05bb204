/** The value sets and hierarchies that a search may name, as far as the vocabulary of decisions holds them whole. */
import { type Coding, codeSystems } from '../../../fhir/coding.ts';
import { type FhirVersion, isR5 } from '../../../fhir/version.ts';
import {
  confidentialityOrder,
  isConfidentiality,
  purposeAndBelow,
  rankOf,
  sensitivityAndBelow,
} from '../../../labeling/vocabulary.ts';

/** Undefined for a value set of which we do not know all codes. */
export function codesInValueSet(canonical: string, version: FhirVersion): readonly Coding[] | undefined {
  if (canonical === 'http://hl7.org/fhir/ValueSet/consent-state-codes')
    return codings(consentStates, isR5(version) ? statesR5 : statesR4);
  return valueSets.get(canonical);
}

/** The code and what it subsumes; undefined where no hierarchy is known. */
export const codesBelow = ({ system, code }: Partial<Coding>): readonly Coding[] | undefined =>
  inTrees(system, (tree) => (tree.codes.has(code ?? '') ? tree.below(code ?? '') : undefined));

/** The code and what subsumes it. */
export const codesAbove = ({ system, code }: Partial<Coding>): readonly Coding[] | undefined =>
  inTrees(system, ({ codes, below }) =>
    codes.has(code ?? '') ? [...codes].filter((other) => [...below(other)].includes(code ?? '')) : undefined,
  );

type Tree = {
  readonly system: string;
  readonly codes: ReadonlySet<string>;
  readonly below: (code: string) => Iterable<string>;
};

const codings = (system: string, codes: Iterable<string>): readonly Coding[] =>
  [...codes].map((code) => ({ system, code }));

/** Without a system the code is looked for in all of them (FHIR R4 §3.1.1.4.10). */
function inTrees(
  system: string | undefined,
  find: (tree: Tree) => Iterable<string> | undefined,
): readonly Coding[] | undefined {
  const found = trees
    .filter((tree) => system === undefined || tree.system === system)
    .flatMap((tree) => {
      const codes = find(tree);
      return codes ? codings(tree.system, codes) : [];
    });
  return found.length > 0 ? found : undefined;
}

const root = 'PurposeOfUse';
const tops = ['HMARKT', 'HOPERAT', 'HPAYMT', 'HRESCH', 'PATRQT', 'PUBHLTH', 'TREAT'];
const purposes = new Set([root, ...tops.flatMap((top) => [...purposeAndBelow(top)])]);

const sensitivities = sensitivityAndBelow('_ActInformationSensitivityPolicy');
/** Beside the sensitivities that decisions know (security-labels.md §3). */
const otherSensitivities = [
  ...['_InformationSensitivityPolicy', '_EntitySensitivityPolicyType', '_RoleInformationSensitivityPolicy'],
  ...['DEMO', 'DOB', 'GENDER', 'LIVARG', 'MARST', 'PATLOC', 'RACE', 'REL', 'B', 'EMPL', 'LOCIS', 'SSP'],
  ...['ADOL', 'CEL', 'VIP', 'DIA', 'DRGIS', 'EMP', 'PDS', 'PHY', 'PRS'],
];

const actions = ['collect', 'access', 'use', 'disclose', 'correct'];
const scopes = ['adr', 'research', 'patient-privacy', 'treatment'];
const consentStates = 'http://hl7.org/fhir/consent-state-codes';
const statesR4 = ['draft', 'proposed', 'active', 'rejected', 'inactive', 'entered-in-error'];
const statesR5 = ['draft', 'active', 'inactive', 'not-done', 'entered-in-error', 'unknown'];

const valueSets: ReadonlyMap<string, readonly Coding[]> = new Map([
  ['http://terminology.hl7.org/ValueSet/v3-PurposeOfUse', codings(codeSystems.actReason, purposes)],
  [
    'http://terminology.hl7.org/ValueSet/v3-ConfidentialityClassification',
    codings(codeSystems.confidentiality, confidentialityOrder),
  ],
  [
    'http://terminology.hl7.org/ValueSet/v3-InformationSensitivityPolicy',
    codings(codeSystems.actCode, [...sensitivities, ...otherSensitivities]),
  ],
  ['http://hl7.org/fhir/ValueSet/consent-action', codings(codeSystems.consentAction, actions)],
  ['http://terminology.hl7.org/ValueSet/consent-action', codings(codeSystems.consentAction, actions)],
  ['http://hl7.org/fhir/ValueSet/consent-scope', codings(codeSystems.consentScope, scopes)],
]);

const flat = (system: string, codes: readonly string[]): Tree => ({
  system,
  codes: new Set(codes),
  below: (code) => [code],
});

/** The same trees that decisions walk, umbrellas and the order of confidentiality included. */
const trees: readonly Tree[] = [
  {
    system: codeSystems.actReason,
    codes: purposes,
    below: (code) => (code === root ? purposes : purposeAndBelow(code)),
  },
  {
    system: codeSystems.confidentiality,
    codes: new Set(confidentialityOrder),
    below: (code) =>
      confidentialityOrder.filter((other) => isConfidentiality(code) && rankOf(other) <= rankOf(code)),
  },
  { system: codeSystems.actCode, codes: sensitivities, below: sensitivityAndBelow },
  flat(codeSystems.consentAction, actions),
  flat(codeSystems.consentScope, scopes),
  flat(consentStates, [...new Set([...statesR4, ...statesR5])]),
];
