/** May this body be stored as a Consent: its structure (400), our own rules (422), and what deserves a warning. */
import type { ZodType } from 'zod';
import type { Failure, FailurePart } from '../base/failure.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { eachObject, nameAt } from '../fhir/each-object.ts';
import { mostReported } from '../fhir/element.ts';
import { type Broken, brokenInvariants } from '../fhir/invariants.ts';
import { localReferenceProblems } from '../fhir/local-references.ts';
import { narrativeProblems } from '../fhir/narrative.ts';
import type { Resource } from '../fhir/resource.ts';
import { pointerTo, refusalOf, structureProblems, type Validated } from '../fhir/validate.ts';
import { type FhirVersion, isR5 } from '../fhir/version.ts';
import { unpack } from './conversion/unpack.ts';
import { consentErrors, consentInvariants } from './invariants.ts';
import { consentR4 } from './schema-r4.ts';
import { consentR5 } from './schema-r5.ts';
import { hasUnknownModifier } from './unknown-modifiers.ts';

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

type Rule = {
  readonly at: JsonObject;
  readonly path: string;
  readonly depth: number;
  readonly parent?: JsonObject;
};

/** Every provision with its FHIRPath; an R4 root stands at depth 1 as an R5 first level does. */
function provisionsIn(holder: JsonObject, path: string, depth = 1, parent?: JsonObject): readonly Rule[] {
  const inner = holder['provision'];
  const listed = Array.isArray(inner)
    ? inner.map((at: Json, index): [Json, string] => [at, `[${index}]`])
    : [[inner, ''] as const];
  return listed.flatMap(([at, index]) => {
    if (!isObject(at)) return [];
    const here = `${path}.provision${index}`;
    return [
      { at, path: here, depth, ...(parent ? { parent } : {}) },
      ...provisionsIn(at, here, depth + 1, at),
    ];
  });
}

/** N-7. */
const deepestProvision = 8;

/** Far more than any form asks; what is asked of a consent grows faster than its provisions do. */
const mostProvisions = 200;

function sizeFaults(resource: JsonObject): readonly FailurePart[] {
  const provisions = provisionsIn(resource, 'Consent');
  return [
    ...provisions
      .filter(({ depth }) => depth === deepestProvision + 1)
      .map(({ path }) => broken(`provisions must not nest deeper than ${deepestProvision} levels`, path)),
    ...(provisions.length > mostProvisions
      ? [broken(`a consent must not have more than ${mostProvisions} provisions`, 'Consent.provision')]
      : []),
  ];
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

function warningsFor(resource: JsonObject, version: FhirVersion): readonly FailurePart[] {
  const implicit = resource['implicitRules'] === undefined ? [] : [notUnderstood('Consent.implicitRules')];
  // N-5
  const sameType = provisionsIn(resource, 'Consent').filter(
    ({ at, parent }) => at['type'] !== undefined && at['type'] === parent?.['type'],
  );
  return [
    ...sameType.map(({ path }) =>
      broken('has the type of the provision around it and is read as written', `${path}.type`),
    ),
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

const broken = (detail: string, pointer: string): FailurePart => ({ code: 'business-rule', detail, pointer });

const listOf = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
