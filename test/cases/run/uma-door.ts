/** The UMA door: register the record, ask for a ticket, redeem it with a claim token, introspect, carry out the residual. */
import { randomUUID } from 'node:crypto';
import { asInstant, toEpochSeconds } from '../../../src/base/instant.ts';
import { isObject, type Json, type JsonObject } from '../../../src/base/json.ts';
import { idTokenFormat } from '../../../src/protocols/uma/wire.ts';
import { allows } from '../../../src/sdk/allows.ts';
import { signed } from '../../support/keys.ts';
import { type Answer, type Door, nameOf, type Reply } from './answer.ts';
import type { DecisionCase } from './case-format.ts';
import { isShown } from './residual-ast.ts';
import { issuer, type Stage, type StagedServer } from './stage.ts';
import { iuaClaimsOf } from './uma-claims.ts';
import { isSmart, lackedByUma } from './uma-limits.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const provider = 'https://idp.example.org';

export const umaDoor: Door = {
  name: 'uma',
  needsService: true,
  ask: async (given, stage): Promise<Reply> => {
    const lacks = lackedByUma(given);
    if (lacks !== undefined) return { lacks };
    await stage.trust({ issuer: provider, jwks: [stage.keys.publicJwk], clientIds: {} });
    const server = await stage.server();
    const records = await Promise.all(scopesOf(given).map((each) => register(given, stage, server, each)));
    const token = await redeem(given, stage, server, await ticketFor(stage, server, records));
    return token === undefined ? refusal : answerOf(given, await introspected(stage, server, token), records);
  },
};

/** A refusal is silent: it names no reason, and one stands for all (interfaces.md, Tokens). */
const refusal: Answer = { outcome: 'deny', visible: [] };

/** `type` is absent where data of any type is asked for. */
type Scope = { readonly scope: string; readonly uri?: string; readonly type?: string };
type RecordOfOwner = Scope & { readonly id: string };

const letters = { access: 'rs', collect: 'c', correct: 'u' } as const;

/** SMART where it has a letter for the action; else the action in a word, and the type as that of the record. */
function scopesOf({ request: { action = 'access', resourceTypes } }: DecisionCase): readonly Scope[] {
  if (!resourceTypes) return [{ scope: action }];
  return [...new Set(resourceTypes)].map((type) =>
    isSmart(action)
      ? { type, scope: `patient/${type}.${letters[action]}` }
      : { type, scope: action, uri: `http://hl7.org/fhir/${type}` },
  );
}

async function register(
  { request }: DecisionCase,
  stage: Stage,
  { token: pat }: StagedServer,
  scope: Scope,
): Promise<RecordOfOwner> {
  const body = await sendJson(stage, '/uma/resources', pat, 201, {
    resource_owner: request.patient,
    resource_scopes: [scope.scope],
    ...(scope.uri === undefined ? {} : { type: scope.uri }),
  });
  return { ...scope, id: String(body['_id']) };
}

async function ticketFor(
  stage: Stage,
  { token: pat }: StagedServer,
  records: readonly RecordOfOwner[],
): Promise<string> {
  const asked = records.map(({ id, scope }) => ({ resource_id: id, resource_scopes: [scope] }));
  return String((await sendJson(stage, '/uma/permission', pat, 201, asked))['ticket']);
}

/** Undefined when it is refused. The server redeems its ticket itself, as for clients behind it (T4). */
async function redeem(
  given: DecisionCase,
  stage: Stage,
  server: StagedServer,
  ticket: string,
): Promise<string | undefined> {
  const { status, body } = await stage.askForToken(server.client, {
    grant_type: grantType,
    ticket,
    claim_token: await claimTokenOf(given, stage),
    claim_token_format: idTokenFormat,
  });
  if (status === 200) return String(body['access_token']);
  if (body['error'] === 'request_denied') return undefined;
  throw new Error(`neither granted nor denied: ${status} ${JSON.stringify(body)}`);
}

async function claimTokenOf(given: DecisionCase, { keys, at }: Stage): Promise<string> {
  const now = toEpochSeconds(at);
  const { clientId } = given.request.requester;
  return await signed(keys, {
    iss: provider,
    sub: 'whoever-asks',
    aud: issuer,
    iat: now,
    exp: now + 600,
    jti: randomUUID(),
    ...(clientId === undefined ? {} : { client_id: clientId }),
    extensions: { ihe_iua: iuaClaimsOf(given) },
  });
}

async function introspected(stage: Stage, { token: pat }: StagedServer, token: string): Promise<JsonObject> {
  const { status, body } = await stage.send('/oauth/introspect', {
    method: 'POST',
    headers: { authorization: `Bearer ${pat}` },
    body: new URLSearchParams({ token }),
  });
  if (status !== 200) throw new Error(`introspection: ${status} ${JSON.stringify(body)}`);
  return body as JsonObject;
}

function answerOf(given: DecisionCase, body: JsonObject, records: readonly RecordOfOwner[]): Answer {
  if (body['active'] !== true) return refusal;
  const granted = listOf(body['permissions']).flatMap((each) => String(objectOf(each)['resource_id']));
  const types = records.filter(({ id }) => granted.includes(id)).map(({ type }) => type);
  const seen = (given.candidates ?? []).filter(
    (candidate) =>
      types.some((type) => type === undefined || type === candidate.resourceType) &&
      passes(body, candidate as JsonObject, given),
  );
  return {
    outcome: 'permit',
    visible: seen.map(nameOf),
    obligations: listOf(body['obligations']).map((each) => String(objectOf(each)['id'])),
    notAfter: asInstant(Number(body['exp']) * 1000),
  };
}

/** In our own form where there is one, since PCF can say less (consent-decisioning.md §2). */
function passes(body: JsonObject, candidate: JsonObject, given: DecisionCase): boolean {
  const pcf = objectOf(objectOf(body['extensions'])['ihe_pcf']);
  const ast = body['residual_ast'] ?? pcf['residual_ast'];
  if (isObject(ast)) return isShown(ast, candidate);
  return allows(listOf(pcf['residual']), candidate, (name) => referencesOf(given, name));
}

/** What the server holds beside the candidates refers to none of them. */
function referencesOf({ candidates = [] }: DecisionCase, name: string): readonly string[] {
  const text = JSON.stringify(candidates.find((each) => nameOf(each) === name) ?? {});
  return [...text.matchAll(/"reference":"([^"]+)"/g)].map((match) => match[1] ?? '');
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

async function sendJson(
  stage: Stage,
  path: string,
  pat: string,
  wanted: number,
  asked: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const { status, body } = await stage.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${pat}` },
    body: JSON.stringify(asked),
  });
  if (status !== wanted) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}
