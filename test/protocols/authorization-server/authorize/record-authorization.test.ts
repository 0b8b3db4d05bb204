/** What the audit log keeps of a patient who allows or denies, as the patient and a privacy officer read it (audit.md §4). */
import { randomUUID } from 'node:crypto';
import type { AuditEvent as AuditEventR4, Bundle as BundleR4 } from 'fhir/r4.js';
import type { AuditEvent as AuditEventR5, Bundle as BundleR5 } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../../src/access/digest.ts';
import type { Client } from '../../../../src/protocols/authorization-server/client.ts';
import {
  answerIn,
  type BrowserService,
  redirectUri,
  startBrowserService,
} from '../../../support/at-a-browser.ts';
import { appSecret, basic, verifier } from '../../../support/oauth-story.ts';

let service: BrowserService;
let app: Client;
let officer: Client;

beforeAll(async () => {
  service = await startBrowserService();
  for (const patient of ['ann', 'bob']) await service.aPatient(patient);
  app = await service.aClient({
    tokenFormat: 'opaque',
    grants: ['authorization_code', 'refresh_token'],
    scopes: ['patient/AuditEvent.rs', 'patient/Consent.rs', 'uma_protection', 'offline_access'],
  });
  officer = await service.aClient({
    tokenFormat: 'opaque',
    grants: ['client_credentials'],
    secretHash: sha256(appSecret),
    scopes: ['system/AuditEvent.rs'],
  });
});
afterAll(() => service.stop());

async function decide(
  decision: 'allow' | 'deny',
  { patient = 'Patient/ann', scope = 'patient/AuditEvent.rs patient/Consent.rs', id = randomUUID() } = {},
) {
  const browser = service.browser();
  const page = await browser.signIn(await browser.open(service.requestOf(app, { scope })), patient);
  const { action, fields } = page.forms[0] ?? { action: '', fields: {} };
  const shown = await browser.post(action, { ...fields, decision }, { 'x-request-id': id });
  return { shown, id, code: answerIn(shown)['code'] ?? '' };
}

async function tokenFor(form: Record<string, string>, headers: Record<string, string> = {}): Promise<string> {
  const response = await service.app.request('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form),
  });
  const body = (await response.json()) as { readonly access_token?: string };
  return body.access_token ?? '';
}

const officersToken = () =>
  tokenFor(
    { grant_type: 'client_credentials', scope: 'system/AuditEvent.rs' },
    basic(officer.id, appSecret) as Record<string, string>,
  );
const annsToken = async () =>
  await tokenFor({
    grant_type: 'authorization_code',
    client_id: app.id,
    code: (await decide('allow')).code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
  });

