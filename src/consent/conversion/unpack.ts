/**
 * A Consent of either version with everything it carries put in its place, so that both are read alike: the elements
 * of the other version stand beside its own, and what only fills a place is gone.
 */
import type { JsonObject } from '../../base/json.ts';
import { element } from '../../fhir/read-element.ts';
import { type FhirVersion, isR5 } from '../../fhir/version.ts';
import { unpackR4 } from './unpack-r4.ts';
import { unpackR5 } from './unpack-r5.ts';

export type Unpacked = {
  readonly body: JsonObject;
  readonly period: JsonObject | undefined;
  /** The root rule, where the consent has the form of R4: then the body's `decision` is not asked. */
  readonly root: Root | undefined;
};

export type Root = {
  readonly rule: JsonObject;
  /** JSON Pointers into the consent as submitted, to what may say the base. */
  readonly paths: { readonly rule: string; readonly policyRule: string; readonly policy: string };
};

export function unpack(resource: JsonObject, version: FhirVersion): Unpacked {
  return isR5(version) ? unpackedR5(resource) : unpackedR4(resource);
}

function unpackedR4(resource: JsonObject): Unpacked {
  const { body, isRootless } = unpackR4(resource);
  const rule = element(body, 'provision') ?? {};
  const paths = { rule: '/provision', policyRule: '/policyRule', policy: '/policy' };
  return { body, period: element(rule, 'period'), root: isRootless ? undefined : { rule, paths } };
}

function unpackedR5(resource: JsonObject): Unpacked {
  const { body, root } = unpackR5(resource);
  const paths = { rule: '/provision/0', policyRule: '/decision', policy: '/policyBasis' };
  return { body, period: element(body, 'period'), root: root && { rule: root, paths } };
}
