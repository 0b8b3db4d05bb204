/** What an accepted Consent deserves to be told: what is read otherwise than its writer may think (fhir-consent.md §§4.9, 6). */
import type { FailurePart } from '../base/failure.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { eachObject, nameAt } from '../fhir/each-object.ts';
import { conceptCodings, element, elements } from '../fhir/read-element.ts';
import { pointerTo } from '../fhir/validation/validate.ts';
import { type FhirVersion, isR5 } from '../fhir/version.ts';
import { unpack } from './conversion/unpack.ts';
import { provisionsIn, type Rule } from './provisions-in.ts';
import { readType } from './read-type.ts';
import { hasUnknownModifier } from './unknown-modifiers.ts';

export function warningsFor(resource: JsonObject, version: FhirVersion): readonly FailurePart[] {
  const implicit = resource['implicitRules'] === undefined ? [] : [notUnderstood('Consent.implicitRules')];
  // N-5
  const sameType = provisionsIn(resource, 'Consent').filter(
    ({ at, parent }) => at['type'] !== undefined && at['type'] === parent?.['type'],
  );
  return [
    ...sameType.map(({ path }) =>
      broken('has the type of the provision around it and is read as written', `${path}.type`),
    ),
    ...(isAmbiguous(resource, version) ? [ambiguousRoot] : []),
    ...purposesRefused(resource, version),
    ...provisionsIn(resource, 'Consent').flatMap(unknownRoles),
    ...implicit,
    ...modifiersNotUnderstood(resource, version).map(notUnderstood),
  ];
}

/** As reading sees the body, with what it carries of another version put in place (EV-3). */
const modifiersNotUnderstood = (resource: JsonObject, version: FhirVersion): readonly string[] =>
  unknownModifiers(resource, 'Consent').length === 0
    ? []
    : unknownModifiers(unpack(resource, version).body, 'Consent');

/** Where they stand, at whatever depth. */
function unknownModifiers(resource: JsonObject, root: string): readonly string[] {
  const found: string[] = [];
  eachObject(resource, ({ modifierExtension }, path) => {
    if (modifierExtension === undefined) return;
    if (hasUnknownModifier({ modifierExtension }, nameAt(path) === 'provision'))
      found.push(`${pointerTo(root, path)}.modifierExtension`);
  });
  return found;
}

const notUnderstood = (pointer: string): FailurePart =>
  broken('is not understood here; this consent permits nothing', pointer);

/** N-4: with a type the elements are what the type applies to; without, they may be that or an exception to it. */
function isAmbiguous(resource: JsonObject, version: FhirVersion): boolean {
  const root = isR5(version) ? undefined : element(resource, 'provision');
  const spoken = Object.keys(root ?? {}).filter((name) => !unmatched.has(name.replace(/^_/, '')));
  return root !== undefined && root['type'] === undefined && spoken.length > 0;
}

const unmatched: ReadonlySet<string> = new Set([
  'id',
  'extension',
  'modifierExtension',
  'type',
  'period',
  'provision',
]);

const ambiguousRoot = broken(
  'without a type these elements may limit the policy rule or be an exception to it; where the two differ, this consent permits nothing',
  'Consent.provision',
);

/**
 * R5: below a permit a provision is an exception, so the purposes it names are the ones refused (N-1; case 45 of
 * consent-decisioning.md §11). One that says its type, or which data it is about, is taken to be meant.
 */
function purposesRefused(resource: JsonObject, version: FhirVersion): readonly FailurePart[] {
  if (!isR5(version) || resource['decision'] !== 'permit') return [];
  if (!elements(resource, 'provision').some(namesPurposesAlone)) return [];
  const { body, root } = unpack(resource, version);
  if (root) return [];
  return elements(body, 'provision').flatMap((provision, index) =>
    namesPurposesAlone(provision) && readType(provision) === undefined
      ? [broken(refusesPurposes, `Consent.provision[${index}]`)]
      : [],
  );
}

const refusesPurposes =
  'with the decision `permit` this provision is an exception: it refuses the purposes it names; did you mean a condition?';

const namesPurposesAlone = (provision: JsonObject): boolean =>
  provision['purpose'] !== undefined && dataElements.every((name) => provision[name] === undefined);

const dataElements = [
  ...['securityLabel', 'documentType', 'resourceType', 'class', 'code', 'dataPeriod', 'data', 'expression'],
];

/** §4.9 */
function unknownRoles({ at, path }: Rule): readonly FailurePart[] {
  const actors: readonly Json[] = Array.isArray(at['actor']) ? at['actor'] : [];
  return actors.flatMap((actor, index) => {
    const codes = isObject(actor) ? conceptCodings(actor, 'role').map(({ code }) => code) : [];
    return codes.length === 0 || codes.some((code) => roles.has(code))
      ? []
      : [
          broken(
            'is no role that is known here; the actor is read as the recipient',
            `${path}.actor[${index}].role`,
          ),
        ];
  });
}

const roles: ReadonlySet<string> = new Set(
  (
    'AUT CST INF IRCP LA PRCP TRC WIT AFFL AGNT ASSIGNED CLAIM COVPTY DEPEN ECON EMP GUARD INVSBJ NAMED NOK PAT PROV NOT ' +
    'DELEGATEE DELEGATOR GRANTEE GRANTOR HPOWATT POWATT DPOWATT SPOWATT GUADLTM RESPRSN ' +
    'enterer performer author verifier legal attester informant custodian assembler composer ' +
    '110150 110151 110152 110153 110154 110155 authserver datacollector dataprocessor datasubject humanuser'
  ).split(' '),
);

function broken(detail: string, pointer: string): FailurePart {
  return { code: 'business-rule', detail, pointer };
}
