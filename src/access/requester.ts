/** A requester as a client describes one on the wire: the `requester` of a decision case. */
import { z } from 'zod';
import { requesterTypes } from '../decision/request.ts';

/** `Type/id`. */
export const localReference = z
  .string()
  .regex(/^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/, 'must be a reference such as `Patient/1`');

const coding = z.object({ system: z.string().max(512).optional(), code: z.string().min(1).max(128) });
const identifier = z.object({
  system: z.string().max(512).optional(),
  value: z.string().min(1).max(512),
});

export const requesterSchema = z
  .object({
    type: z.enum(requesterTypes),
    reference: localReference.optional(),
    identifiers: z.array(identifier).max(20).optional(),
    organization: localReference.optional(),
    roles: z.array(coding).max(50).optional(),
    clientId: z.string().max(256).optional(),
  })
  .meta({ id: 'Requester' });
