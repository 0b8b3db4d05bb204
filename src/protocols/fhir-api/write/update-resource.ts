/** PUT [base]/[type]/[id] and PUT [base]/[type]?…: the next version of a resource that is there (FHIR R4 §3.1.0.4). */
import { randomId } from '../../../base/ids.ts';
import { err, ok } from '../../../base/result.ts';
import { isDeletion } from '../../../fhir/resource.ts';
import type { FhirApiDeps, FhirBase } from '../base.ts';
import { idMismatch, notCreatedByUpdate, severalMatch } from '../failures.ts';
import { bodyVersion } from '../negotiate.ts';
import { presentationOf, presentationParameters } from '../presentation.ts';
import { findInReach } from '../read/read-resource.ts';
import type { Act } from '../record.ts';
import type { ResourceKind } from '../resource-kind.ts';
import { reachIn } from '../who-may.ts';
import type { FhirCall } from '../wire.ts';
import { acceptBody } from './accept-body.ts';
import { conditionFrom, matchOne } from './conditional.ts';
import { create, writtenAt } from './create-resource.ts';
import { expectedVersion } from './precondition.ts';
import { replace } from './replace.ts';

export async function updateResource(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  act: Act,
  call: FhirCall<{ readonly id: string }>,
) {
  const asked = writeAsked(base, call);
  if (!asked.ok) return asked;
  const { version, presentation, expected } = asked.value;
  const { id } = call.params;
  if (call.body.id !== id) return err(idMismatch(kind.type));
  const accepted = await acceptBody(deps, kind, { id, resource: call.body, text: call.text, version }, call);
  if (!accepted.ok) return accepted;
  const current = await findInReach(deps.resources, kind, id, call.caller);
  if (!current || isDeletion(current)) return err(notCreatedByUpdate);
  const replacement = { current, accepted: accepted.value, expected, call, act, deps };
  const replaced = await deps.transact((stores) => replace(stores, kind, replacement));
  return replaced.ok ? ok(writtenAt(deps, base, kind, replaced.value, presentation, call)) : replaced;
}

export async function updateConditionally(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  act: Act,
  call: FhirCall,
) {
  const asked = writeAsked(base, call);
  if (!asked.ok) return asked;
  const { version, presentation, expected } = asked.value;
  const condition = conditionFrom(
    kind,
    version,
    { issuer: deps.issuer, at: call.at, caller: call.caller },
    criteriaIn(call),
  );
  if (!condition.ok) return condition;
  const id = call.body.id ?? randomId(deps.random);
  const accepted = await acceptBody(deps, kind, { id, resource: call.body, text: call.text, version }, call);
  if (!accepted.ok) return accepted;
  const result = await deps.transact(async (stores) => {
    const current = await matchOne(stores.resources, condition.value, reachIn(kind, call.caller));
    if (current === 'several') return err(severalMatch);
    // An id of the client's own choosing is not taken, here as elsewhere.
    if (!current && call.body.id !== undefined) return err(notCreatedByUpdate);
    if (!current) return create(stores, { accepted: accepted.value, call, act, deps });
    if (call.body.id !== undefined && call.body.id !== current.id) return err(idMismatch(kind.type));
    const { write, warnings } = accepted.value;
    const followed = { write: { ...write, id: current.id }, warnings };
    return replace(stores, kind, { current, accepted: followed, expected, call, act, deps });
  });
  return result.ok ? ok(writtenAt(deps, base, kind, result.value, presentation, call)) : result;
}

/** Without what only says how the answer is to look. */
export const criteriaIn = ({ query }: Pick<FhirCall, 'query'>) =>
  [...query].filter(([name]) => !(presentationParameters as readonly string[]).includes(name));

function writeAsked(base: FhirBase, call: FhirCall) {
  const version = bodyVersion(base, call.headers);
  if (!version.ok) return version;
  const presentation = presentationOf(base, call, version.value);
  if (!presentation.ok) return presentation;
  const expected = expectedVersion(call.headers);
  if (!expected.ok) return expected;
  return ok({ version: version.value, presentation: presentation.value, expected: expected.value });
}
