/** A patient authorizes an app, in Chromium: the pages, their policy and their cookie as a browser takes them. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from './app.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';

let service: ServiceProcess;
let app: App;
let browser: Browser;
const open: BrowserContext[] = [];
/** What the browser refused or missed. */
const complaints: string[] = [];

beforeAll(async () => {
  service = await startServiceProcess();
  const ann = { resourceType: 'Patient', id: 'ann', name: [{ text: 'Ann' }] };
  await service.headwater('import', await service.file('patients.ndjson', ann));
  const client = await service.headwater(
    ...['client', 'create', '--name', 'Example <Health>', '--public', '--grant', 'code,refresh'],
    ...['--redirect-uri', 'http://127.0.0.1/cb', '--scope', 'patient/Consent.cruds offline_access'],
  );
  app = await startApp(service.issuer, String(client['client_id']));
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
});
afterEach(async () => {
  for (const context of open.splice(0)) await context.close();
});
afterAll(async () => {
  await browser?.close();
  await app?.stop();
  await service?.stop();
});

/** Of a browser that was never here. */
async function freshPage(options: { readonly javaScriptEnabled?: boolean } = {}): Promise<Page> {
  const context = await browser.newContext(options);
  open.push(context);
  complaints.splice(0);
  const page = await context.newPage();
  page.on('console', (message) => {
    // Every site is asked for an icon.
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
      complaints.push(message.text());
  });
  return page;
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Patient id').fill('ann');
  const code = service.logged.findLast(({ event }) => event === 'sign-in.development')?.code ?? '';
  await page.getByLabel('Code from the log').fill(code);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();
const backAtTheApp = (page: Page): Promise<void> => page.waitForURL(`${app.redirectUri}?*`);

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('%s, a patient', (_, javaScriptEnabled) => {
  it('signs in, allows, and the app has its tokens', async () => {
    const page = await freshPage({ javaScriptEnabled });
    const { url, finish } = await app.ask('patient/Consent.rs offline_access');
    await page.goto(url.href);
    await signIn(page);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(
      'Example <Health> asks for your permission',
    );
    expect(await page.getByRole('listitem').first().textContent()).toContain('Read and search your consents');
    await press(page, 'Allow');
    await backAtTheApp(page);
    const tokens = await finish(page.url());
    expect(tokens).toMatchObject({ token_type: 'bearer', refresh_token: expect.any(String) });
    const consents = await fetch(`${service.issuer}/fhir/R4/Consent?patient=ann`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(consents.status).toBe(200);
    expect(complaints).toEqual([]);
  });

  it('denies, and the app hears that', async () => {
    const page = await freshPage({ javaScriptEnabled });
    const { url, finish } = await app.ask('patient/Consent.rs');
    await page.goto(url.href);
    await signIn(page);
    await press(page, 'Deny');
    await backAtTheApp(page);
    await expect(finish(page.url())).rejects.toMatchObject({ error: 'access_denied' });
  });

  it('is sent back with what was wrong, from the very form of the sign-in', async () => {
    const page = await freshPage({ javaScriptEnabled });
    const { url, finish } = await app.ask('user/Consent.rs');
    await page.goto(url.href);
    await signIn(page);
    await backAtTheApp(page);
    await expect(finish(page.url())).rejects.toMatchObject({ error: 'invalid_scope' });
    expect(complaints).toEqual([]);
  });
});

describe('the browser', () => {
  it('applies the sheet, and runs nothing', async () => {
    const page = await freshPage();
    await page.goto((await app.ask('patient/Consent.rs')).url.href);
    expect(await page.evaluate('getComputedStyle(document.body).maxWidth')).toBe('578px');
    await page.evaluate(`
      const script = document.createElement('script');
      script.textContent = 'document.title = "run"';
      document.body.append(script);
    `);
    expect(await page.title()).toBe('Who are you? – Headwater');
    expect(complaints).toEqual([expect.stringContaining('script')]);
  });

  it('keeps the cookie from scripts, and sends it along when another site posts the request', async () => {
    const page = await freshPage();
    const { url } = await app.ask('patient/Consent.rs');
    await page.goto(url.href);
    await signIn(page);
    expect(await page.evaluate('document.cookie')).toBe('');
    const fields = [...url.searchParams].map(([name, value]) => `<input name="${name}" value="${value}">`);
    const form = `<form method="post" action="${service.issuer}/oauth/authorize">${fields.join('')}<button>Go</button></form>`;
    await page.goto(app.page(form));
    await press(page, 'Go');
    expect(await page.getByRole('button', { name: 'Allow', exact: true }).count()).toBe(1);
  });

  it('sends no decision in the name of a patient for another site', async () => {
    const page = await freshPage();
    const { url } = await app.ask('patient/Consent.rs');
    await page.goto(url.href);
    await signIn(page);
    const token = await page.locator('input[name=form_token]').first().inputValue();
    const fields = {
      form_token: token,
      request: url.search.slice(1).replaceAll('&', '&amp;'),
      decision: 'allow',
    };
    const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`);
    const form = `<form method="post" action="${service.issuer}/oauth/authorize/decision">${inputs.join('')}<button>Go</button></form>`;
    await page.goto(app.page(form));
    await press(page, 'Go');
    // Even with the token, which it cannot read: the cookie stays away.
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('This cannot be done');
  });

  it('shows no page inside one of another site', async () => {
    const page = await freshPage();
    const { url } = await app.ask('patient/Consent.rs');
    await page.goto(app.page(`<iframe src="${url.href.replaceAll('&', '&amp;')}"></iframe>`));
    await expect.poll(() => page.frames()[1]?.url()).toBe('chrome-error://chromewebdata/');
  });
});
