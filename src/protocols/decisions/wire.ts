/** The native decision API on the wire: the `request` of a decision case, and an answer in the same words. */
import { z } from 'zod';
import { localReference, requesterSchema } from '../../access/requester.ts';
import { reasons } from '../../decision/decision.ts';
import { actions } from '../../decision/request.ts';
import { fhirVersions } from '../../fhir/version.ts';

const code = z.string().min(1).max(128);
const resourceType = z.string().regex(/^[A-Z][A-Za-z]+$/);

export const decisionRequest = z
  .object({
    patient: localReference,
    requester: requesterSchema,
    action: z.enum(actions).default('access'),
    purposes: z.array(code).max(20),
    resourceTypes: z.array(resourceType).max(200).optional(),
    breakGlass: z
      .object({ reason: z.string().max(2000).optional(), acknowledged: z.boolean().exactOptional() })
      .optional(),
    candidates: z
      .array(z.looseObject({ resourceType: z.string(), id: z.string() }))
      .max(1000)
      .optional(),
    asOf: z.iso
      .datetime({ offset: true })
      .optional()
      .describe(
        'an earlier instant: what would have been decided then, on what was on file then; nothing may rest on it',
      ),
  })
  .meta({
    id: 'DecisionRequest',
    example: {
      patient: 'Patient/1',
      requester: { type: 'practitioner', reference: 'Practitioner/2', organization: 'Organization/3' },
      purposes: ['TREAT'],
    },
  });

export type DecisionRequest = z.output<typeof decisionRequest>;

const nameInSql = z
  .string()
  .max(128)
  .regex(/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/);

/** Who will carry the filter out, and what is known of its data: the more is said, the more is exact (§6.4, §6.5). */
const filterTarget = z.object({
  fhirVersion: z.enum(fhirVersions).default('4.0'),
  labels: z
    .union([
      z.literal('standard'),
      z.array(z.object({ system: z.string().max(1000).exactOptional(), code })).max(1000),
    ])
    .optional()
    .describe(
      'every label that its data bears, as it is written there, or that all are of the standard systems',
    ),
  datedTypes: z
    .array(resourceType)
    .max(200)
    .optional()
    .describe('types of which every resource bears its clinical time, as a dateTime, an instant or a Period'),
  sql: z
    .object({
      key: nameInSql.optional().describe('`Type/id` of the row in question, such as `r.id`'),
      tables: nameInSql.optional().describe('what the names of the tables begin with'),
      parametersBefore: z.int().min(0).max(1000).optional(),
    })
    .default({}),
});

export type FilterTarget = z.output<typeof filterTarget>;

export const filterRequest = decisionRequest.extend({ target: filterTarget.optional() }).meta({
  id: 'FilterRequest',
  example: {
    patient: 'Patient/1',
    requester: { type: 'practitioner', reference: 'Practitioner/2', organization: 'Organization/3' },
    purposes: ['TREAT'],
    resourceTypes: ['Encounter'],
    target: { fhirVersion: '4.0', labels: 'standard' },
  },
});

export type FilterRequest = z.output<typeof filterRequest>;

const outcome = z.enum(['permit', 'deny']);
const basis = z.array(z.object({ consent: z.string(), version: z.int(), path: z.string() }));

const answer = {
  id: z.string().describe('the id of the AuditEvent that records it'),
  outcome,
  reason: z.enum(reasons),
  basis,
  obligations: z.array(z.string()),
  conflict: z.boolean(),
  superseded: z.array(z.string()).describe('consents that newer ones took the place of'),
  residual: z
    .looseObject({ v: z.literal(1), kind: z.string() })
    .describe('what remains to be checked of each resource'),
  pcf: z
    .object({ exact: z.boolean(), residual: z.array(z.looseObject({ type: z.string() })) })
    .describe(
      'the same as `residual` of IHE PCF; not exact: it hides more. Labels of purpose and compartment are left to whoever holds the data',
    ),
  evaluatedAt: z.string(),
  inputs: z.string().describe('names every version of what was read: the same for the same'),
  notAfter: z.string().optional().describe('the first moment at which the answer may change by itself'),
  asOf: z.string().optional(),
  visible: z.array(z.string()).optional(),
  hidden: z.array(z.string()).optional(),
};

export const decisionAnswer = z.object(answer).meta({ id: 'Decision' });

const why = z.array(z.string()).describe('what it hides beyond the filter, empty when exact');

export const filterAnswer = z
  .object({
    ...answer,
    filters: z
      .record(
        z.string(),
        z.object({
          search: z
            .object({
              shows: z.enum(['all', 'matching', 'nothing']),
              parameters: z.array(z.tuple([z.string(), z.string()])),
              exact: z.boolean().describe('finds precisely what may be seen: only then are counts right'),
              why,
            })
            .optional()
            .describe('parameters to add to a search of the type; values are escaped, not yet for a URL'),
          sql: z
            .object({
              text: z.string(),
              values: z.array(z.union([z.string(), z.number()])),
              exact: z.boolean(),
              why,
            })
            .describe('a predicate over the documented layout, for every alias of a table of resources'),
        }),
      )
      .optional()
      .describe('by resource type, where a `target` was named'),
  })
  .meta({ id: 'FilterDecision' });

const sentences = z.array(z.string());

export const explanationAnswer = z
  .object({
    ...answer,
    summary: sentences,
    consents: z.array(
      z.object({
        consent: z.string(),
        version: z.int(),
        standing: z.string().describe('whether it was weighed, or why not'),
        verdict: z.string().optional().describe('what it says on this request'),
        summary: sentences,
        rules: z.array(
          z.object({
            path: z.string().describe('JSON Pointer into the consent as submitted'),
            effect: outcome,
            applies: z.enum(['yes', 'no', 'data']),
            decides: z.boolean(),
            unmet: z.array(z.string()).describe('of what it asks, that which this request does not meet'),
            summary: z.string(),
          }),
        ),
      }),
    ),
    resources: z
      .array(
        z.object({
          resource: z.string(),
          outcome,
          reason: z.enum(reasons),
          basis,
          summary: z.string(),
        }),
      )
      .describe('of each candidate'),
  })
  .meta({ id: 'Explanation' });
