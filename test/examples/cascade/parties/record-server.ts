// A small FHIR server with two observations about one patient, one of them labelled as restricted. It decides nothing:
// it asks the hospital's authorization server what a token is worth, and withholds what the residual forbids.

import type { IncomingMessage, Server } from 'node:http';
import { isObject, type Json, type JsonObject } from '../../../../src/base/json.ts';
import { allows } from '../../../../src/sdk/index.ts';
import { type Credentials, type KeyPair, proof } from './credentials.ts';
import { postForm, postJson } from './exchange-http.ts';
import { type Answer, answering, beParty } from './party.ts';

export type RecordServerSettings = {
  readonly authorizationServer: string;
  readonly clientId: string;
  readonly keys: KeyPair;
  /** The record as the authorization server knows it, and the resources in it. */
  readonly recordId: string;
  readonly resources: readonly JsonObject[];
};

export type RecordServer = { readonly open: (settings: RecordServerSettings) => Promise<void> };

const scope = 'observation.read';

function recordServer(_: string, server: Server): RecordServer {
  async function open(settings: RecordServerSettings): Promise<void> {
    server.on(
      'request',
      answering((request) => answerRequest(settings, request)),
    );
  }
  return { open };
}

async function answerRequest(settings: RecordServerSettings, request: IncomingMessage): Promise<Answer> {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  const visible = scheme === 'Bearer' && token ? await visibleUnder(settings, token) : undefined;
  if (!visible) return await challenge(settings);
  const [, type, id] = /^\/fhir\/(\w+)(?:\/([\w-]+))?/.exec(request.url ?? '') ?? [];
  const shown = visible.filter((resource) => resource['resourceType'] === type);
  if (id === undefined) return { status: 200, body: searchset(shown) };
  const found = shown.find((resource) => resource['id'] === id);
  // What is withheld and what never existed look the same (access-denied-and-enforcement.md AD-1).
  return found ? { status: 200, body: found } : { status: 404, body: notFound };
}

/** The resources that the token opens at this moment; undefined when it opens none of this record. */
async function visibleUnder(
  settings: RecordServerSettings,
  token: string,
): Promise<readonly JsonObject[] | undefined> {
  const told = await introspect(settings, token);
  if (told['active'] !== true || !grants(told['permissions'], settings.recordId)) return undefined;
  const pcf = isObject(told['extensions']) ? told['extensions']['ihe_pcf'] : undefined;
  // Without its PCF part an answer would look unrestricted.
  if (!isObject(pcf) || !Array.isArray(pcf['residual'])) return undefined;
  const { residual } = pcf;
  return settings.resources.filter((resource) => allows(residual, resource));
}

async function introspect(settings: RecordServerSettings, token: string): Promise<JsonObject> {
  const { authorizationServer } = settings;
  const { status, body } = await postForm(`${authorizationServer}/token/introspection`, {
    token,
    ...(await proof(settings, authorizationServer)),
  });
  return status === 200 ? body : {};
}

const grants = (permissions: Json | undefined, recordId: string): boolean =>
  Array.isArray(permissions) &&
  permissions.some(
    (one) =>
      one.resource_id === recordId &&
      Array.isArray(one.resource_scopes) &&
      one.resource_scopes.includes(scope),
  );

/** UMA Grant §3.2.1; without a ticket the app cannot continue (§3.2.2). */
async function challenge(settings: RecordServerSettings): Promise<Answer> {
  const { authorizationServer: issuer, recordId } = settings;
  const pat = await patFrom(issuer, settings);
  const wanted = { resource_id: recordId, resource_scopes: [scope] };
  const { status, body } = await postJson(`${issuer}/uma/permission`, wanted, pat);
  const { ticket } = body;
  if (status !== 201 || typeof ticket !== 'string') {
    return { status: 403, headers: { Warning: '199 - "UMA Authorization Server Unreachable"' }, body: {} };
  }
  const told = `UMA realm="record", as_uri="${issuer}", ticket="${ticket}"`;
  return { status: 401, headers: { 'WWW-Authenticate': told }, body: {} };
}

async function patFrom(issuer: string, credentials: Credentials): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    scope: 'uma_protection',
    ...(await proof(credentials, issuer)),
  };
  const { body } = await postForm(`${issuer}/token`, form);
  return String(body['access_token']);
}

// No total: counting what is withheld would tell that there is something.
const searchset = (resources: readonly JsonObject[]): JsonObject => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: resources.map((resource) => ({ resource })),
});

const notFound: JsonObject = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'not-found' }],
};

await beParty(recordServer);
