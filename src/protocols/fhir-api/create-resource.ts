/** POST [base]/[type]: a new resource under an id that we choose (FHIR R4 §3.1.0.8). */
import { randomId } from '../../base/ids.ts';
import { err, ok } from '../../base/result.ts';
import { acceptBody } from './accept-body.ts';
import type { FhirApiDeps, FhirBase } from './base.ts';
import { noConditionalCreate } from './failures.ts';
import { answerVersion, bodyVersion } from './negotiate.ts';
import type { ResourceKind } from './resource-kind.ts';
import type { FhirCall } from './wire.ts';
import { written } from './written.ts';

export async function createResource(deps: FhirApiDeps, base: FhirBase, kind: ResourceKind, call: FhirCall) {
  if (call.headers.has('if-none-exist')) return err(noConditionalCreate);
  const version = bodyVersion(base, call.headers);
  if (!version.ok) return version;
  const answered = answerVersion(base, call, version.value);
  if (!answered.ok) return answered;
  const body = { id: randomId(deps.random), resource: call.body, version: version.value };
  const accepted = await acceptBody(deps, kind, body, call);
  if (!accepted.ok) return accepted;
  const created = await deps.transact(({ resources }) => resources.create(accepted.value.write));
  if (!created.ok) throw new Error('a random id was drawn twice');
  const { type, id, version: first } = created.value;
  const location = `${deps.issuer}${base.path}/${type}/${id}/_history/${first}`;
  return ok(written(201, created.value, accepted.value, call.headers, answered.value, { location }));
}
