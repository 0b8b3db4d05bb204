/** The answer to an accepted write, as large as the client prefers (FHIR R4 §3.1.0.1.5). */
import type { Reply } from '../../base/endpoint.ts';
import type { JsonObject } from '../../base/json.ts';
import { outcomeOfSuccess } from '../../fhir/operation-outcome.ts';
import type { StoredResource } from '../../fhir/resource.ts';
import type { Validated } from '../../fhir/validate.ts';
import type { FhirVersion } from '../../fhir/version.ts';
import { type Preference, preferenceIn } from './prefer.ts';
import { fhirReply, represent, versionHeaders } from './represent.ts';

export function written(
  status: 200 | 201,
  stored: StoredResource,
  checked: Validated,
  headers: Headers,
  version: FhirVersion,
  extra: Readonly<Record<string, string>> = {},
): Reply {
  const body = bodyFor(preferenceIn(headers).body, stored, checked);
  return fhirReply(status, version, body, { ...versionHeaders(stored), ...extra });
}

function bodyFor(
  preferred: Preference['body'],
  stored: StoredResource,
  checked: Validated,
): JsonObject | undefined {
  switch (preferred) {
    case 'minimal':
      return undefined;
    case 'representation':
      return represent(stored);
    case 'OperationOutcome':
      return outcomeOfSuccess(`stored as version ${stored.version}`, checked.warnings);
  }
}
