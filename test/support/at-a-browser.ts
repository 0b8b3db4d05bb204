/** The whole service on a loopback issuer, and browsers that keep its cookie, follow its redirects and fill in its forms. */
import { randomBytes, randomUUID } from 'node:crypto';
import { settingsSchema } from '../../src/access/settings.ts';
import { asInstant, plusSeconds } from '../../src/base/instant.ts';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import { composeApp } from '../../src/runtime/compose.ts';
import { clientStore } from '../../src/storage/clients.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { resourceStore } from '../../src/storage/resources.ts';
import { freshDatabase } from './database.ts';

export type BrowserService = Awaited<ReturnType<typeof startBrowserService>>;
export type Browser = ReturnType<BrowserService['browser']>;
export type Fields = Readonly<Record<string, string>>;

export type Shown = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it sends the browser; empty when it stays. */
  readonly location: string;
  readonly forms: readonly Form[];
};

export type Form = { readonly action: string; readonly fields: Fields; readonly buttons: readonly string[] };

export const redirectUri = 'https://app.example.org/cb';
/** RFC 7636, Appendix B. */
export const codeChallenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

export async function startBrowserService(issuer = 'http://127.0.0.1:8080') {
  const fresh = await freshDatabase();
  const { database, close } = openDatabase(fresh.url, { connections: 5 });
  const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));
  const time = { at: asInstant(Date.parse('2026-10-01T10:00:00Z')) };
  const log: { readonly event: string; readonly facts: Readonly<Record<string, unknown>> }[] = [];
  const app = composeApp({
    database,
    issuer,
    keySecret: 'a secret of the test, long enough to be one',
    settings: settingsSchema.parse({}),
    clock: () => time.at,
    random,
    log: (event, facts) => log.push({ event, facts }),
  });

  const request = async (url: string, init: RequestInit): Promise<Shown> => {
    const response = await app.request(url.replace(issuer, ''), init);
    const { status, headers } = response;
    const failed = log.find(({ event }) => event === 'request.failed');
    if (status >= 500 && failed) throw new Error('the server failed', { cause: failed.facts['error'] });
    const text = await response.text();
    return { status, headers, text, location: headers.get('location') ?? '', forms: formsIn(text) };
  };

  const browser = () => {
    const cookies = new Map<string, string>();
    const send = async (url: string, init: RequestInit): Promise<Shown> => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { ...(init.headers as Fields), ...(cookie === '' ? {} : { cookie }) };
      const shown = await request(url, { ...init, headers });
      for (const set of shown.headers.getSetCookie()) {
        const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=');
        cookies.set(name, value);
      }
      return shown;
    };
    const post = (url: string, fields: Fields | string, headers: Fields = {}): Promise<Shown> =>
      send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(fields).toString(),
      });
    const open = (url: string, headers: Fields = {}): Promise<Shown> => send(url, { headers });
    const submit = (form: Form | undefined, fields: Fields = {}): Promise<Shown> => {
      if (!form) throw new Error('there is no such form');
      return post(form.action, { ...form.fields, ...fields });
    };
    /** Through the sign-in that the page shows, to the page behind it. */
    const signIn = async (shown: Shown, patient: string): Promise<Shown> => {
      const code = String(log.findLast(({ event }) => event === 'sign-in.development')?.facts['code']);
      const done = await submit(shown.forms[0], { patient, code });
      if (done.status !== 303) throw new Error(`not signed in: ${done.status} ${done.text}`);
      return await open(done.location);
    };
    return { cookies, open, post, submit, signIn };
  };

  return {
    issuer,
    app,
    database,
    log,
    browser,
    wait: (seconds: number): void => {
      time.at = plusSeconds(time.at, seconds);
    },
    async aClient(given: Partial<Client> = {}): Promise<Client> {
      const client: Client = {
        id: randomUUID(),
        name: 'Example Health',
        jwks: [],
        redirectUris: [redirectUri],
        grants: ['authorization_code'],
        scopes: ['patient/Consent.cruds', 'uma_protection', 'offline_access'],
        may: [],
        createdAt: time.at,
        ...given,
      };
      const created = await clientStore(database, { random }).create(client);
      if (!created.ok) throw new Error(created.failure);
      return client;
    },
    async aPatient(id: string, members: object = {}): Promise<string> {
      const text = JSON.stringify({ resourceType: 'Patient', id, ...members });
      const index = { entries: [], dates: [] };
      const write = { type: 'Patient', id, fhirVersion: '4.0', patient: id, status: undefined } as const;
      await resourceStore(database, { random }).create({ ...write, index, text, at: time.at, filedBy: 't' });
      return `Patient/${id}`;
    },
    /** A good request; what is given replaces the usual, an undefined one is left out. */
    requestOf: (client: Client, given: Readonly<Record<string, string | undefined>> = {}): string => {
      const usual = {
        response_type: 'code',
        client_id: client.id,
        redirect_uri: redirectUri,
        scope: 'patient/Consent.rs',
        state: 'a state',
        code_challenge: codeChallenge,
        code_challenge_method: 'S256',
      };
      const sent = Object.entries({ ...usual, ...given }).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      );
      return `/oauth/authorize?${new URLSearchParams(sent)}`;
    },
    stop: async (): Promise<void> => {
      await close();
      await fresh.drop();
    },
  };
}

/** The answer that a redirect brings to the client. */
export const answerIn = ({ location }: Shown): Fields =>
  Object.fromEntries(URL.canParse(location) ? new URL(location).searchParams : []);

function formsIn(text: string): readonly Form[] {
  return [...text.matchAll(/<form method="post" action="([^"]*)">(.*?)<\/form>/gs)].map(
    ([, action = '', content = '']) => ({
      action: unescaped(action),
      fields: Object.fromEntries(
        [...content.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
          ([, name = '', value = '']) => [name, unescaped(value)],
        ),
      ),
      buttons: [...content.matchAll(/<button[^>]*>([^<]*)</g)].map(([, label = '']) => label),
    }),
  );
}

const entities: Fields = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const unescaped = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');
