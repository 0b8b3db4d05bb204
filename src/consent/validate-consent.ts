/** May this body be stored as a Consent: its structure (400), our own rules (422), and what deserves a warning. */
import type { Failure, FailurePart } from '../base/failure.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { containedProblems } from '../fhir/domain-resource.ts';
import { narrativeProblems } from '../fhir/narrative.ts';
import type { Resource } from '../fhir/resource.ts';
import { refusalOf, structureProblems, type Validated } from '../fhir/validate.ts';
import { type FhirVersion, isR5 } from '../fhir/version.ts';
import { limitExtension } from './limits.ts';
import { consentR4 } from './schema-r4.ts';
import { consentR5 } from './schema-r5.ts';

export function validateConsent(resource: Resource, version: FhirVersion): Result<Validated, Failure> {
  const faults = structureFaults(resource, version);
  if (faults.length > 0) return err(refusalOf('malformed', 'Consent', faults));
  const rules = [
    ...narrativeProblems(resource),
    ...attachmentProblems(resource),
    ...provisionRules(resource),
  ];
  if (rules.length > 0) return err(refusalOf('unprocessable', 'Consent', rules));
  return ok({ warnings: warningsFor(resource, version) });
}

/** What makes a stored body no consent at all, or one too large to weigh; in words for whoever asks why (EV-3). */
export function structuralDefects(resource: Resource, version: FhirVersion): readonly string[] {
  return [...structureFaults(resource, version), ...sizeFaults(resource)].map(
    ({ pointer, detail }) => `${pointer ?? 'Consent'}: ${detail}`,
  );
}

function structureFaults(resource: Resource, version: FhirVersion): readonly FailurePart[] {
  const structure = structureProblems(isR5(version) ? consentR5 : consentR4, resource);
  return structure.length > 0 ? structure : containedProblems(resource);
}

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

/** access-denied-and-enforcement.md T-1: what a browser would run is not kept as a document. */
const documentTypes: ReadonlySet<string> = new Set([
  'application/pdf',
  'image/png',
  'image/jpeg',
  'text/plain',
  'application/hl7-cda+xml',
  'application/fhir+json',
]);

function attachmentProblems(resource: JsonObject): readonly FailurePart[] {
  const held = resource['sourceAttachment'];
  return (Array.isArray(held) ? held : [held]).flatMap((attachment: Json | undefined, index) => {
    if (!isObject(attachment) || attachment['data'] === undefined) return [];
    const [type] = String(attachment['contentType']).toLowerCase().split(';', 1);
    const at = Array.isArray(held) ? `[${index}]` : '';
    if (type !== undefined && documentTypes.has(type.trim())) return [];
    return [
      broken(
        `inline documents must be one of ${[...documentTypes].join(', ')}`,
        `Consent.sourceAttachment${at}.contentType`,
      ),
    ];
  });
}

function warningsFor(resource: JsonObject, version: FhirVersion): readonly FailurePart[] {
  const rules = provisionsIn(resource, 'Consent');
  return [
    ...(isR5(version) && rules.length > 0 && resource['decision'] === undefined
      ? [
          broken(
            'provisions without a decision cannot be evaluated; this consent permits nothing',
            'Consent.decision',
          ),
        ]
      : []),
    // N-5
    ...rules
      .filter(({ at, parent }) => at['type'] !== undefined && at['type'] === parent?.['type'])
      .map(({ path }) =>
        broken('has the type of the provision around it and is read as written', `${path}.type`),
      ),
    ...[{ at: resource, path: 'Consent' }, ...rules].flatMap(({ at, path }) => notUnderstood(at, path)),
  ];
}

/** EV-3. */
function notUnderstood(at: JsonObject, path: string): readonly FailurePart[] {
  const unknown = listOf(at['modifierExtension']).some((each) => each['url'] !== limitExtension);
  const names = [
    ...(at['implicitRules'] === undefined ? [] : ['implicitRules']),
    ...(unknown ? ['modifierExtension'] : []),
  ];
  return names.map((name) =>
    broken('is not understood here; this consent permits nothing', `${path}.${name}`),
  );
}

const broken = (detail: string, pointer: string): FailurePart => ({ code: 'business-rule', detail, pointer });

const listOf = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