async function eventsOf<Event>(token: string, version: string, query: string): Promise<readonly Event[]> {
  const response = await service.app.request(`/fhir/${version}/AuditEvent?${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const bundle = (await response.json()) as BundleR4 | BundleR5;
  return (bundle.entry ?? []).map(({ resource }) => resource as Event);
}

const kindOf = 'https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType';
const mine = (id: string) => (event: { readonly extension?: unknown }) =>
  JSON.stringify(event.extension ?? '').includes(id);

describe('a decision at the page', () => {
  it.each([
    ['allow', '0', 'allowed'],
    ['deny', '8', 'denied'],
  ] as const)('to %s is an AuthZ-Role of outcome %s in R4 and R5', async (decision, outcome, reason) => {
    const { id } = await decide(decision);
    const token = await officersToken();
    const query = 'patient=Patient/ann&subtype=AuthZ-Role';
    const r4 = (await eventsOf<AuditEventR4>(token, 'R4', query)).filter(mine(id));
    expect(r4).toHaveLength(1);
    expect(r4[0]).toMatchObject({
      type: { code: '110113' },
      subtype: [{ system: kindOf, code: 'AuthZ-Role' }],
      action: 'E',
      outcome,
      outcomeDesc: reason,
      purposeOfEvent: [{ coding: [{ code: 'PATRQT' }] }],
      agent: [
        { type: { coding: [{ code: '110150' }] }, who: { identifier: { value: app.id } }, requestor: false },
        { type: { coding: [{ code: 'IRCP' }] }, who: { reference: 'Patient/ann' }, requestor: true },
        {},
        { who: { identifier: { value: service.issuer } } },
      ],
      entity: [{ what: { reference: 'Patient/ann' } }],
    });
    const r5 = (await eventsOf<AuditEventR5>(token, 'R5', query.replace('subtype', 'code'))).filter(mine(id));
    expect(r5).toMatchObject([
      {
        id: r4[0]?.id,
        code: { coding: [{ system: kindOf, code: 'AuthZ-Role' }] },
        severity: decision === 'allow' ? 'notice' : 'warning',
        outcome: { code: { code: outcome } },
        patient: { reference: 'Patient/ann' },
        authorization: [{ coding: [{ code: 'PATRQT' }] }],
      },
    ]);
  });

  it.each([
    ['patient/AuditEvent.rs patient/Consent.rs offline_access', 365 * 86_400],
    ['uma_protection', 3660],
  ])('says all that was agreed: %s, and for how long', async (scope, seconds) => {
    const { id } = await decide('allow', { scope });
    const [event] = (await eventsOf<AuditEventR4>(await officersToken(), 'R4', 'patient=Patient/ann')).filter(
      mine(id),
    );
    const parts = event?.extension?.[0]?.extension ?? [];
    const said = (url: string) =>
      parts
        .filter((part) => part.url === url)
        .map((part) => part.valueCode ?? part.valueString ?? part.valueInstant);
    expect(said('scope').toSorted()).toEqual(scope.split(' ').toSorted());
    expect(said('type')).toEqual([]);
    expect({ door: said('door'), transaction: said('transaction') }).toEqual({
      door: ['authorize'],
      transaction: [expect.any(String)],
    });
    expect(Date.parse(said('expires')[0] ?? '') - Date.parse(event?.recorded ?? '')).toBe(seconds * 1000);
    const found = await service.database.execute(
      `select patient from "authorization" where id = '${said('transaction')[0]}'`,
    );
    expect(found).toEqual([{ patient: 'Patient/ann' }]);
  });

  it('is shown to its patient and to no other', async () => {
    const [own, another] = [await decide('deny'), await decide('deny', { patient: 'Patient/bob' })];
    const seen = await eventsOf<AuditEventR4>(await annsToken(), 'R4', 'subtype=AuthZ-Role');
    expect(seen.filter(mine(own.id))).toHaveLength(1);
    expect(seen.filter(mine(another.id))).toEqual([]);
  });

  it('holds no code, no token, no cookie and no word of the form', async () => {
    const { code, id } = await decide('allow');
    const rows = await service.database.execute(`select entry::text as entry from audit_event`);
    const kept = rows.map(({ entry }) => String(entry)).filter((entry) => entry.includes(id));
    expect(kept).toHaveLength(1);
    expect(kept.join()).not.toContain(code);
    expect(kept.join()).not.toContain('code_challenge');
  });

  it('is none, and brings no code, where it cannot be recorded', async () => {
    const before = await service.database.execute('select 1 from authorization_code');
    await service.database.execute('alter table audit_event rename to audit_event_away');
    try {
      for (const decision of ['allow', 'deny'] as const)
        await expect(decide(decision)).rejects.toThrow('the server failed');
    } finally {
      await service.database.execute('alter table audit_event_away rename to audit_event');
    }
    expect(await service.database.execute('select 1 from authorization_code')).toHaveLength(before.length);
  });
});

it('a page that was only looked at leaves no decision', async () => {
  const count = async () => (await service.database.execute('select 1 from audit_event')).length;
  const before = await count();
  const browser = service.browser();
  await browser.signIn(await browser.open(service.requestOf(app)), 'Patient/ann');
  expect(await count()).toBe(before);
});
