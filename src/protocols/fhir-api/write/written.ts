/** The answer to an accepted write, as large as the client prefers (FHIR R4 §3.1.0.1.5). */
import type { Reply } from '../../../base/endpoint.ts';
import type { JsonObject } from '../../../base/json.ts';
import { outcomeOfSuccess } from '../../../fhir/operation-outcome.ts';
import type { StoredResource } from '../../../fhir/resource.ts';
import type { Validated } from '../../../fhir/validation/validate.ts';
import { type Preference, preferenceIn } from '../prefer.ts';
import type { Presentation } from '../presentation.ts';
import { fhirReply, represent, versionHeaders } from '../represent.ts';
import type { ResourceKind } from '../resource-kind.ts';

export type Written = {
  readonly status: 200 | 201;
  readonly stored: StoredResource;
  readonly warnings: Validated['warnings'];
  /** More than the client sent is in it: what was there, what a patch left as it was. */
  readonly reveals?: true;
};

export function written(
  kind: ResourceKind,
  { status, stored, warnings, reveals }: Written,
  presentation: Presentation,
  call: { readonly headers: Headers; readonly address: string; readonly mayRead: boolean },
): Reply {
  const preferred = reveals && !call.mayRead ? 'minimal' : preferenceIn(call.headers).body;
  const body = bodyFor(preferred, kind, { stored, warnings }, presentation);
  // Where the new resource is (FHIR R4 §3.1.0.8).
  const location =
    status === 201 ? { location: `${call.address}/${stored.id}/_history/${stored.version}` } : {};
  return fhirReply(status, presentation, body, { ...versionHeaders(stored), ...location });
}

function bodyFor(
  preferred: Preference['body'],
  kind: ResourceKind,
  { stored, warnings }: Omit<Written, 'status' | 'reveals'>,
  presentation: Presentation,
): JsonObject | undefined {
  switch (preferred) {
    case 'minimal':
      return undefined;
    case 'representation':
      return represent(stored, kind, presentation);
    case 'OperationOutcome':
      return outcomeOfSuccess(`stored as version ${stored.version}`, warnings);
  }
}
