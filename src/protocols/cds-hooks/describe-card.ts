/** The one card of an answer: summary and decision agree, and of no consent there is one wording (case 70). */
import type { ConsentOnFile, Decided } from '../../access/decide-access.ts';
import { consentUrl } from '../../access/describe-consent.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { Redact } from '../../enforcement/render-redact.ts';
import { codeSystems } from '../../fhir/coding.ts';
import type { Settled } from './settle.ts';
import type { ConsentDecision } from './wire.ts';

const indicators = {
  CONSENT_PERMIT: 'info',
  CONSENT_DENY: 'critical',
  NO_CONSENT: 'warning',
} as const satisfies Record<ConsentDecision, string>;

export function describeCard(issuer: string, settled: Settled, content: JsonObject | undefined): JsonObject {
  const { said, decided } = settled;
  const basedOn = basisOf(issuer, settled);
  return {
    summary: said,
    detail: detailOf(settled, content !== undefined),
    indicator: indicators[said],
    source: { label: 'Headwater', url: issuer },
    extension: {
      decision: said,
      outcome: decided.decision.outcome,
      obligations: obligationsOf(settled),
      ...(basedOn === undefined ? {} : { basedOn }),
      ...(content === undefined ? {} : { content }),
    },
  };
}

/** A consent that cannot be read gives no more away than one that is not there (consent-decisioning.md §1). */
function detailOf({ said, decided, redact, withheld }: Settled, hasContent: boolean): string {
  if (said === 'NO_CONSENT')
    return decided.decision.outcome === 'permit'
      ? 'No consent decides this; the policy of this service permits it.'
      : 'No consent decides this; the policy of this service does not permit it.';
  if (withheld) return reasonsToWithhold[withheld];
  if (said === 'CONSENT_DENY') return 'The consents of the patient do not permit this.';
  if (decided.decision.reason === 'implicit-policy')
    return 'The policy of this service permits this, but for what consents of the patient refuse.';
  if (hasContent) return 'The consents of the patient permit this for the content that comes with this card.';
  return redact.length > 0
    ? 'The consents of the patient permit this, once what the obligations name is redacted.'
    : 'The consents of the patient permit this.';
}

const reasonsToWithhold = {
  unsayable:
    'What the consents of the patient permit cannot be told by codes; send the resources as content.',
  'awaits-approval': 'A person has to approve this first.',
} as const satisfies Record<NonNullable<Settled['withheld']>, string>;

const obligationsOf = ({ redact, decided: { decision } }: Settled): Json => [
  ...decision.obligations.map((code) => ({ id: { system: codeSystems.actCode, code } })),
  ...redact.map((parameters) => ({
    id: { system: codeSystems.actCode, code: 'REDACT' },
    parameters: parametersOf(parameters),
  })),
];

const parametersOf = (redact: Redact): JsonObject =>
  'codes' in redact
    ? { codes: redact.codes.map((code) => ({ ...code })) }
    : { exceptAnyOfCodes: redact.exceptAnyOfCodes.map((code) => ({ ...code })) };

/** A permit names a consent that permits: one that only narrows it would tell what the patient hides. */
function basisOf(issuer: string, { said, decided }: Settled): string | undefined {
  if (said === 'NO_CONSENT') return undefined;
  const { permittedBy, basis } = decided.decision;
  const ids = said === 'CONSENT_PERMIT' ? permittedBy : basis.map(({ consent }) => consent);
  const consent = ids.flatMap((id) => consentOf(decided, id) ?? [])[0];
  return consent && `${consentUrl(issuer, consent)}/_history/${consent.version}`;
}

const consentOf = ({ consents }: Decided, wanted: string): ConsentOnFile | undefined =>
  consents.find(({ id }) => id === wanted);
