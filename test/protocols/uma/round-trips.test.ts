/** What UMA costs the database: statements that are sent, whatever the size of a ticket and whatever the answer. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startUmaService, type UmaService } from '../../support/uma-service.ts';

let uma: UmaService;
let app: Awaited<ReturnType<UmaService['anApp']>>;
/** Of a patient who permits treatment, and all of the same ticket. */
let permitted: string[] = [];

const ids = (count: number) => Array.from({ length: count }, (_, at) => at);

beforeAll(async () => {
  uma = await startUmaService();
  app = await uma.anApp();
  const consent = {
    resourceType: 'Consent',
    status: 'active',
    subject: { reference: uma.ann },
    grantor: [{ reference: uma.ann }],
    decision: 'deny',
    provision: [
      { purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }] },
    ],
  };
  expect((await uma.filer.post('/fhir/R5/Consent', consent)).status).toBe(201);
  permitted = [];
  for (const _ of ids(500)) permitted.push(await uma.aResource());
});
afterAll(() => uma.stop());

const of = (count: number) =>
  permitted
    .slice(0, count)
    .map((resource_id) => ({ resource_id, resource_scopes: ['patient/Observation.rs'] }));

/** Of redeeming a ticket for so many resources and introspecting the RPT. */
async function statementsOf(count: number) {
  const claims = await uma.claims();
  const asked = uma.service.statements();
  const ticket = await uma.aTicket(of(count));
  const permission = [...asked];
  const redeeming = uma.service.statements();
  const { status, body } = await uma.redeem(app, ticket, claims);
  expect(status).toBe(200);
  const redemption = [...redeeming];
  const telling = uma.service.statements();
  const told = await uma.introspect(body.access_token);
  expect(told.body.permissions).toHaveLength(count);
  return { permission, redemption, introspection: [...telling] };
}

const numbers = (sent: Awaited<ReturnType<typeof statementsOf>>) =>
  Object.fromEntries(Object.entries(sent).map(([name, { length }]) => [name, length]));

it('a ticket for 500 resources takes as many round trips as one for a single resource', async () => {
  await statementsOf(1);
  const one = numbers(await statementsOf(1));
  expect(numbers(await statementsOf(500))).toEqual(one);
  // As README.md of the folder lists them.
  expect(one).toEqual({ permission: 4, redemption: 8, introspection: 6 });
});

it('and is one question to the consents, however many resources', async () => {
  const { redemption } = await statementsOf(500);
  expect(redemption.filter((text) => text.includes('with ordinality as lookup'))).toHaveLength(1);
  expect(redemption.filter((text) => text.includes('insert into audit_event'))).toHaveLength(1);
});
