/** Asking for and receiving a B2B authorization extension object (UDAP Security §5.2.1.1; udap-b2b.md §6). */
import { z } from 'zod';
import { localReference } from '../../access/requester.ts';
import type { Present } from '../../base/present.ts';

/** By reference alone: everything else about the requester is taken from the directory. */
const namedRequester = z
  .object({
    type: z.enum(['organization', 'practitioner']),
    reference: localReference,
    /** On whose behalf a practitioner asks. */
    organization: localReference.optional(),
  })
  .meta({ id: 'NamedRequester' });

export const extensionRequest = z
  .object({
    /** `Patient/1`, or an identifier as `system|value`. */
    patient: z.string().min(1).max(512),
    requester: namedRequester,
    /** v3 codes, or as UDAP writes them: `urn:oid:2.16.840.1.113883.5.8#TREAT`. */
    purpose_of_use: z.array(z.string().min(1).max(256)).min(1).max(20),
  })
  .meta({
    id: 'AuthorizationExtensionRequest',
    example: {
      patient: 'Patient/1',
      requester: { type: 'organization', reference: 'Organization/2' },
      purpose_of_use: ['urn:oid:2.16.840.1.113883.5.8#TREAT'],
    },
  });

export type ExtensionRequest = z.output<typeof extensionRequest>;
export type NamedRequester = ExtensionRequest['requester'];

/** INVARIANT: no `consent_reference` without `consent_policy`, no `subject_id` without `subject_name` (§5.2.1.1). */
const b2bObject = z
  .object({
    version: z.literal('1'),
    subject_name: z.string().optional(),
    subject_id: z.string().optional(),
    organization_name: z.string().optional(),
    organization_id: z.url(),
    purpose_of_use: z.array(z.string()).min(1),
    consent_policy: z.array(z.string()).min(1).optional(),
    consent_reference: z.array(z.url()).min(1).optional(),
  })
  .meta({ id: 'B2bAuthorizationExtension' });

export const extensionResponse = z.object({ 'hl7-b2b': b2bObject }).meta({ id: 'AuthorizationExtension' });

export type B2bObject = Present<z.output<typeof b2bObject>>;
