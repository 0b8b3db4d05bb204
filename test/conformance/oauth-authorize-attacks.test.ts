/** What is tried against the authorization endpoint (oauth-baseline.md, RFC 9700). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../src/protocols/authorization-server/client.ts';
import {
  answerIn,
  type Browser,
  type BrowserService,
  redirectUri,
  type Shown,
  startBrowserService,
} from '../support/at-a-browser.ts';
import { isAsked, isPage, refusal } from './shown.ts';

let service: BrowserService;
let client: Client;
/** Signed in as Ann. */
let ann: Browser;

beforeAll(async () => {
  service = await startBrowserService();
  await service.aPatient('ann');
  client = await service.aClient();
  ann = await signedIn();
});
afterAll(() => service.stop());

async function signedIn(patient = 'Patient/ann'): Promise<Browser> {
  const browser = service.browser();
  await browser.signIn(await browser.open(request()), patient);
  return browser;
}

type Given = Readonly<Record<string, string | undefined>>;
const request = (given: Given = {}, who = client): string => service.requestOf(who, given);
const ask = (given: Given, who = client): Promise<Shown> => ann.open(request(given, who));

describe('RFC 9700', () => {
  it('§4.11.2 row 10: whoever is not signed in signs in before an error sends them on', async () => {
    const browser = service.browser();
    const shown = await browser.open(request({ scope: 'x' }));
    expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('Who are you?')]);
    expect(refusal(await browser.signIn(shown, 'Patient/ann'))).toEqual([303, 'invalid_scope']);
  });

  it.each([
    ['the page that asks', () => ann.open(request()), 'https://app.example.org'],
    ['the page to sign in', () => service.browser().open(request()), 'https://app.example.org'],
    ['a page of refusal', () => ann.open('/oauth/authorize'), ''],
  ])(
    '§4.2, §4.16 row 8: %s cannot be framed, loads nothing, leaves nothing behind',
    async (_, show, target) => {
      const { headers, text } = await show();
      const policy = (headers.get('content-security-policy') ?? '').split('; ');
      expect(policy).toEqual([
        "default-src 'none'",
        expect.stringMatching(/^style-src 'sha256-[^' ]+'$/),
        `form-action 'self'${target === '' ? '' : ` ${target}`}`,
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ]);
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(text).not.toMatch(/<script|<img|<link|<iframe| on\w+=|https?:\/\/(?!127\.0\.0\.1:8080)/i);
    },
  );

  it('§4.12 row 8: every redirect is a 303 that leaves no trace', async () => {
    const { status, headers } = await ask({ scope: 'x' });
    expect(status).toBe(303);
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual([
      'no-store',
      'no-referrer',
    ]);
    const done = await ann.submit((await ask({})).forms[0], { decision: 'allow' });
    expect(done.headers.get('cache-control')).toBe('no-store');
    expect(done.headers.get('referrer-policy')).toBe('no-referrer');
  });
});

describe('what is tried', () => {
  it('markup in a name or in a state stays text', async () => {
    const name = '</title><script>alert(1)</script>"\'><img src=x onerror=alert(1)>&lt;';
    const state = '"><script>alert(2)</script>';
    const hostile = await service.aClient({ name });
    const shown = await ask({ state }, hostile);
    isAsked(shown);
    expect(shown.text).not.toMatch(/<script|<img/i);
    expect(shown.text).toContain('&lt;script&gt;alert(1)');
    const done = await ann.submit(shown.forms[0], { decision: 'deny' });
    expect(answerIn(done)['state']).toBe(state);
    const stranger = await service.browser().open(request({ state }, hostile));
    expect(stranger.text).not.toMatch(/<script|<img/i);
  });

  it('a name cannot turn around what stands beside it', async () => {
    const shown = await ask({}, await service.aClient({ name: 'Good\u202e\u2066\u0007 App' }));
    expect(shown.text).toContain('<h1>Good App asks for your permission</h1>');
  });

  it('a state with a line break adds no header', async () => {
    const done = await ask({ state: 'a\r\nset-cookie: x=y', scope: 'x' });
    expect(done.headers.getSetCookie()).toEqual([]);
    expect(answerIn(done)['state']).toBe('a\r\nset-cookie: x=y');
  });

  it('a decision without the token of its form is refused, and so is one with that of another', async () => {
    const form = (await ask({})).forms[0];
    const other = (await (await signedIn()).open(request())).forms[0];
    for (const form_token of ['', 'x', other?.fields['form_token'] ?? '']) {
      const shown = await ann.submit(form, { decision: 'allow', form_token });
      expect([shown.status, shown.location]).toEqual([403, '']);
    }
    const { form_token: _, ...bare } = form?.fields ?? {};
    expect((await ann.post(form?.action ?? '', { ...bare, decision: 'allow' })).status).toBe(403);
    expect((await service.browser().submit(form, { decision: 'allow' })).status).toBe(403);
  });

  it('a decision is about the request as it is now: whoever changes it is checked again', async () => {
    const form = (await ask({})).forms[0];
    const changed = (given: Given) =>
      ann.submit(form, { decision: 'allow', request: request(given).split('?')[1] ?? '' });
    isPage(await changed({ redirect_uri: 'https://evil.example/cb' }));
    expect(refusal(await changed({ scope: 'system/Consent.rs' }))).toEqual([303, 'invalid_scope']);
    expect(refusal(await changed({ code_challenge: undefined }))).toEqual([303, 'invalid_request']);
  });

  it('a decision is allow or deny, and once', async () => {
    const form = (await ask({})).forms[0];
    for (const decision of ['', 'yes', 'ALLOW'])
      expect((await ann.submit(form, { decision })).status).toBe(400);
    const twice = new URLSearchParams({ ...form?.fields, decision: 'deny' });
    isPage(await ann.post(form?.action ?? '', `${twice}&decision=allow`));
    expect((await ann.open('/oauth/authorize/decision')).status).toBe(405);
  });

  it('what is too long is refused as a page, wherever it is', async () => {
    const long = 'x'.repeat(9000);
    for (const given of [{ state: long }, { redirect_uri: `${redirectUri}${long}` }, { resource: long }])
      isPage(await ask(given));
    isPage(
      await ann.submit((await ask({})).forms[0], { decision: 'allow', request: `${request()}&x=${long}` }),
    );
    const many = Array.from({ length: 3000 }, (_, at) => `p${at}=1`).join('&');
    isPage(await ann.open(`${request()}&${many}`));
  });

  it.each([
    'state=%00',
    'scope=%00',
    'resource=%00',
    'resource=%ED%A0%80',
    'code_challenge=%F0',
    '__proto__=x',
    '%=%',
  ])('no bytes make a fault: %s', async (odd) => {
    const [name = ''] = odd.split('=');
    expect((await ann.open(`${request({ [name]: undefined })}&${odd}`)).status).toBeLessThan(400);
  });

  it('a body that is no form is refused with a page', async () => {
    const response = await service.app.request('/oauth/authorize', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      415,
      'text/html; charset=utf-8',
    ]);
  });
});
