/** What patients are told of requests that wait for them, and what they answer. */
import { z } from 'zod';

const coding = z.object({ system: z.string().optional(), code: z.string() });
const displayed = coding.extend({ display: z.string() });

export const requestId = z.object({ id: z.string().max(64) });

export const listQuery = z.object({
  count: z.coerce.number().int().min(1).max(50).default(20).meta({ description: 'how many at once' }),
  after: z.string().max(64).optional().meta({ description: '`next` of the page before' }),
});

export const waitingRequest = z.object({
  id: z.string(),
  text: z.string().meta({ description: 'who asks, for what and why, in a sentence' }),
  submittedAt: z.string(),
  expiresAt: z.string().meta({ description: 'when nobody waits any longer' }),
  client: z.object({ id: z.string(), name: z.string() }),
  requester: z.object({
    issuer: z.string().meta({ description: 'on whose word' }),
    subject: z.string(),
    name: z.string().optional(),
    organization: z.string().optional(),
    organizationId: z.string().optional(),
    roles: z.array(coding).optional(),
  }),
  purposes: z.array(displayed),
  asked: z
    .array(
      z.object({
        actions: z.array(displayed),
        types: z.array(z.string()).optional().meta({ description: 'absent: data of any type' }),
      }),
    )
    .meta({
      description:
        'what an approval would permit the requester, through whichever client, at whichever resource server',
    }),
  answer: z.enum(['approved', 'refused']).optional(),
});

export const waitingRequests = z.object({
  requests: z.array(waitingRequest),
  next: z.string().optional().meta({ description: 'where there may be more: `after` of the next page' }),
});

export const requestAnswer = z.object({ answer: z.enum(['approve', 'refuse']) });

export const answeredRequest = z.object({
  answer: z.enum(['approved', 'refused']),
  consents: z.array(z.string()).meta({ description: 'ids of the consents that were filed' }),
});
