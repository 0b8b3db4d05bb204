/** AuthZEN Authorization API 1.0 on the wire, and what this profile reads of its free members (authzen.md §8.1). */
import { z } from 'zod';
import type { Present } from '../../base/present.ts';

const text = z.string().max(2048);
const name = z.string().min(1).max(512);
/** As a Coding, or as `system|code`; a bare code where only one system can be meant. */
const code = z.union([z.object({ system: z.string().max(512).optional(), code: name }), name]);
/** `Type/id`, or `<system URI>|<value>`. */
const named = name;

const identifier = z.object({ system: z.string().max(512).optional(), value: name });

const subjectProperties = z.object({
  organization_id: named.optional(),
  organization: named.optional(),
  role: z.array(code).max(50).optional(),
  client_id: z.string().max(256).optional(),
  identifiers: z
    .array(z.union([identifier, named]))
    .max(20)
    .optional(),
});

const inline = z.looseObject({ resourceType: z.string(), id: z.string().max(64).optional() });
const period = z.object({ start: text.optional(), end: text.optional() });

const resourceProperties = z.object({
  patient: named.optional().describe('whose data it is: `Patient/id` or `<system URI>|<value>`'),
  resource: inline.optional().describe('the resource itself; it is stored nowhere'),
  security_labels: z.array(code).max(100).optional(),
  codes: z.array(code).max(100).optional(),
  author: z.union([named, z.array(named).max(20)]).optional(),
  created: text.optional(),
  period: period.optional(),
});

const requestContext = z.object({
  purpose_of_use: z.array(code).max(20).optional().describe('v3 PurposeOfUse codes'),
  break_glass: z
    .object({ reason: z.string().max(2000).optional(), acknowledged: z.boolean().optional() })
    .optional(),
  supported_obligations: z
    .array(text)
    .max(200)
    .optional()
    .describe('types of obligations that will be fulfilled; what needs any other is answered `false`'),
  txn: text.optional(),
});

const subject = z.object({ type: text, id: text, properties: subjectProperties.optional() });
const action = z.object({ name: text });
const resource = z.object({ type: text, id: text, properties: resourceProperties.optional() });
const context = requestContext.optional();

/** §6. */
export const evaluationRequest = z.object({ subject, action, resource, context }).meta({
  id: 'AuthzenEvaluation',
  example: {
    subject: {
      type: 'practitioner',
      id: 'Practitioner/2',
      properties: { organization_id: 'Organization/3' },
    },
    action: { name: 'read' },
    resource: { type: 'Observation', id: '*', properties: { patient: 'Patient/1' } },
    context: { purpose_of_use: ['TREAT'] },
  },
});

const mostEvaluations = 1000;

/** §7: defaults and items are read item by item, since what is wrong with one item is no fault of the others (E7). */
export const evaluationsRequest = z.object({
  subject: z.unknown().optional(),
  action: z.unknown().optional(),
  resource: z.unknown().optional(),
  context: z.unknown().optional(),
  evaluations: z.array(z.unknown()).max(mostEvaluations).optional(),
  options: z
    .object({
      evaluations_semantic: z
        .enum(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'])
        .optional(),
    })
    .optional(),
});

/** What the contract shows of it. */
export const evaluationsShown = z
  .object({
    subject: subject.optional(),
    action: action.optional(),
    resource: resource.optional(),
    context,
    evaluations: z.array(evaluationRequest.partial()).max(mostEvaluations).optional(),
    options: evaluationsRequest.shape.options,
  })
  .meta({ id: 'AuthzenEvaluations' });

const page = z
  .object({
    token: z.string().max(4096).optional(),
    limit: z.int().min(0).optional(),
    properties: z.looseObject({}).optional(),
  })
  .optional();

/** §8.4: the id of who is looked for is ignored, whatever it is. */
export const subjectSearchRequest = z
  .object({ subject: subject.omit({ id: true }), action, resource, context, page })
  .meta({ id: 'AuthzenSubjectSearch' });

const candidate = inline.extend({ id: z.string().min(1).max(64) });

/** §8.5. */
export const resourceSearchRequest = z
  .object({
    subject,
    action,
    resource: resource.omit({ id: true, properties: true }).extend({
      properties: resourceProperties
        .omit({ resource: true })
        .extend({
          candidates: z
            .array(candidate)
            .max(mostEvaluations)
            .optional()
            .describe('resources of which those are answered that may be seen; they are stored nowhere'),
        })
        .optional(),
    }),
    context,
    page,
  })
  .meta({ id: 'AuthzenResourceSearch' });

/** §8.6. */
export const actionSearchRequest = z
  .object({ subject, resource, context, page })
  .meta({ id: 'AuthzenActionSearch' });

export type Evaluation = Present<z.output<typeof evaluationRequest>>;
export type Evaluations = Present<z.output<typeof evaluationsRequest>>;
export type SubjectSearch = Present<z.output<typeof subjectSearchRequest>>;
export type ResourceSearch = Present<z.output<typeof resourceSearchRequest>>;
export type ActionSearch = Present<z.output<typeof actionSearchRequest>>;
export type Subject = Present<z.output<typeof subject>>;
export type AskedOf = Present<z.output<typeof resource>>;
export type RequestContext = Present<z.output<typeof requestContext>>;
export type Code = Present<z.output<typeof code>>;
export type Page = NonNullable<Present<z.output<typeof page>>>;

const obligation = z.object({ id: z.string(), type: z.string(), properties: z.looseObject({}) });

/** §5.5. */
export const decisionAnswer = z
  .object({
    decision: z.boolean(),
    context: z
      .looseObject({
        decision_id: z.string().optional().describe('the id of the AuditEvent that records it'),
        valid_until: z.string().optional().describe('a permit must not be kept beyond it'),
        obligations: z.array(obligation).optional(),
        required_claims: z.array(z.looseObject({ name: z.string() })).optional(),
        reason_user: z.record(z.string(), z.string()).optional(),
        reason_admin: z.looseObject({ reason: z.string() }).optional(),
        error: z.object({ status: z.int(), message: z.string() }).optional(),
      })
      .optional(),
  })
  .meta({ id: 'AuthzenDecision' });

export const evaluationsAnswer = z.union([
  z.object({ evaluations: z.array(decisionAnswer) }).meta({ id: 'AuthzenDecisions' }),
  decisionAnswer,
]);

const found = (entity: z.ZodType, id: string) =>
  z
    .object({
      results: z.array(entity),
      page: z.object({
        next_token: z.string().describe('empty at the end'),
        count: z.int(),
        total: z.int(),
      }),
    })
    .meta({ id });

const free = z.looseObject({}).optional();
const entity = z.object({ type: z.string(), id: z.string(), properties: free });
export const subjectsFound = found(entity, 'AuthzenSubjects');
export const resourcesFound = found(entity, 'AuthzenResources');
export const actionsFound = found(z.object({ name: z.string() }), 'AuthzenActions');

const endpointUrl = z.string().optional();
/** §9. */
export const configuration = z
  .looseObject({
    policy_decision_point: z.string(),
    access_evaluation_endpoint: z.string(),
    access_evaluations_endpoint: endpointUrl,
    search_subject_endpoint: endpointUrl,
    search_resource_endpoint: endpointUrl,
    search_action_endpoint: endpointUrl,
  })
  .meta({ id: 'AuthzenConfiguration' });
