/** The `patient-consent-consult` hook on the wire (consent-decisioning.md §4; CDS Hooks 2.0). */
import { z } from 'zod';

export const hook = 'patient-consent-consult';

const identifier = z.object({ system: z.string().max(512).optional(), value: z.string().min(1).max(512) });
const coding = z.object({ system: z.string().max(512).optional(), code: z.string().min(1).max(512) });
/** Bare codes of v3-ActReason. */
const purpose = z.string().min(1).max(128);

const content = z.looseObject({
  resourceType: z.literal('Bundle'),
  type: z.string().max(64),
  entry: z
    .array(z.looseObject({ resource: z.looseObject({ resourceType: z.string() }).optional() }))
    .max(1000)
    .optional(),
});

const context = z.strictObject({
  patientId: z
    .array(identifier)
    .min(1)
    .max(20)
    .describe('identifiers of one patient, or its address under `urn:ietf:rfc:3986`'),
  actor: z.array(identifier).min(1).max(20).describe('identifiers of whoever asks, and of the organization'),
  purposeOfUse: z
    .union([purpose, z.array(purpose).max(20)])
    .optional()
    .describe('all of them must be allowed; absent: none was stated'),
  category: z.array(coding).max(50).optional(),
  scope: z.literal('patient-privacy').optional().describe('what the track of 2020 had for `category`'),
  class: z.array(coding).max(50).optional(),
  content: content.optional().describe('resources of the patient; the answer has those that may be seen'),
});

/** Members of the hook itself, such as `fhirServer` and `fhirAuthorization`, may be there and are not looked at. */
export const consultRequest = z.object({ hook: z.literal(hook), hookInstance: z.uuid(), context }).meta({
  id: 'ConsentConsult',
  example: {
    hook,
    hookInstance: '4f2b6b2e-6d6d-4b0c-9c54-3d3f0b6a3f10',
    context: {
      patientId: [{ system: 'urn:oid:2.16.840.1.113883.4.1', value: '000-00-0000' }],
      actor: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' }],
      purposeOfUse: 'TREAT',
      category: [{ system: 'http://loinc.org', code: '59284-0' }],
    },
  },
});

export type ConsultRequest = z.output<typeof consultRequest>;
export type Context = ConsultRequest['context'];

/** Of the words of the hook, in the order of how much they open. */
const consentDecisions = ['CONSENT_PERMIT', 'CONSENT_DENY', 'NO_CONSENT'] as const;
export type ConsentDecision = (typeof consentDecisions)[number];

const answerCoding = z.object({ system: z.string().optional(), code: z.string() });

const obligation = z.object({
  id: answerCoding,
  parameters: z
    .object({
      codes: z.array(answerCoding).optional().describe('redact what carries any of these'),
      exceptAnyOfCodes: z.array(answerCoding).optional().describe('redact what carries none of these'),
    })
    .optional(),
});

const card = z.object({
  summary: z.enum(consentDecisions),
  detail: z.string(),
  indicator: z.enum(['info', 'warning', 'critical']),
  source: z.object({ label: z.string(), url: z.string() }),
  extension: z.object({
    decision: z.enum(consentDecisions),
    outcome: z
      .enum(['permit', 'deny'])
      .describe('what holds once the implicit policy of this service has spoken as well'),
    obligations: z.array(obligation).describe('each must be carried out; who cannot must take it as a deny'),
    basedOn: z.string().optional().describe('the version of the consent that weighs most'),
    content: z.looseObject({ resourceType: z.literal('Bundle') }).optional(),
  }),
});

export const consultAnswer = z
  .object({ cards: z.array(card).length(1) })
  .meta({ id: 'ConsentConsultAnswer' });

export const discoveryAnswer = z
  .object({
    services: z.array(
      z.object({ hook: z.string(), id: z.string(), title: z.string(), description: z.string() }),
    ),
  })
  .meta({ id: 'CdsServices' });
