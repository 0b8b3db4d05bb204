/** Reads a stored Consent of any version into what it means; total: what it cannot read becomes a defect. */
import { always } from '../base/period.ts';
import { readPeriod, spanOf } from '../fhir/civil-time.ts';
import { elements, text } from '../fhir/read-element.ts';
import { readReference } from '../fhir/reference.ts';
import type { StoredResource } from '../fhir/resource.ts';
import type { Consent, Defect } from './consent.ts';
import { type Unpacked, unpack } from './conversion/unpack.ts';
import { coded, readConcept } from './read-condition.ts';
import { policiesIn, readRules } from './read-rules.ts';
import type { ReadingSettings } from './reading-settings.ts';
import { hasUnknownModifier } from './unknown-modifiers.ts';
import { structuralDefects } from './validate-consent.ts';

export function readConsent(stored: StoredResource, settings: ReadingSettings): Consent {
  const unpacked = unpack(stored.resource, stored.fhirVersion);
  const { body, period } = unpacked;
  const references = (name: string) =>
    elements(body, name).map((each) => readReference(each, settings.ownBases));
  const rules = readRules(unpacked, settings);
  const dated = spanOf(text(body, 'dateTime') ?? text(body, 'date') ?? '', settings.timezone);
  return {
    id: stored.id,
    version: stored.version,
    // A period that cannot be read keeps the consent where it closes: in force.
    period: (period && readPeriod(period, settings.timezone)) ?? always,
    dated,
    signed: dated ?? { start: stored.updatedAt, end: stored.updatedAt },
    patient: stored.patient === undefined ? undefined : `Patient/${stored.patient}`,
    categories: coded([...elements(body, 'scope'), ...elements(body, 'category')], readConcept),
    grantors: [...references('performer'), ...references('grantor')],
    // An organization of R4 enforces as well as presents, where nobody else is named to enforce (§5).
    controllers: references(body['controller'] === undefined ? 'organization' : 'controller'),
    policies: policiesIn(body),
    sources: references('sourceReference'),
    rules,
    defects: defectsOf(stored, unpacked, rules.length),
  };
}

function defectsOf(
  { resource, fhirVersion }: StoredResource,
  { body }: Unpacked,
  readings: number,
): readonly Defect[] {
  const unreadable = (detail: string): Defect => ({ reason: 'unreadable-consent', detail });
  return [
    ...(text(resource, 'status') === undefined ? [unreadable('it has no status')] : []),
    ...(readings === 0 ? [unreadable('it names no base decision')] : []),
    ...(text(resource, 'implicitRules') === undefined ? [] : [unreadable('it is subject to implicit rules')]),
    ...(hasUnknownModifier(body) ? [unreadable('it carries a modifier that is not understood')] : []),
    ...structuralDefects(resource, fhirVersion).map(unreadable),
  ];
}
