/** May this body be stored as a Consent: its structure (400), our own rules (422), and what deserves a warning. */
import type { ZodType } from 'zod';
import type { Failure, FailurePart } from '../base/failure.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Resource } from '../fhir/resource.ts';
import { mostReported } from '../fhir/schemas/element.ts';
import { type Broken, brokenInvariants } from '../fhir/validation/invariants.ts';
import { localReferenceProblems } from '../fhir/validation/local-references.ts';
import { narrativeProblems } from '../fhir/validation/narrative.ts';
import { refusalOf, structureProblems, type Validated } from '../fhir/validation/validate.ts';
import { type FhirVersion, isR5 } from '../fhir/version.ts';
import { consentErrors, consentInvariants } from './invariants.ts';
import { provisionsIn } from './provisions-in.ts';
import { consentR4 } from './schema-r4.ts';
import { consentR5 } from './schema-r5.ts';
import { warningsFor } from './warnings.ts';

/** `strict` makes errors of warnings that a deployment may want to insist on (fhir-consent.md §1). */
export type Strictness = { readonly strict?: boolean };

export function validateConsent(
  resource: Resource,
  version: FhirVersion,
  { strict = false }: Strictness = {},
): Result<Validated, Failure> {
  const structure = structureProblems(schemaOf(version), resource);
  if (structure.length > 0) return err(refusalOf('malformed', 'Consent', structure));
  const invariants = brokenInvariants(consentInvariants(version, strict), resource);
  const faults = [...partsOf(invariants, 'error'), ...localReferenceProblems(resource)];
  if (faults.length > 0) return err(refusalOf('malformed', 'Consent', faults));
  const rules = [...narrativeProblems(resource), ...provisionRules(resource)];
  if (rules.length > 0) return err(refusalOf('unprocessable', 'Consent', rules));
  return ok({
    warnings: [...partsOf(invariants, 'warning'), ...warningsFor(resource, version)].slice(0, mostReported),
  });
}

/** What makes a stored body no consent at all, or one too large to weigh; in words for whoever asks why (EV-3). */
export function structuralDefects(resource: Resource, version: FhirVersion): readonly string[] {
  const structure = structureProblems(schemaOf(version), resource);
  const faults = structure.length > 0 ? structure : invariantFaults(resource, version);
  return [...faults, ...sizeFaults(resource)].map(
    ({ pointer, detail }) => `${pointer ?? 'Consent'}: ${detail}`,
  );
}

const schemaOf = (version: FhirVersion): ZodType => (isR5(version) ? consentR5 : consentR4);

const invariantFaults = (resource: Resource, version: FhirVersion): readonly FailurePart[] => [
  ...partsOf(brokenInvariants(consentErrors(version), resource), 'error'),
  ...localReferenceProblems(resource),
];

const partsOf = (broken: readonly Broken[], severity: Broken['severity']): readonly FailurePart[] =>
  broken.flatMap((each) => (each.severity === severity ? [each.part] : []));

/** N-7. */
const deepestProvision = 8;

/** Far more than any form asks; what is asked of a consent grows faster than its provisions do. */
const mostProvisions = 200;

/** Codes, actors, data: what each provision lists; a form has dozens. */
const mostValues = 2000;

/** Each costs milliseconds for every resource it is asked about. */
const mostExpressions = 20;

function sizeFaults(resource: JsonObject): readonly FailurePart[] {
  const provisions = provisionsIn(resource, 'Consent');
  const values = provisions.reduce((sum, { at }) => sum + valuesIn(at), 0);
  const expressions = provisions.filter(({ at }) => at['expression'] !== undefined).length;
  return [
    ...provisions
      .filter(({ depth }) => depth === deepestProvision + 1)
      .map(({ path }) => broken(`provisions must not nest deeper than ${deepestProvision} levels`, path)),
    ...(provisions.length > mostProvisions
      ? [broken(`a consent must not have more than ${mostProvisions} provisions`, 'Consent.provision')]
      : []),
    ...(values > mostValues
      ? [broken(`a consent must not list more than ${mostValues} values`, 'Consent.provision')]
      : []),
    ...(expressions > mostExpressions
      ? [broken(`a consent must not have more than ${mostExpressions} expressions`, 'Consent.provision')]
      : []),
  ];
}

/** In lists at any depth, provisions below apart. */
function valuesIn(value: Json): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + 1 + valuesIn(each), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [name, member]) => (name === 'provision' ? sum : sum + valuesIn(member)),
    0,
  );
}

function provisionRules(resource: JsonObject): readonly FailurePart[] {
  const actors = provisionsIn(resource, 'Consent').flatMap(({ at, path }) => [
    ...listOf(at['actor']).flatMap((actor, index) =>
      actor['role'] === undefined && actor['reference'] === undefined
        ? [broken('an actor must have a role or a reference', `${path}.actor[${index}]`)]
        : [],
    ),
  ]);
  return [...sizeFaults(resource), ...actors];
}

const broken = (detail: string, pointer: string): FailurePart => ({ code: 'business-rule', detail, pointer });

const listOf = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
