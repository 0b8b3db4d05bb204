/** Reads a stored Consent of any version into what it means; total: what it cannot read becomes a defect. */
import type { JsonObject } from '../base/json.ts';
import { always } from '../base/period.ts';
import { readPeriod, spanOf } from '../fhir/civil-time.ts';
import { element, elements, text } from '../fhir/read-element.ts';
import { readReference } from '../fhir/reference.ts';
import type { StoredResource } from '../fhir/resource.ts';
import { isR5 } from '../fhir/version.ts';
import type { Consent, Defect } from './consent.ts';
import { limitCodes } from './limits.ts';
import { coded, readConcept } from './read-condition.ts';
import { readRules } from './read-rules.ts';
import type { ReadingSettings } from './reading-settings.ts';
import { structuralDefects } from './validate-consent.ts';

export function readConsent(stored: StoredResource, settings: ReadingSettings): Consent {
  const { resource } = stored;
  const r5 = isR5(stored.fhirVersion);
  const references = (name: string) =>
    elements(resource, name).map((each) => readReference(each, settings.ownBases));
  const rules = readRules(resource, r5, settings);
  const period = r5 ? element(resource, 'period') : element(element(resource, 'provision'), 'period');
  return {
    id: stored.id,
    version: stored.version,
    // A period that cannot be read keeps the consent where it closes: in force.
    period: (period && readPeriod(period, settings.timezone)) ?? always,
    dated: spanOf(text(resource, r5 ? 'date' : 'dateTime') ?? '', settings.timezone),
    patient: stored.patient === undefined ? undefined : `Patient/${stored.patient}`,
    categories: coded([...elements(resource, 'category'), ...elements(resource, 'scope')], readConcept),
    grantors: references(r5 ? 'grantor' : 'performer'),
    controllers: references(r5 ? 'controller' : 'organization'),
    policies: r5
      ? policiesOfR5(resource)
      : elements(resource, 'policy').flatMap((policy) => text(policy, 'uri') ?? []),
    sources: references('sourceReference'),
    rules,
    defects: defectsOf(stored, rules.length),
  };
}

const policiesOfR5 = (resource: JsonObject): readonly string[] =>
  elements(resource, 'policyBasis').flatMap((basis) => text(basis, 'url') ?? []);

function defectsOf({ resource, fhirVersion }: StoredResource, readings: number): readonly Defect[] {
  const unreadable = (detail: string): Defect => ({ reason: 'unreadable-consent', detail });
  return [
    ...(text(resource, 'status') === undefined ? [unreadable('it has no status')] : []),
    ...(readings === 0 ? [unreadable('it names no base decision')] : []),
    ...(text(resource, 'implicitRules') === undefined ? [] : [unreadable('it is subject to implicit rules')]),
    ...(hasUnknownModifier(resource, false)
      ? [unreadable('it carries a modifier that is not understood')]
      : []),
    ...structuralDefects(resource, fhirVersion).map(unreadable),
  ];
}

/** A modifier extension may turn the meaning of its element round, at whatever depth it stands (EV-3). */
function hasUnknownModifier(value: JsonObject, isProvision: boolean): boolean {
  const modifiers = elements(value, 'modifierExtension');
  if (modifiers.some((each) => !isProvision || limitCodes(each) === undefined)) return true;
  return Object.keys(value).some((name) =>
    elements(value, name).some((each) => hasUnknownModifier(each, name === 'provision')),
  );
}
