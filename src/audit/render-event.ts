/** What was recorded as the AuditEvent of a FHIR version; total, so that everything on record can be shown. */
import type { Resource } from '../fhir/resource.ts';
import { type FhirVersion, isR5 } from '../fhir/version.ts';
import { answerEvent } from './answer-event.ts';
import type { AuditEntry } from './audit-log.ts';
import { authorizationEvent } from './authorization-event.ts';
import { decisionEvent } from './decision-event.ts';
import type { AuditedEvent } from './event.ts';
import { interactionEvent } from './interaction-event.ts';
import { renderR4 } from './render-r4.ts';
import { renderR5 } from './render-r5.ts';

export function renderEvent(entry: AuditEntry, version: FhirVersion, issuer: string): Resource {
  const event = eventOf(entry, issuer);
  return isR5(version) ? renderR5(event, issuer) : renderR4(event, issuer);
}

function eventOf(entry: AuditEntry, issuer: string): AuditedEvent {
  switch (entry.kind) {
    case 'decision':
      return decisionEvent(entry, issuer);
    case 'interaction':
      return interactionEvent(entry, issuer);
    case 'answer':
      return answerEvent(entry, issuer);
    case 'authorization':
      return authorizationEvent(entry, issuer);
  }
}
