/** UMA 2.0, U18 … U20: introspection, over the whole service and real consents (uma2.md §13, §15). */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { treatment } from '../support/claim-tokens.ts';
import { idOf } from '../support/service.ts';
import { startUmaService, type UmaService } from '../support/uma-service.ts';

let uma: UmaService;
let app: Awaited<ReturnType<UmaService['anApp']>>;
let consent: { readonly id: string; readonly body: object };

beforeAll(async () => {
  uma = await startUmaService();
  app = await uma.anApp();
});
afterAll(() => uma.stop());
beforeEach(async () => {
  const body = {
    resourceType: 'Consent',
    status: 'active',
    subject: { reference: uma.ann },
    grantor: [{ reference: uma.ann }],
    decision: 'deny',
    provision: [{ purpose: [treatment] }],
  };
  const filer = await uma.service.clientWith(['system/Consent.cruds'], { may: ['file', 'activate'] });
  consent = { id: idOf(await filer.post('/fhir/R5/Consent', body)), body };
});

const anRpt = async () => {
  const { status, body } = await uma.redeem(app, await uma.aTicket(), await uma.claims());
  expect(status).toBe(200);
  return body as { readonly access_token: string; readonly expires_in: number; readonly pct: string };
};

it('U18 (F 5.1.1): an RPT that was revoked is inactive', async () => {
  const { access_token: token } = await anRpt();
  expect((await uma.introspect(token)).body.active).toBe(true);
  expect((await uma.revoke(app, { token })).status).toBe(200);
  expect((await uma.introspect(token)).body).toEqual({ active: false });
});

it('U19 (F 5.1.1): an active RPT has `permissions` and no `scope`', async () => {
  const { body } = await uma.introspect((await anRpt()).access_token);
  expect(body).not.toHaveProperty('scope');
  expect(body.permissions).toEqual([
    { resource_id: uma.resource, resource_scopes: ['patient/Observation.rs'], exp: body.exp },
  ]);
});

it('U20 (G 6.1): once the consent is revoked, RPTs are inactive, and a PCT grants nothing any more', async () => {
  const { access_token: token, pct } = await anRpt();
  const filer = await uma.service.clientWith(['system/Consent.cruds'], { may: ['file', 'activate'] });
  const path = `/fhir/R5/Consent/${consent.id}`;
  // Those of the tests before permit as well.
  const { body: all } = await filer.get('/fhir/R5/Consent?status=active&_count=50');
  for (const { resource } of all.entry)
    expect(
      (await filer.put(`/fhir/R5/Consent/${resource.id}`, { ...resource, status: 'inactive' })).status,
    ).toBe(200);
  expect((await filer.get(path)).body.status).toBe('inactive');
  expect((await uma.introspect(token)).body).toEqual({ active: false });
  const { status, body } = await uma.redeem(app, await uma.aTicket(), { pct });
  expect([status, body.error]).toEqual([403, 'request_denied']);
});

// Last, since other tokens do not live through it.
it('U18 (F 5.1.1): an RPT is active up to its end, which is no later than that of any permission in it', async () => {
  const long = await anRpt();
  expect(long.expires_in).toBe(300);
  uma.wait(299);
  expect((await uma.introspect(long.access_token)).body.active).toBe(true);
  uma.wait(1);
  expect((await uma.introspect(long.access_token)).body).toEqual({ active: false });
});
