/** An approval as the consent authority describes it in introspection (RFC 7662, cascaded-authorization.md §5). */
import type { Instant } from '../base/instant.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { actReason, type Coding, codingOf } from './coding.ts';
import { listOf, momentOf, objectOf, objectsOf, textOf, textsOf } from './members.ts';
import { type Obligation, readObligations } from './obligation.ts';

export type Approval = {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly clientId: string;
  /** `jti`; good for one use here (D10). */
  readonly tokenId: string;
  readonly issuedAt: Instant;
  readonly notBefore?: Instant;
  readonly expiresAt: Instant;
  /** `cnf.jkt`: the approval is bound to the client's DPoP key. */
  readonly keyThumbprint?: string;
  /** `txn`: the authorization process at the authority, for the audit trail. */
  readonly transaction?: string;
  /** `rqp`: whom the authority approved, by the identity provider both servers trust (D7). */
  readonly requester?: RequesterId;
  readonly purposes: readonly Coding[];
  readonly permissions: readonly Permission[];
  readonly obligations: readonly Obligation[];
  /** IHE PCF `residual`, exactly as received, for `allows` at the resource server. */
  readonly residual: readonly JsonObject[];
  /** IHE PCF `patient_id`, in the authority's words. */
  readonly patient?: string;
  /** IHE PCF `doc_id`: the consents that decided. */
  readonly consents: readonly string[];
};

export type RequesterId = { readonly issuer: string; readonly subject: string };

export type Permission = {
  readonly resourceId: string;
  readonly scopes: readonly string[];
  readonly notBefore?: Instant;
  readonly expiresAt?: Instant;
};

/**
 * Undefined when anything that a decision rests on is missing or of the wrong type: an answer that was only half
 * understood grants nothing.
 */
export function readApproval(body: JsonObject): Approval | undefined {
  const issuer = textOf(body['iss']);
  const audience = audienceOf(body['aud']);
  const clientId = textOf(body['client_id']);
  const tokenId = textOf(body['jti']);
  const issuedAt = momentOf(body['iat']);
  const expiresAt = momentOf(body['exp']);
  if (!issuer || !audience || !clientId || !tokenId || issuedAt === undefined || expiresAt === undefined)
    return undefined;
  const permissions = permissionsOf(body['permissions']);
  const consent = readConsentPart(body);
  const optional = readOptionalPart(body);
  if (!permissions || !consent || !optional) return undefined;
  return { issuer, audience, clientId, tokenId, issuedAt, expiresAt, permissions, ...consent, ...optional };
}

type ConsentPart = Pick<Approval, 'purposes' | 'obligations' | 'residual' | 'consents' | 'patient'>;

function readConsentPart(body: JsonObject): ConsentPart | undefined {
  const extensions = objectOf(body['extensions']);
  const purposes = purposesOf(
    objectOf(extensions?.['ihe_iua'])?.['purpose_of_use'] ?? body['purpose_of_use'],
  );
  const obligations = readObligations(body['obligations']);
  // Without its PCF part an approval would look unrestricted; a restriction lost on the way must not open (T12).
  const pcf = objectOf(extensions?.['ihe_pcf']);
  const residual = objectsOf(pcf?.['residual'] ?? []);
  const consents = textsOf(pcf?.['doc_id'] ?? []);
  if (!purposes || !obligations || !pcf || !residual || !consents) return undefined;
  const patient = textOf(pcf['patient_id']);
  return { purposes, obligations, residual, consents, ...(patient === undefined ? {} : { patient }) };
}

type OptionalPart = Pick<Approval, 'notBefore' | 'keyThumbprint' | 'transaction' | 'requester'>;

function readOptionalPart(body: JsonObject): OptionalPart | undefined {
  const notBefore = momentOf(body['nbf']);
  const keyThumbprint = textOf(objectOf(body['cnf'])?.['jkt']);
  // Present but unreadable is not the same as absent: a binding that cannot be checked does not hold.
  if (body['nbf'] !== undefined && notBefore === undefined) return undefined;
  if (body['cnf'] !== undefined && keyThumbprint === undefined) return undefined;
  const transaction = textOf(body['txn']);
  const requester = requesterOf(body['rqp']);
  return {
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(keyThumbprint === undefined ? {} : { keyThumbprint }),
    ...(transaction === undefined ? {} : { transaction }),
    ...(requester === undefined ? {} : { requester }),
  };
}

function audienceOf(value: Json | undefined): readonly string[] | undefined {
  const one = textOf(value);
  return one === undefined ? textsOf(value) : [one];
}

function requesterOf(value: Json | undefined): RequesterId | undefined {
  const issuer = textOf(objectOf(value)?.['iss']);
  const subject = textOf(objectOf(value)?.['sub']);
  return issuer === undefined || subject === undefined ? undefined : { issuer, subject };
}

/** Codings (IHE IUA) or bare v3 ActReason codes; a list with anything else in it is not understood. */
function purposesOf(value: Json | undefined): readonly Coding[] | undefined {
  const read = listOf(value ?? [])?.map((item) =>
    typeof item === 'string' ? { system: actReason, code: item } : codingOf(item),
  );
  return read?.every((coding) => coding !== undefined) ? read : undefined;
}

function permissionsOf(value: Json | undefined): readonly Permission[] | undefined {
  const read = objectsOf(value)?.map(permissionOf);
  return read?.every((permission) => permission !== undefined) ? read : undefined;
}

// UMA Federated Authorization §5.1.1.
function permissionOf(value: JsonObject): Permission | undefined {
  const resourceId = textOf(value['resource_id']);
  const scopes = textsOf(value['resource_scopes']);
  const notBefore = momentOf(value['nbf']);
  const expiresAt = momentOf(value['exp']);
  if (resourceId === undefined || scopes === undefined) return undefined;
  if (
    (value['nbf'] !== undefined && notBefore === undefined) ||
    (value['exp'] !== undefined && expiresAt === undefined)
  ) {
    return undefined;
  }
  return {
    resourceId,
    scopes,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}
