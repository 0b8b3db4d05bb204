/** A Consent in the shape of another FHIR version, saying the same (fhir-consent.md §5). */
import type { Resource } from '../fhir/resource.ts';
import { type FhirVersion, isR5 } from '../fhir/version.ts';
import { absence, type Release } from './conversion/carrier.ts';
import { withoutOwnExtensions } from './conversion/own-extensions.ts';
import { sameJson, withExtensions } from './conversion/rewrite.ts';
import { isSayableInR4, losesInR4, toR4 } from './conversion/to-r4.ts';
import { toR5 } from './conversion/to-r5.ts';
import { unpack } from './conversion/unpack.ts';
import { hasUnknownModifier } from './unknown-modifiers.ts';
import { structuralDefects } from './validate-consent.ts';

/** `lossy`: some of what was submitted has no place there. */
export type Converted = { readonly resource: Resource; readonly lossy: boolean };

/** What the other version has in place of each element, whether or not it can be read: enough to find a consent by. */
export function convertElements(
  resource: Resource,
  from: FhirVersion,
  to: FhirVersion,
): Converted | undefined {
  if (isR5(from) === isR5(to)) return { resource, lossy: false };
  if (isR5(from) && !isSayableInR4(resource)) return undefined;
  const own = withoutOwnExtensions(resource, releaseOf(from));
  const unpacked = unpack(own, from);
  const body = (isR5(from) ? toR4(unpacked) : toR5(unpacked)) as Resource;
  const lossy = !sameJson(own, resource) || (isR5(from) && losesInR4(unpacked.body));
  return { resource: body, lossy };
}

const releaseOf = (version: FhirVersion): Release => (isR5(version) ? '5.0' : '4.0');

/**
 * Undefined when that version cannot say it at all, such as a consent of a Group in R4. Total: of what is no valid
 * Consent everything is kept that can be, and what could not be read before cannot be read after (EV-3).
 */
export function convertConsent(
  resource: Resource,
  from: FhirVersion,
  to: FhirVersion,
): Converted | undefined {
  const converted = convertElements(resource, from, to);
  if (!converted || converted.resource === resource) return converted;
  const { resource: body } = converted;
  if (isReadable(resource, from) || !isReadable(body, to)) return converted;
  const unreadable = withExtensions(body, 'modifierExtension', [absence(releaseOf(from), '', 'error')]);
  return { resource: unreadable as Resource, lossy: true };
}

const isReadable = (resource: Resource, version: FhirVersion): boolean =>
  !hasUnknownModifier(unpack(resource, version).body) && structuralDefects(resource, version).length === 0;
