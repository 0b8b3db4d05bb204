/** The native decision API on the wire: the `request` of a decision case, and an answer in the same words. */
import { z } from 'zod';
import { localReference, requesterSchema } from '../../access/requester.ts';
import { reasons } from '../../decision/decision.ts';
import { actions } from '../../decision/request.ts';

const code = z.string().min(1).max(128);

export const decisionRequest = z
  .object({
    patient: localReference,
    requester: requesterSchema,
    action: z.enum(actions).default('access'),
    purposes: z.array(code).max(20),
    resourceTypes: z
      .array(z.string().regex(/^[A-Z][A-Za-z]+$/))
      .max(200)
      .optional(),
    breakGlass: z
      .object({ reason: z.string().max(2000).optional(), acknowledged: z.boolean().exactOptional() })
      .optional(),
    candidates: z
      .array(z.looseObject({ resourceType: z.string(), id: z.string() }))
      .max(1000)
      .optional(),
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

export const decisionAnswer = z
  .object({
    id: z.string(),
    outcome: z.enum(['permit', 'deny']),
    reason: z.enum(reasons),
    basis: z.array(z.object({ consent: z.string(), version: z.int(), path: z.string() })),
    obligations: z.array(z.string()),
    conflict: z.boolean(),
    residual: z.looseObject({ v: z.literal(1), kind: z.string() }),
    notAfter: z.string().optional(),
    visible: z.array(z.string()).optional(),
    hidden: z.array(z.string()).optional(),
  })
  .meta({ id: 'Decision' });
