/** One interaction with a type as a row of the table, and the endpoint a base makes of it (FHIR R4 §3.1.0). */
import type { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import { type ScopeLetter, type ScopeLevel, scopeLevels } from '../../access/scope.ts';
import type { Interaction } from '../../audit/audit-log.ts';
import { type Call, type Endpoint, endpoint, type Refusal, type Reply } from '../../base/endpoint.ts';
import type { Failure } from '../../base/failure.ts';
import type { Result } from '../../base/result.ts';
import type { FhirApiDeps, FhirBase } from './base.ts';
import { nameFor } from './endpoint-name.ts';
import { type Act, recordRefusal } from './record.ts';
import type { ResourceKind } from './resource-kind.ts';
import { administrators, allowing } from './who-may.ts';

/** Scope and record follow from what it does. */
export type Interacting<Params = unknown, Body = unknown> = Pick<
  Endpoint,
  'method' | 'summary' | 'query' | 'body' | 'replies'
> & {
  readonly does: Interaction;
  /** Behind the name of the base: `ReadConsent`. */
  readonly name: string;
  /** Below the base: `Consent/{id}`. */
  readonly path: string;
  readonly params?: z.ZodObject & z.ZodType<Params>;
  readonly handle: (
    deps: FhirApiDeps,
    base: FhirBase,
    kind: ResourceKind,
    act: Act,
    call: Call<Params, Body, Caller>,
  ) => Promise<Result<Reply, Failure>>;
};

/** Keeps the types of one row together while it joins a table of unlike ones, as `endpoint` does. */
export const interacting = <Params, Body>(row: Interacting<Params, Body>): Interacting =>
  row as unknown as Interacting;

export const served =
  (deps: FhirApiDeps, base: FhirBase, kind: ResourceKind) =>
  ({ does, name, path, handle, ...rest }: Interacting): Endpoint => {
    const act: Act = { interaction: does, type: kind.type };
    return endpoint({
      ...rest,
      name: nameFor(base, name),
      path: `${base.path}/${path}`,
      guard: allowing(deps.requireScope, kind.type, letters[does], levelsFor(does, kind)),
      onRefusal: (refusal: Refusal<Caller>) => recordRefusal(deps, act, refusal),
      handle: (call) => handle(deps, base, kind, act, call),
    });
  };

/** interfaces.md, Scopes. */
const letters = {
  create: 'c',
  read: 'r',
  vread: 'r',
  'history-instance': 'r',
  'history-type': 'r',
  update: 'u',
  patch: 'u',
  delete: 'd',
  'search-type': 's',
} as const satisfies Record<Interaction, ScopeLetter>;

function levelsFor(does: Interaction, { writers }: ResourceKind): readonly ScopeLevel[] {
  if (does === 'delete') return administrators;
  return does === 'create' || does === 'update' || does === 'patch' ? writers : scopeLevels;
}
