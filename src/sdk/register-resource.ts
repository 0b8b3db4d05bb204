/** Putting a patient's record under the protection of the consent authority (UMA Federated Authorization §3.2.1). */
import type { JsonObject } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { unreadable } from './call-authority.ts';
import type { CascadeFailure } from './failure.ts';
import { textOf } from './members.ts';
import { callProtected, type Upstream } from './upstream.ts';

export type ResourceDescription = {
  /** Whose record: a Patient reference or an identifier token `system|value` (extension member `resource_owner`). */
  readonly owner: string;
  /** In the authority's vocabulary, SMART-like: `patient/Observation.rs`. */
  readonly scopes: readonly string[];
  /** A generic type such as `http://hl7.org/fhir/Observation`. No titles, no codes: the authority needs neither. */
  readonly type?: string;
};

export type RegisteredResource = {
  /** Opaque; means something to this server and the authority only, and stands for the record from now on. */
  readonly id: string;
  /** Where the patient may be sent to set the policy. */
  readonly policyUri?: string;
};

/**
 * Registers one patient's record. The authority refuses (`authority-refused`, 403 or 404) unless its administrator
 * allowed this client for that patient; the record is protected from a successful return on.
 *
 * @example
 * const record = await registerResource(upstream, {
 *   owner: 'https://hospital.example/mrn|1001', scopes: ['patient/Observation.rs'],
 * });
 * if (record.ok) await records.remember('mrn-1001', record.value.id);
 */
export async function registerResource(
  upstream: Upstream,
  description: ResourceDescription,
): Promise<Result<RegisteredResource, CascadeFailure>> {
  const reply = await callProtected(upstream, upstream.authority.resourceRegistrationEndpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      resource_scopes: description.scopes,
      resource_owner: description.owner,
      ...(description.type === undefined ? {} : { type: description.type }),
    }),
  });
  return reply.ok ? readRegistration(reply.value.body) : reply;
}

function readRegistration(body: JsonObject): Result<RegisteredResource, CascadeFailure> {
  const id = textOf(body['_id']);
  if (id === undefined) return err(unreadable('the registration response lacks `_id`'));
  const policyUri = textOf(body['user_access_policy_uri']);
  return ok({ id, ...(policyUri === undefined ? {} : { policyUri }) });
}
