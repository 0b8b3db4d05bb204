/** The hook `patient-consent-consult`: parties by address and identifier, the candidates as content, one card back. */
import { isObject, type Json, type JsonObject } from '../../../src/base/json.ts';
import { type Answer, type Door, nameOf } from './answer.ts';
import type { DecisionCase } from './case-format.ts';
import { lackedByCdsHooks } from './cds-limits.ts';
import { issuer, type Stage } from './stage.ts';

export const cdsDoor: Door = {
  name: 'cds-hooks',
  needsService: true,
  ask: async (given, stage) => {
    const lacks = lackedByCdsHooks(given);
    if (lacks !== undefined) return { lacks };
    const extension = await consult(given, stage);
    if (given.candidates === undefined && isUnsayable(extension)) return { lacks: 'what remains, in codes' };
    return answerOf(given, extension);
  },
};

const address = (reference: string) => ({
  system: 'urn:ietf:rfc:3986',
  value: `${issuer}/fhir/R4/${reference}`,
});

const contextOf = ({ request, candidates }: DecisionCase): JsonObject => {
  const { reference, organization, identifiers = [] } = request.requester;
  const names = new Set([reference, organization].filter((name) => name !== undefined));
  return {
    patientId: [address(request.patient)],
    actor: [
      ...[...names].map(address),
      ...identifiers.map(({ system, value }) => (system === undefined ? { value } : { system, value })),
    ],
    ...(request.purposes.length > 0 ? { purposeOfUse: request.purposes } : {}),
    ...(request.resourceTypes
      ? {
          class: request.resourceTypes.map((code) => ({
            system: 'http://hl7.org/fhir/resource-types',
            code,
          })),
        }
      : {}),
    ...(candidates ? { content: contentOf(candidates as readonly JsonObject[]) } : {}),
  };
};

const contentOf = (candidates: readonly JsonObject[]): JsonObject => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: candidates.map((resource) => ({ resource })),
});

async function consult(given: DecisionCase, stage: Stage): Promise<JsonObject> {
  const { token } = await stage.server();
  const { status, body } = await stage.send('/cds-services/patient-consent-consult', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      hook: 'patient-consent-consult',
      hookInstance: '0b9f6a43-9b53-4a6e-8f0a-3f1f5c2f7c11',
      context: contextOf(given),
    }),
  });
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return cardIn(body as JsonObject);
}

const words = { CONSENT_PERMIT: 'info', CONSENT_DENY: 'critical', NO_CONSENT: 'warning' } as const;

/** One card, that says the same thing three times over. */
function cardIn(body: JsonObject): JsonObject {
  const [card, ...others] = listOf(body['cards']).filter(isObject);
  const extension = isObject(card?.['extension']) ? card['extension'] : {};
  const { decision, outcome } = extension;
  const word = Object.entries(words).find(([name]) => name === decision);
  if (!card || others.length > 0 || !word) throw new Error(`no one card: ${JSON.stringify(body)}`);
  if (card['summary'] !== decision || card['indicator'] !== word[1])
    throw new Error('the card disagrees with itself');
  if (
    (decision === 'CONSENT_PERMIT' && outcome !== 'permit') ||
    (decision === 'CONSENT_DENY' && outcome !== 'deny')
  )
    throw new Error(`${String(decision)} is ${String(outcome)}`);
  return { ...extension, detail: card['detail'] ?? '' };
}

const isUnsayable = ({ detail }: JsonObject): boolean => String(detail).includes('cannot be told by codes');

function answerOf(given: DecisionCase, { outcome, content, obligations }: JsonObject): Answer {
  const left = listOf(isObject(content) ? content['entry'] : undefined)
    .filter(isObject)
    .map((entry) => nameOf(entry['resource'] as { readonly resourceType: string }));
  return {
    outcome: outcome === 'permit' ? 'permit' : 'deny',
    visible: (given.candidates ?? []).map(nameOf).filter((name) => left.includes(name)),
    obligations: listOf(obligations)
      .filter(isObject)
      .map(({ id }) => String(isObject(id) ? id['code'] : '')),
  };
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
