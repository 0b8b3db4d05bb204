/** May this text be stored, under which id and about whom: what the API asks of a body, without asking who files it. */
import type { RandomBytes } from '../../base/clock.ts';
import type { Failure, FailurePart } from '../../base/failure.ts';
import { randomId } from '../../base/ids.ts';
import type { Instant } from '../../base/instant.ts';
import { isObject, parseJson } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Resource } from '../../fhir/resource.ts';
import {
  everything,
  type PutWrite,
  type ResourceStore,
  type ResourceWrite,
} from '../../fhir/resource-store.ts';
import type { FhirVersion } from '../../fhir/version.ts';
import { isId } from '../../protocols/fhir-api/is-id.ts';
import { type Body, kindOf, type ResourceKind } from '../../protocols/fhir-api/resource-kind.ts';
import { checkBody, isSubsetted, writeOf } from '../../protocols/fhir-api/write/accept-body.ts';
import { unsafeContent } from './safe-content.ts';
import { tellVersion } from './tell-version.ts';

export type AcceptDeps = {
  readonly issuer: string;
  readonly resources: ResourceStore;
  readonly random: RandomBytes;
};

export type AcceptOptions = {
  /** Of every resource; told by its shape where absent. */
  readonly fhirVersion?: FhirVersion | undefined;
  /** Store a Consent although it is not valid, unless it holds what nobody should be shown; while it is active, nothing is decided without it (fhir-consent.md §1). */
  readonly acceptInvalid: boolean;
  readonly filedBy: string;
};

export type Accepted = {
  readonly write: PutWrite;
  /** It brought no id. */
  readonly assigned: boolean;
  /** What is wrong with it, where it was accepted all the same. */
  readonly flag?: string;
};

export async function accept(
  deps: AcceptDeps,
  text: string,
  at: Instant,
  options: AcceptOptions,
): Promise<Result<Accepted, string>> {
  const resource = resourceIn(text);
  if (!resource.ok) return resource;
  const kind = kindOf(resource.value.resourceType);
  if (!kind) return err(`\`${shortened(resource.value.resourceType)}\` is not kept here`);
  const id = resource.value.id ?? randomId(deps.random);
  if (typeof id !== 'string' || !isId(id)) return err(`${kind.type}.id: not a valid id`);
  const version = options.fhirVersion ?? tellVersion(resource.value);
  const body = { id, resource: resource.value, text, version };
  const accepted = await acceptBody(deps, kind, body, { at, ...options });
  if (!accepted.ok) return accepted;
  const { write, ...rest } = accepted.value;
  const isVersionGuessed = options.fhirVersion === undefined;
  return ok({ ...rest, write: { ...write, isVersionGuessed }, assigned: resource.value.id === undefined });
}

/** What the API takes in as well. */
const largestResource = 1024 * 1024;

function resourceIn(text: string): Result<Resource, string> {
  if (Buffer.byteLength(text) > largestResource) return err(`larger than ${largestResource} bytes`);
  const parsed = parseJson(text);
  if (!parsed.ok) return err(parsed.failure);
  if (!isObject(parsed.value)) return err('not an object');
  if (typeof parsed.value['resourceType'] !== 'string') return err('no resource: `resourceType` is missing');
  if (parsed.value['resourceType'] === 'Bundle') return err('a Bundle within a Bundle');
  return ok(parsed.value as Resource);
}

type Filing = { readonly at: Instant; readonly acceptInvalid: boolean; readonly filedBy: string };

async function acceptBody(
  deps: AcceptDeps,
  kind: ResourceKind,
  body: Body,
  { at, acceptInvalid, filedBy }: Filing,
): Promise<Result<Omit<Accepted, 'assigned'>, string>> {
  const valid = await checkBody(kind, body);
  if (!valid.ok && !(acceptInvalid && mayBeFlagged(kind, body))) return err(reasonOf(valid.failure));
  const unsafe = valid.ok ? [] : await unsafeContent(body.resource);
  if (unsafe.length > 0) return err(inWords(unsafe));
  const patient = await kind.patientOf(deps, body, everything);
  if (!patient.ok) return err(reasonOf(patient.failure));
  // About nobody it would close nothing.
  if (!valid.ok && patient.value === undefined) return err(reasonOf(valid.failure));
  const filed = { patient: patient.value, at, filedBy };
  if (valid.ok) return ok({ write: writeOf(deps, kind, body, filed) });
  const write = closed(writeOf(deps, kind, body, filed));
  return ok({ write, flag: reasonOf(valid.failure) });
}

/** A shortened one stands for a whole that is somewhere else. */
const mayBeFlagged = (kind: ResourceKind, { resource }: Body): boolean =>
  kind.type === 'Consent' && !isSubsetted(resource);

/** Under a status that is none it would never be looked at; without one it is, and closes (EV-3). */
const closed = (write: ResourceWrite): ResourceWrite =>
  consentStates.has(write.status ?? '') ? write : { ...write, status: undefined };

/** FHIR R4 and R5 consent-state-codes. */
const consentStates: ReadonlySet<string> = new Set([
  'draft',
  'proposed',
  'active',
  'rejected',
  'inactive',
  'entered-in-error',
  'not-done',
  'unknown',
]);

const mostTold = 5;

/** `Consent.status: required element is missing; …` */
function reasonOf({ code, detail, pointer, parts }: Failure): string {
  return inWords(parts?.length ? parts : [{ code, detail, ...(pointer === undefined ? {} : { pointer }) }]);
}

function inWords(all: readonly FailurePart[]): string {
  const told = all
    .slice(0, mostTold)
    .map((part) => `${part.pointer ? `${part.pointer}: ` : ''}${part.detail}`);
  const more = all.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

const shortened = (text: string): string => text.slice(0, 64).replaceAll(/[^\x20-\x7e]|`/g, '?');
