/** Signing in at a browser: sessions, their cookie and their end; and what is tried against the sign-in for developers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../../../src/protocols/authorization-server/client.ts';
import { type BrowserService, type Shown, startBrowserService } from '../../../support/at-a-browser.ts';

let service: BrowserService;
let client: Client;
let url: string;

beforeAll(async () => {
  service = await startBrowserService();
  await service.aPatient('ann');
  client = await service.aClient();
  url = service.requestOf(client);
});
afterAll(() => service.stop());

const code = (): string =>
  String(service.log.findLast(({ event }) => event === 'sign-in.development')?.facts['code']);
const cookieName = 'headwater-8080';

async function signedIn() {
  const browser = service.browser();
  const page = await browser.signIn(await browser.open(url), 'Patient/ann');
  return { browser, page };
}
const isSignedIn = ({ text }: Shown): boolean => text.includes('You are signed in as');

describe('a session', () => {
  it('is a cookie that no script and no other site can use', async () => {
    const shown = await service.browser().open(url);
    expect(shown.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^headwater-8080=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
  });

  it('of https is for its host alone', async () => {
    const { visitCookie } = await import('../../../../src/protocols/authorization-server/browser/cookie.ts');
    expect(visitCookie('https://consent.example.org').write('s')['set-cookie']).toBe(
      '__Host-headwater=s; Path=/; HttpOnly; SameSite=Lax; Secure',
    );
  });

  it('gets another secret at sign-in, whatever was planted before (session fixation)', async () => {
    const browser = service.browser();
    const planted = 'A'.repeat(43);
    browser.cookies.set(cookieName, planted);
    await browser.signIn(await browser.open(url), 'Patient/ann');
    expect(browser.cookies.get(cookieName)).not.toBe(planted);
    const attacker = service.browser();
    attacker.cookies.set(cookieName, planted);
    expect(isSignedIn(await attacker.open(url))).toBe(false);
  });

  it('ends the one before when somebody signs in anew', async () => {
    const { browser } = await signedIn();
    const before = browser.cookies.get(cookieName) ?? '';
    await browser.signIn(await browser.open(`${url}&prompt=login`), 'Patient/ann');
    const old = service.browser();
    old.cookies.set(cookieName, before);
    expect(isSignedIn(await old.open(url))).toBe(false);
  });

  it('ends after 15 minutes of nothing, and goes on while somebody comes', async () => {
    const { browser } = await signedIn();
    service.wait(15 * 60 - 1);
    expect(isSignedIn(await browser.open(url))).toBe(true);
    service.wait(15 * 60 - 1);
    expect(isSignedIn(await browser.open(url))).toBe(true);
    service.wait(15 * 60);
    expect(isSignedIn(await browser.open(url))).toBe(false);
  });

  it('ends after 8 hours, whoever comes', async () => {
    const { browser } = await signedIn();
    for (let minute = 0; minute < 470; minute += 10) {
      service.wait(600);
      expect(isSignedIn(await browser.open(url))).toBe(true);
    }
    service.wait(599);
    expect(isSignedIn(await browser.open(url))).toBe(true);
    service.wait(1);
    expect(isSignedIn(await browser.open(url))).toBe(false);
  });

  it('is not what came twice, nor what is no secret', async () => {
    const { browser } = await signedIn();
    const secret = browser.cookies.get(cookieName) ?? '';
    const text = async (cookie: string) =>
      await (await service.app.request(url, { headers: { cookie } })).text();
    expect(await text(`other=1; ${cookieName}=${secret}; x=y`)).toContain('You are signed in as');
    for (const cookie of [
      `${cookieName}=${secret}; ${cookieName}=${secret}`,
      `${cookieName}=${secret}x`,
      `${cookieName}="${secret}"`,
    ])
      expect(await text(cookie)).not.toContain('You are signed in as');
  });

  it('is kept as a hash', async () => {
    const { browser } = await signedIn();
    const { sql } = await import('drizzle-orm');
    const rows = JSON.stringify(await service.database.execute(sql`select * from session`));
    expect(rows).toContain('Patient/ann');
    expect(rows).not.toContain(browser.cookies.get(cookieName));
  });

  it('ends by signing out', async () => {
    const { browser, page } = await signedIn();
    const before = browser.cookies.get(cookieName) ?? '';
    const { next: _, ...fields } = page.forms[1]?.fields ?? {};
    const out = await browser.post('/sign-out', fields);
    expect([out.status, out.text]).toEqual([200, expect.stringContaining('You are signed out')]);
    browser.cookies.set(cookieName, before);
    expect(isSignedIn(await browser.open(url))).toBe(false);
  });

  it('does not end by a form of another site', async () => {
    const { browser } = await signedIn();
    expect((await browser.post('/sign-out', { form_token: 'x' })).status).toBe(403);
    expect(isSignedIn(await browser.open(url))).toBe(true);
  });
});

describe('the sign-in for developers', () => {
  it('says what it is, and its code is told to the log alone', async () => {
    const shown = await service.browser().open(url);
    expect(shown.text).toContain('For development only');
    expect(code()).toMatch(/^[\w-]{16}$/);
    expect(shown.text).not.toContain(code());
  });

  it.each([
    ['a wrong code', { patient: 'Patient/ann', code: 'AAAAAAAAAAAAAAAA' }],
    ['no code', { patient: 'Patient/ann' }],
    ['a patient nobody knows', { patient: 'Patient/zoe', code: 'the code' }],
    ['no patient', { code: 'the code' }],
    ['somebody who is no patient', { patient: 'Practitioner/ann', code: 'the code' }],
    ['odd characters', { patient: 'Patient/ann\u0000', code: 'the code' }],
  ])('lets nobody in with %s, and says the same of each', async (_, given) => {
    const browser = service.browser();
    const form = (await browser.open(url)).forms[0];
    const fields = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value === 'the code' ? code() : value]),
    );
    const shown = await browser.submit(form, fields);
    expect([shown.status, shown.location]).toEqual([403, '']);
    expect(shown.text).toContain('Nobody by that id is on file, or the code is another');
    expect(isSignedIn(await browser.open(url))).toBe(false);
  });

  it('takes the id alone, too', async () => {
    const browser = service.browser();
    expect(isSignedIn(await browser.signIn(await browser.open(url), ' ann '))).toBe(true);
  });

  it('signs nobody in by a form of another site (login CSRF)', async () => {
    const form = (await service.browser().open(url)).forms[0];
    const victim = service.browser();
    await victim.open(url);
    const shown = await victim.submit(form, { patient: 'Patient/ann', code: code() });
    expect([shown.status, shown.location]).toEqual([403, '']);
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/oauth/authorize/../../evil',
    '/oauth/authorize/decision?x',
    '/oauth/authorize@evil.example',
    'https://127.0.0.1:8080/oauth/authorize',
    '/oauth/token',
    '',
    'javascript:alert(1)',
    `/oauth/authorize?${'x'.repeat(9000)}`,
  ])('leads nowhere but to our own doors: %s', async (next) => {
    const browser = service.browser();
    const form = (await browser.open(url)).forms[0];
    const shown = await browser.submit(form, { patient: 'Patient/ann', code: code(), next });
    expect([shown.status, shown.location]).toEqual([400, '']);
    expect(isSignedIn(await browser.open(url))).toBe(false);
  });

  it('goes on with what was asked, written anew', async () => {
    const browser = service.browser();
    const form = (await browser.open(url)).forms[0];
    const next = '/oauth/authorize?a=b\r\nset-cookie: x=y&c=?d#e';
    const { location } = await browser.submit(form, { patient: 'Patient/ann', code: code(), next });
    expect(location).toBe('http://127.0.0.1:8080/oauth/authorize?a=b%0D%0Aset-cookie%3A+x%3Dy&c=%3Fd%23e');
  });

  it.each(['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', '127.0.0.1@evil.example', '[::2]'])(
    'is not there for a page whose name leads to this machine: %s',
    async (host) => {
      const browser = service.browser();
      const form = (await browser.open(url)).forms[0];
      const fields = { ...form?.fields, patient: 'Patient/ann', code: code() };
      const shown = await browser.post('/sign-in', fields, { host });
      expect([shown.status, shown.text]).toEqual([404, expect.stringContaining('There is nothing here')]);
    },
  );

  it('cannot be made for an issuer that is not this machine', async () => {
    const { developmentSignIn } = await import(
      '../../../../src/protocols/authorization-server/browser/development-sign-in.ts'
    );
    expect(() => developmentSignIn({ issuer: 'https://consent.example.org' } as never)).toThrow('loopback');
  });
});
