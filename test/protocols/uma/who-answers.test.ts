/** Who answers for the patient, and for whom: neither the client that asks nor one that may not ask any more. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asInstant } from '../../../src/base/instant.ts';
import { client } from '../../../src/storage/tables/authorization.ts';
import { trustedIssuerStore } from '../../../src/storage/trusted-issuers.ts';
import { startUmaService, type UmaService } from '../../support/uma-service.ts';

type App = Awaited<ReturnType<UmaService['anApp']>>;

let uma: UmaService;
let patient: Awaited<ReturnType<UmaService['service']['clientWith']>>;
/** An app of the patient's, and the server of its hospital, which asks on its behalf in the back channel (D8, T4). */
let app: App;
let hospital: App;

beforeAll(async () => {
  uma = await startUmaService();
  patient = await uma.service.clientWith(['patient/Consent.cruds'], { patients: [uma.ann] });
  await theHospital();
});
afterAll(() => uma.stop());

const filing = 'patient/Consent.cruds';

/** The id of the request that the patient is then shown. */
async function asked(app: App, claims: object = {}): Promise<string> {
  uma.wait(1);
  const reply = await uma.redeem(
    app,
    await uma.aTicket(),
    await uma.claims({ sub: crypto.randomUUID(), ...claims }),
  );
  expect(reply.body.error).toBe('request_submitted');
  return (await shown()).at(-1)?.id ?? '';
}
async function shown(): Promise<readonly { readonly id: string }[]> {
  return (await patient.get('/user/requests?count=50')).body.requests;
}
const say = async (
  id: string,
  answer: 'approve' | 'refuse',
  as: { readonly authorization: string } = patient,
) => await uma.service.send('POST', `/user/requests/${id}`, { answer }, { authorization: as.authorization });
const tokenOf = async (app: App, scope = filing) => {
  const { body } = await uma.token(app, { grant_type: 'client_credentials', scope });
  return { authorization: `Bearer ${body.access_token}` };
};

async function theHospital(): Promise<void> {
  app = await uma.anApp({ grants: ['client_credentials'], scopes: [filing], patients: [uma.ann] });
  const { issuer, keys } = uma.idp;
  hospital = await uma.anApp({ asynchronousApproval: true, resource: issuer });
  await trustedIssuerStore(uma.database).trust({
    issuer,
    jwks: [keys.publicJwk],
    clientIds: { [app.id]: 'app-of-hospital' },
  });
}

describe('the app that a server asks for', () => {
  it.each(['approve', 'refuse'] as const)(
    'does not answer what is asked on its behalf: %s',
    async (answer) => {
      const id = await asked(hospital, { client_id: 'app-of-hospital' });
      const { status, body } = await say(id, answer, await tokenOf(app));
      expect([status, JSON.stringify(body)]).toEqual([403, expect.stringContaining('its own request')]);
      expect((await say(id, 'refuse')).status).toBe(200);
    },
  );
});

describe.each(['approve', 'refuse'] as const)('both answers take the same authority: to %s', (answer) => {
  it.each<[string, readonly string[], object]>([
    ['may not change consents', ['patient/Consent.rs'], { patients: ['ann'] }],
    ['acts for several patients', ['user/Consent.cruds'], { patients: ['ann', 'bob'] }],
    ['files for others', ['user/Consent.cruds', 'system/Consent.cruds'], { may: ['file', 'activate'] }],
  ])('no client that %s', async (_, scopes, given: { readonly patients?: readonly string[] }) => {
    const id = await asked(await uma.anApp({ asynchronousApproval: true }));
    const { patients } = given;
    const reach = patients ? { patients: patients.map((each) => (each === 'ann' ? uma.ann : each)) } : {};
    const other = await uma.service.clientWith([...scopes], { ...given, ...reach });
    expect((await say(id, answer, other)).status).toBe(403);
    expect((await say(id, answer)).status).toBe(200);
  });
});

describe('a client that may not ask any more', () => {
  /** As though there had never been such a request. */
  async function isUnknown(id: string): Promise<void> {
    const unknown = await say(crypto.randomUUID(), 'approve');
    expect(unknown.status).toBe(404);
    for (const answer of ['approve', 'refuse'] as const) {
      const { status, body } = await say(id, answer);
      expect([status, body]).toEqual([404, unknown.body]);
    }
  }
  const isShown = async (id: string) => {
    const { status } = await patient.get(`/user/requests/${id}`);
    return [status, (await shown()).some((each) => each.id === id)];
  };
  const anAsker = async () => await uma.anApp({ asynchronousApproval: true });
  const disable = async (id: string) => {
    await uma.database
      .update(client)
      .set({ disabledAt: asInstant(0) })
      .where(eq(client.id, id));
  };
  const limit = async (id: string, patients: string[] | null) => {
    await uma.database.update(client).set({ patients }).where(eq(client.id, id));
  };

  it('since it was disabled: the patient is not shown what it asks, and says nothing to it', async () => {
    const gone = await anAsker();
    const id = await asked(gone);
    await disable(gone.id);
    expect(await isShown(id)).toEqual([404, false]);
    await isUnknown(id);
  });

  it('since the patient is out of its reach', async () => {
    const limited = await anAsker();
    const id = await asked(limited);
    await limit(limited.id, ['Patient/another']);
    expect((await say(id, 'approve')).status).toBe(404);
    // No one is kept from saying no.
    expect((await say(id, 'refuse')).status).toBe(200);
  });

  it('nor a server for an app of which either is true', async () => {
    const id = await asked(hospital, { client_id: 'app-of-hospital' });
    await limit(app.id, ['Patient/another']);
    expect((await say(id, 'approve')).status).toBe(404);
    await limit(app.id, [uma.ann]);
    await disable(app.id);
    expect(await isShown(id)).toEqual([404, false]);
    await isUnknown(id);
  });
});
