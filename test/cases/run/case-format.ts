/** The format of the published decision cases: what a case may say, and nothing else. */
import { z } from 'zod';
import { parseInstant } from '../../../src/base/instant.ts';
import { actions, requesterTypes } from '../../../src/decision/request.ts';

const dateTime = z.string().refine((text) => parseInstant(text) !== undefined, 'must be an instant');
const coding = z.looseObject({ system: z.string().exactOptional(), code: z.string() });
const identifier = z.looseObject({ system: z.string().exactOptional(), value: z.string() });
const resource = z.looseObject({ resourceType: z.string() });

const settings = z.strictObject({
  implicitPolicy: z.enum(['deny', 'basic-normal', 'all-normal', 'break-glass-only']).exactOptional(),
  combining: z.enum(['deny-overrides', 'most-recent', 'permit-overrides']).exactOptional(),
  timezone: z.string().exactOptional(),
  permitInheritsPartOf: z.boolean().exactOptional(),
  unlabelledAs: z.enum(['U', 'L', 'M', 'N', 'R', 'V']).exactOptional(),
  policyBases: z.record(z.string(), z.enum(['permit', 'deny', 'default-deny'])).exactOptional(),
  breakGlass: z.looseObject({ allowedRoles: z.array(z.string()).exactOptional() }).exactOptional(),
  rootMeans: z.enum(['ambiguous', 'scope', 'exception']).exactOptional(),
  explicitOnlyPurposes: z.array(z.string()).exactOptional(),
  custodian: z.string().exactOptional(),
  btgOverridesDeny: z.boolean().exactOptional(),
});

const request = z.strictObject({
  patient: z.string(),
  requester: z.strictObject({
    type: z.enum(requesterTypes),
    reference: z.string().exactOptional(),
    identifiers: z.array(identifier).exactOptional(),
    organization: z.string().exactOptional(),
    roles: z.array(coding).exactOptional(),
    clientId: z.string().exactOptional(),
  }),
  action: z.enum(actions).exactOptional(),
  purposes: z.array(z.string()),
  resourceTypes: z.array(z.string()).exactOptional(),
  breakGlass: z
    .looseObject({ reason: z.string().exactOptional(), acknowledged: z.boolean().exactOptional() })
    .exactOptional(),
});

const expectation = z.strictObject({
  outcome: z.enum(['permit', 'deny']),
  visible: z.array(z.string()).exactOptional(),
  hidden: z.array(z.string()).exactOptional(),
  reason: z.string().exactOptional(),
  basis: z.array(z.looseObject({ consent: z.int(), path: z.string() })).exactOptional(),
  obligations: z.array(z.string()).exactOptional(),
  conflict: z.boolean().exactOptional(),
  validUntil: dateTime.exactOptional(),
});

export const decisionCase = z.strictObject({
  id: z.string(),
  title: z.string(),
  spec: z.string().exactOptional(),
  now: dateTime,
  settings: settings.exactOptional(),
  resources: z.array(resource).exactOptional(),
  consents: z.array(z.looseObject({ fhirVersion: z.enum(['4.0', '4.3', '5.0']), resource })),
  request,
  candidates: z.array(resource).exactOptional(),
  expect: expectation,
});

export type DecisionCase = z.output<typeof decisionCase>;
