/** UMA 2.0: a refusal tells nothing of the patient or the consents (interfaces.md, Tokens; cascaded-authorization.md U-h, T6). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../support/service.ts';
import { startUmaService, type UmaService } from '../support/uma-service.ts';

type App = Awaited<ReturnType<UmaService['anApp']>>;
type Reply = Awaited<ReturnType<UmaService['redeem']>>;

let uma: UmaService;
/** A resource of somebody whom nobody knows any more, of one without consent, and of one who refuses. */
let owners: Readonly<Record<'unknown' | 'without consent' | 'refusing' | 'permitting', string>>;

const privacy = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
};
const consentOf = (patient: string, type: 'deny' | 'permit') => ({
  resourceType: 'Consent',
  status: 'active',
  scope: privacy,
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: patient },
  performer: [{ reference: patient }],
  policy: [{ uri: 'https://policies.example.org/none' }],
  provision: { type },
});

beforeAll(async () => {
  uma = await startUmaService();
  const aPatient = async (says?: 'deny' | 'permit') => {
    const reference = `Patient/${idOf(await uma.filer.post('/fhir/R4/Patient', { resourceType: 'Patient' }))}`;
    if (says) idOf(await uma.filer.post('/fhir/R4/Consent', consentOf(reference, says)));
    return { reference, resource: await uma.aResource({ resource_owner: reference }) };
  };
  const gone = await aPatient();
  owners = {
    unknown: gone.resource,
    'without consent': (await aPatient()).resource,
    refusing: (await aPatient('deny')).resource,
    permitting: (await aPatient('permit')).resource,
  };
  tickets = await ticketsFor(owners);
  const { authorization } = uma.filer;
  const removed = await uma.service.send('DELETE', `/fhir/R4/${gone.reference}`, undefined, {
    authorization,
  });
  expect(removed.status).toBeLessThan(300);
});
afterAll(() => uma.stop());

/** Issued while everybody is known: no ticket is issued for somebody who is not. */
let tickets: Record<string, string[]>;
async function ticketsFor(all: Readonly<Record<string, string>>): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [name, resource_id] of Object.entries(all)) {
    found[name] = [];
    for (let count = 0; count < 8; count++)
      found[name].push(await uma.aTicket({ resource_id, resource_scopes: ['patient/Observation.rs'] }));
  }
  return found;
}

const lookOf = ({ status, headers, body }: Reply) => ({
  status,
  headers: [...headers].filter(
    ([name]) => name !== 'x-request-id' && name !== 'date' && name !== 'content-length',
  ),
  body: { ...body, ...(body.ticket === undefined ? {} : { ticket: body.ticket.length }) },
  length: JSON.stringify(body).length,
});

/** Statements of one redemption, once everything it rests on is known. */
async function seen(app: App, name: string) {
  const claims = await uma.claims();
  await uma.redeem(app, tickets[name]?.pop() ?? '', claims);
  const sent = uma.service.statements();
  const reply = await uma.redeem(app, tickets[name]?.pop() ?? '', claims);
  const statements = [...sent].map((text) => text.trim().slice(0, 60)).toSorted();
  return { look: lookOf(reply), statements };
}

describe.each([
  ['on', 'request_submitted'],
  ['off', 'request_denied'],
])('with asynchronous approval %s', (setting, error) => {
  it('unknown patient, no consent, refusal and out of reach look alike, and cost the same round trips', async () => {
    const given = { asynchronousApproval: setting === 'on' };
    const app = await uma.anApp(given);
    const limited = await uma.anApp({ ...given, patients: ['Patient/somebody-else'] });
    const without = await seen(app, 'without consent');
    expect(without.look).toMatchObject({ status: 403, body: { error } });
    expect(await seen(app, 'unknown')).toEqual(without);
    expect(await seen(app, 'refusing')).toEqual(without);
    expect(await seen(limited, 'permitting')).toEqual(without);
    expect(await seen(limited, 'refusing')).toEqual(without);
  });
});
