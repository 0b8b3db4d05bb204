/** The authorization endpoint at a browser: from the request of a client to what comes back to it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../../../src/protocols/authorization-server/client.ts';
import {
  answerIn,
  type Browser,
  type BrowserService,
  redirectUri,
  type Shown,
  startBrowserService,
} from '../../../support/at-a-browser.ts';

let service: BrowserService;
let client: Client;

beforeAll(async () => {
  service = await startBrowserService();
  await service.aPatient('ann');
  await service.aPatient('bob');
  client = await service.aClient();
});
afterAll(() => service.stop());

const request = (given: Readonly<Record<string, string | undefined>> = {}, who = client) =>
  service.requestOf(who, given);

/** Ann at a browser of her own, before the page that asks her. */
async function asked(url: string = request()): Promise<{ readonly browser: Browser; readonly page: Shown }> {
  const browser = service.browser();
  return { browser, page: await browser.signIn(await browser.open(url), 'Patient/ann') };
}

describe('a patient', () => {
  it('signs in, is asked in plain words, allows, and a code goes to the client', async () => {
    const { browser, page } = await asked();
    expect(page.status).toBe(200);
    for (const words of [
      'Example Health',
      'Patient/ann',
      'Read and search your consents',
      'so that Example Health can show you what you decided',
      'For at most 61 minutes',
      'app.example.org',
    ])
      expect(page.text).toContain(words);
    const done = await browser.submit(page.forms[0], { decision: 'allow' });
    expect(done.status).toBe(303);
    expect(done.location.startsWith(`${redirectUri}?`)).toBe(true);
    expect(answerIn(done)).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/),
      state: 'a state',
      iss: service.issuer,
    });
  });

  it('denies, and the client learns that alone', async () => {
    const { browser, page } = await asked();
    const done = await browser.submit(page.forms[0], { decision: 'deny' });
    expect([done.status, answerIn(done)]).toEqual([
      303,
      {
        error: 'access_denied',
        error_description: expect.any(String),
        state: 'a state',
        iss: service.issuer,
      },
    ]);
  });

  it('who is signed in is asked without signing in again', async () => {
    const { browser } = await asked();
    expect((await browser.open(request({ scope: 'uma_protection' }))).text).toContain(
      'Protect your records at Example Health',
    );
  });

  it('who is somebody else signs out and in again, and is asked the same', async () => {
    const { browser, page } = await asked();
    const out = await browser.submit(page.forms[1]);
    const next = await browser.signIn(await browser.open(out.location), 'Patient/bob');
    expect(next.text).toContain('Patient/bob');
    expect(next.forms[0]?.fields['request']).toBe(page.forms[0]?.fields['request']);
  });

  it('whose session ended while deciding signs in and is asked again', async () => {
    const { browser, page } = await asked();
    service.wait(15 * 60);
    const shown = await browser.submit(page.forms[0], { decision: 'allow' });
    expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('Who are you?')]);
    expect((await browser.signIn(shown, 'Patient/ann')).text).toContain('Read and search your consents');
  });

  it('is told of a request for years that it is one', async () => {
    const lasting = await service.aClient({ grants: ['authorization_code', 'refresh_token'] });
    const { page } = await asked(request({ scope: 'uma_protection offline_access' }, lasting));
    expect(page.text).toContain('Protect your records at Example Health, also while you are away');
    expect(page.text).toContain('Until 1 October 2027 at the latest');
  });
});

describe('a request that a client posts', () => {
  it('is asked again by GET, where the cookie comes along', async () => {
    const { browser } = await asked();
    const query = request().split('?')[1] ?? '';
    const redirected = await service.browser().post('/oauth/authorize', query);
    expect([redirected.status, redirected.location]).toEqual([
      303,
      `${service.issuer}/oauth/authorize?${query}`,
    ]);
    expect(redirected.headers.getSetCookie()).toEqual([]);
    expect((await browser.open(redirected.location)).text).toContain('Read and search your consents');
  });

  it('that is too long is refused before anything is made of it', async () => {
    const { status, location } = await service
      .browser()
      .post('/oauth/authorize', { state: 'x'.repeat(9000) });
    expect([status, location]).toEqual([400, '']);
  });
});

describe('a client', () => {
  it('whose registration leaves the patient out hears what a denial says', async () => {
    const others = await service.aClient({ patients: ['Patient/bob'] });
    const { page } = await asked(request({}, others));
    const { browser, page: own } = await asked();
    const denied = await browser.submit(own.forms[0], { decision: 'deny' });
    expect([page.status, answerIn(page)]).toEqual([303, answerIn(denied)]);
  });

  it('of an organization asks its patients alone', async () => {
    await service.aPatient('carla', { managingOrganization: { reference: 'Organization/h' } });
    const ofH = await service.aClient({ organizations: ['Organization/h'] });
    expect(answerIn((await asked(request({}, ofH))).page)['error']).toBe('access_denied');
    const browser = service.browser();
    const page = await browser.signIn(await browser.open(request({}, ofH)), 'Patient/carla');
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Patient/carla')]);
  });

  it('that was disabled while the patient decided gets nothing, and nobody is sent to it', async () => {
    const ending = await service.aClient();
    const { browser, page } = await asked(request({}, ending));
    const { clientStore } = await import('../../../../src/storage/clients.ts');
    await clientStore(service.database, { random: (n) => new Uint8Array(n) }).disable(
      ending.id,
      ending.createdAt,
    );
    const shown = await browser.submit(page.forms[0], { decision: 'allow' });
    expect([shown.status, shown.location]).toEqual([400, '']);
  });
});

describe('who may sign in', () => {
  it('is nobody where no way to is set up: a page says so', async () => {
    const elsewhere = await startBrowserService('https://consent.example.org');
    try {
      const shown = await elsewhere.browser().open(elsewhere.requestOf(await elsewhere.aClient()));
      expect([shown.status, shown.location]).toEqual([503, '']);
      expect(shown.text).toContain('Nobody can sign in here yet');
      expect((await elsewhere.browser().post('/sign-in', {})).status).toBe(404);
    } finally {
      await elsewhere.stop();
    }
  });
});
