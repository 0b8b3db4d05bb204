/** The FHIR API on a database of its own, called by clients that tests make up. */
import { randomBytes } from 'node:crypto';
import type { Caller, RequireScope } from '../../../src/access/caller.ts';
import { coversAny } from '../../../src/access/scope.ts';
import { indexEntry } from '../../../src/audit/index-entry.ts';
import { asInstant, type Instant, plusSeconds } from '../../../src/base/instant.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { err, ok } from '../../../src/base/result.ts';
import { createApp } from '../../../src/http/app.ts';
import { fhirFace } from '../../../src/http/fhir-face.ts';
import { fhirBases, usualVersion } from '../../../src/protocols/fhir-api/base.ts';
import { fhirEndpoints } from '../../../src/protocols/fhir-api/routes.ts';
import { createContinuation } from '../../../src/protocols/fhir-api/search/continuation.ts';
import { auditLog, auditReader } from '../../../src/storage/audit-log.ts';
import { type Database, openDatabase } from '../../../src/storage/database.ts';
import { resourceStore } from '../../../src/storage/resources.ts';
import { transact } from '../../../src/storage/transact.ts';
import { freshDatabase } from '../../support/database.ts';

export const issuer = 'https://headwater.example';
export const start = asInstant(Date.UTC(2026, 9, 1, 10));

const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));

const client = (name: string, changes: Partial<Caller>): Caller => ({
  clientId: name,
  tokenId: `token-of-${name}`,
  scopes: [],
  may: [],
  ...changes,
});

const pinned = (name: string, patient: string): Caller =>
  client(name, {
    scopes: ['patient/*.cruds'],
    patient: `Patient/${patient}`,
    patients: [`Patient/${patient}`],
  });

/** Whoever sends `Bearer NAME`. */
export const clients = {
  ann: pinned('ann', 'ann'),
  bob: pinned('bob', 'bob'),
  clinic: client('clinic', { scopes: ['system/*.cruds'], may: ['file', 'activate'] }),
  scanner: client('scanner', { scopes: ['system/Consent.crus'], may: ['file'] }),
  family: client('family', {
    scopes: ['user/*.cruds'],
    patients: ['Patient/ann', 'Patient/bob'],
    may: ['file'],
  }),
  hospital: client('hospital', {
    scopes: ['system/*.cruds'],
    organizations: ['Organization/h'],
    may: ['file', 'activate'],
  }),
  reader: client('reader', { scopes: ['user/Consent.rs'] }),
  creator: client('creator', { scopes: ['system/Consent.c'], may: ['file', 'activate'] }),
  finder: client('finder', { scopes: ['system/Consent.cs'], may: ['file', 'activate'] }),
  updater: client('updater', { scopes: ['system/Consent.us'], may: ['file', 'activate'] }),
  curious: client('curious', { scopes: ['system/Consent.uds'] }),
  registry: client('registry', { scopes: ['system/Organization.rs'] }),
  nosy: client('nosy', { scopes: ['system/*.cruds'] }),
} as const satisfies Record<string, Caller>;

const requireScope: RequireScope = (...scopes) => ({
  admit: async (headers) => {
    const caller = Object.entries(clients).find(
      ([name]) => headers.get('authorization') === `Bearer ${name}`,
    )?.[1];
    if (!caller) {
      return err({
        kind: 'unauthenticated',
        code: 'invalid_token',
        detail: 'no token',
        challenge: { scheme: 'Bearer' },
      });
    }
    if (scopes.some((scope) => coversAny(caller.scopes, scope))) return ok(caller);
    const { clientId, tokenId } = caller;
    return err({
      kind: 'forbidden',
      code: 'insufficient_scope',
      detail: 'the token does not carry the scope',
      by: { clientId, tokenId },
    });
  },
});

export type Sent = {
  readonly as?: keyof typeof clients | null;
  readonly body?: unknown;
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: JsonObject;
};

export type Api = Awaited<ReturnType<typeof anApi>>;

export async function anApi() {
  const database = await freshDatabase();
  const { database: db, close } = openDatabase(database.url, { connections: 10 });
  let isAuditDown = false;
  const storesOver = (over: Database) => {
    const { append } = auditLog(over, indexEntry);
    const broken = async () => Promise.reject(new Error('the audit log is down'));
    return {
      resources: resourceStore(over, { random }),
      audit: {
        append: (entries: Parameters<typeof append>[0]) => (isAuditDown ? broken() : append(entries)),
        ...auditReader(over),
      },
    };
  };
  const stores = storesOver(db);
  const deps = {
    ...stores,
    issuer,
    transact: transact(db, storesOver),
    requireScope,
    random,
    continuation: createContinuation('a secret of the test, long enough to be one', random),
  };
  let now: Instant = start;
  const failures: unknown[] = [];
  const app = createApp(
    fhirBases.map((base) => ({ endpoints: fhirEndpoints(deps, base), face: fhirFace(usualVersion(base)) })),
    { clock: () => now, random, log: (_event, facts) => failures.push(facts['error']) },
  );
  const call = async (
    method: string,
    path: string,
    { as = 'clinic', body, raw, headers }: Sent = {},
  ): Promise<Answer> => {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await app.request(`${issuer}${path}`, {
      method,
      headers: {
        ...(as ? { authorization: `Bearer ${as}` } : {}),
        ...(sent === undefined
          ? {}
          : {
              'content-type': method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json',
            }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const text = await response.text();
    if (response.status >= 500)
      throw new Error(`${method} ${path} answered ${response.status}`, { cause: failures.at(-1) });
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text === '' ? {} : JSON.parse(text),
    };
  };
  return {
    ...stores,
    call,
    later: (seconds: number) => {
      now = plusSeconds(now, seconds);
    },
    /** While it does, nothing can be recorded. */
    withoutAudit: async <T>(work: () => Promise<T>): Promise<T> => {
      isAuditDown = true;
      try {
        return await work();
      } finally {
        isAuditDown = false;
      }
    },
    close: async () => {
      await close();
      await database.drop();
    },
  };
}

export const issuesOf = ({ json }: Answer) =>
  json['issue'] as readonly { code: string; diagnostics: string; expression?: string[] }[];

export const entriesOf = ({ json }: Answer) =>
  (json['entry'] ?? []) as readonly { fullUrl: string; resource: JsonObject }[];

/** All that a client could tell two answers apart by. */
export const seen = ({ status, headers, text }: Answer) => {
  const { 'x-request-id': _, ...rest } = Object.fromEntries(headers);
  return { status, headers: rest, text };
};

export const idsOf = (answer: Answer) => entriesOf(answer).map(({ resource }) => resource['id']);

export const linkOf = ({ json }: Answer, relation: string): string | undefined =>
  (json['link'] as readonly { relation: string; url: string }[])
    .find((link) => link.relation === relation)
    ?.url.slice(issuer.length);
