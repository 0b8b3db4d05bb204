import type { JsonObject } from '../../src/base/json.ts';
import type { Filter } from '../../src/decision/filter.ts';
import { redactBundle } from '../../src/enforcement/redact-bundle.ts';

export const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
export const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
export const issuer = 'https://consent.example.org';
const settings = { timezone: 'UTC', unlabelledAs: 'N', ownBases: [`${issuer}/fhir/R4`] } as const;

export const notRestricted: Filter = {
  op: 'is',
  atom: { kind: 'confidentiality', bound: 'at-most', code: 'N' },
};
export const ofCode = (code: string): Filter => ({
  op: 'is',
  atom: { kind: 'code', anyOf: [{ system: 'urn:x', code }] },
});

export const redact = (
  bundle: JsonObject,
  filter: Filter = notRestricted,
  names: readonly string[] = ['Patient/ann'],
) =>
  redactBundle(bundle, { filter, patient: new Set(names), settings }) as Readonly<Record<string, never>> &
    JsonObject;

export const labelled = (code: string, system = confidentiality) => ({
  meta: { security: [{ system, code }] },
});
export const observation = (id: string, over: object = {}): JsonObject => ({
  resourceType: 'Observation',
  id,
  ...over,
});
export const entries = (...resources: readonly JsonObject[]) => resources.map((resource) => ({ resource }));
export const bundle = (entry: readonly JsonObject[], over: object = {}): JsonObject => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry,
  ...over,
});

export const inline = (code: string) => ({
  url: 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label',
  valueCoding: { system: confidentiality, code },
});
export const mark = (code: string) => ({
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code,
});

export type Left = readonly { readonly resource: JsonObject & { readonly id: string } }[];
export const idsIn = (left: JsonObject): readonly string[] =>
  ((left['entry'] ?? []) as unknown as Left).map(({ resource }) => resource.id);
export const resourceAt = (left: JsonObject, at = 0): JsonObject =>
  ((left['entry'] ?? []) as unknown as Left)[at]?.resource ?? {};
