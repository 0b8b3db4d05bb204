/** POST [base]/[type]: a new resource under an id that we choose, unless there is what the condition asks for (FHIR R4 §3.1.0.8). */
import type { Asked } from '../../../base/endpoint.ts';
import { randomId } from '../../../base/ids.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { FhirApiDeps, FhirBase, FhirStores } from '../base.ts';
import { severalMatch } from '../failures.ts';
import { bodyVersion } from '../negotiate.ts';
import { type Presentation, presentationOf } from '../presentation.ts';
import { type Act, done, type RecordDeps, whatOf } from '../record.ts';
import type { ResourceKind } from '../resource-kind.ts';
import { mayRead, reachIn } from '../who-may.ts';
import type { FhirCall } from '../wire.ts';
import { type Accepted, acceptBody } from './accept-body.ts';
import { type Conditional, conditionIn, matchOne } from './conditional.ts';
import { type Written, written } from './written.ts';

export async function createResource(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  act: Act,
  call: FhirCall,
) {
  const version = bodyVersion(base, call.headers);
  if (!version.ok) return version;
  const presentation = presentationOf(base, call, version.value);
  if (!presentation.ok) return presentation;
  const condition = conditionIn(
    kind,
    version.value,
    { issuer: deps.issuer, at: call.at, caller: call.caller },
    call.headers.get('if-none-exist'),
  );
  if (!condition.ok) return condition;
  const body = { id: randomId(deps.random), resource: call.body, text: call.text, version: version.value };
  const accepted = await acceptBody(deps, kind, body, call);
  if (!accepted.ok) return accepted;
  const made = await deps.transact((stores) =>
    createUnlessThere(stores, kind, {
      accepted: accepted.value,
      condition: condition.value,
      call,
      act,
      deps,
    }),
  );
  return made.ok ? ok(writtenAt(deps, base, kind, made.value, presentation.value, call)) : made;
}

export const writtenAt = (
  { issuer }: Pick<FhirApiDeps, 'issuer'>,
  base: FhirBase,
  kind: ResourceKind,
  result: Written,
  presentation: Presentation,
  { headers, caller }: FhirCall,
) =>
  written(kind, result, presentation, {
    headers,
    address: `${issuer}${base.path}/${kind.type}`,
    mayRead: mayRead(caller, kind.type),
  });

export type Creation = {
  readonly accepted: Accepted;
  readonly condition: Conditional | undefined;
  readonly call: FhirCall;
  readonly act: Act;
  readonly deps: FhirApiDeps;
};

async function createUnlessThere(stores: FhirStores, kind: ResourceKind, creation: Creation) {
  const { condition, call, act, deps } = creation;
  const match = condition
    ? await matchOne(stores.resources, condition, reachIn(kind, call.caller))
    : undefined;
  if (match === 'several') return err(severalMatch);
  if (match) {
    await stores.audit.append(done(deps, act, call, { patients: [match.patient], what: whatOf(match) }));
    return ok<Written>({ status: 200, stored: match, warnings: [], reveals: true });
  }
  return create(stores, creation);
}

export async function create(
  stores: FhirStores,
  {
    accepted,
    call,
    act,
    deps,
  }: Pick<Creation, 'accepted' | 'act'> & {
    readonly call: Asked & Pick<FhirCall, 'caller'>;
    readonly deps: RecordDeps;
  },
): Promise<Result<Written, never>> {
  const created = await stores.resources.create(accepted.write);
  if (!created.ok) throw new Error('a random id was drawn twice');
  const stored = created.value;
  await stores.audit.append(done(deps, act, call, { patients: [stored.patient], what: whatOf(stored) }));
  return ok({ status: 201, stored, warnings: accepted.warnings });
}
