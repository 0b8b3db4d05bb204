/** What a decision costs the database once everything it rests on is known. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf, type Service, startService, treatmentConsent } from '../support/service.ts';

let service: Service;
let ask: () => Promise<unknown>;

beforeAll(async () => {
  service = await startService();
  const filer = await service.clientWith(['system/*.cruds'], { may: ['file', 'activate'] });
  const asker = await service.clientWith(['decision']);
  const patient = idOf(await filer.post('/fhir/R5/Patient', { resourceType: 'Patient' }));
  const clinic = idOf(await filer.post('/fhir/R5/Organization', { resourceType: 'Organization', name: 'o' }));
  expect((await filer.post('/fhir/R5/Consent', treatmentConsent(patient, clinic))).status).toBe(201);
  ask = async () => {
    const { status, body } = await asker.post('/decisions', {
      patient: `Patient/${patient}`,
      requester: { type: 'organization', reference: `Organization/${clinic}` },
      purposes: ['TREAT'],
    });
    expect([status, body.outcome]).toEqual([200, 'permit']);
  };
  await ask();
});
afterAll(() => service.stop());

const isCheck = (text: string) => text.includes('with ordinality as lookup');
const isReading = (text: string) => text.includes('with recursive lookup');
const isRecord = (text: string) => text.includes('insert into audit_event');

test('one check and one record, beside who asks and whom it is about', async () => {
  const sent = service.statements();
  await ask();
  const of = (isOne: (text: string) => boolean) => sent.filter(isOne).length;
  expect([of(isCheck), of(isReading), of(isRecord)]).toEqual([1, 0, 1]);
  // The token; a client without limits may ask about anybody, and one statement is a transaction of its own.
  const others = sent.filter((text) => !isCheck(text) && !isRecord(text) && !/^\s*(begin|commit)/.test(text));
  expect(others.map((text) => /from "?(\w+)/.exec(text)?.[1])).toEqual(['token']);
});

test('fifty at once share their checks, and none is compiled again', async () => {
  const sent = service.statements();
  await Promise.all(Array.from({ length: 50 }, ask));
  const checks = sent.filter(isCheck).length;
  expect(checks).toBeGreaterThan(0);
  expect(checks).toBeLessThan(30);
  expect(sent.filter(isReading)).toEqual([]);
  expect(sent.filter(isRecord).length).toBeLessThan(10);
});
