/** What holds of every entry there can be: it can be shown, says no more than was recorded, and is found by what it shows. */
import fc from 'fast-check';
import type { AuditEvent as AuditEventR4 } from 'fhir/r4.js';
import type { AuditEvent as AuditEventR5 } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { type AuditEntry, type InteractionEntry, reviewReasons } from '../../src/audit/audit-log.ts';
import { indexEntry } from '../../src/audit/index-entry.ts';
import { renderEvent } from '../../src/audit/render-event.ts';
import { asInstant } from '../../src/base/instant.ts';
import { anAnswer, anAuthorization, anEntry, anInteraction } from './entries.ts';

const issuer = 'https://headwater.example';
const text = fc.string({ unit: 'binary', maxLength: 40 });
const id = fc.stringMatching(/^[A-Za-z0-9\-.]{1,20}$/);
const patient = id.map((one) => `Patient/${one}`);
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const recordedAt = fc.integer({ min: 0, max: 4e12 }).map(asInstant);

const circumstances = fc
  .record({ clientId: text, requestId: text, tokenId: sometimes(text), transaction: sometimes(text) })
  .map(({ tokenId, transaction, ...rest }) => ({
    door: 'fhir',
    ...rest,
    ...(tokenId === undefined ? {} : { tokenId }),
    ...(transaction === undefined ? {} : { transaction }),
  }));

const present = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;

const interaction: fc.Arbitrary<AuditEntry> = fc
  .record({
    recordedAt,
    circumstances,
    interaction: fc.constantFrom<InteractionEntry['interaction']>(
      'create',
      'read',
      'vread',
      'update',
      'patch',
      'delete',
      'history-instance',
      'history-type',
      'search-type',
    ),
    type: fc.constantFrom('Consent', 'Patient', 'AuditEvent'),
    outcome: fc.constantFrom('0', '4', '8', '12'),
    patient: sometimes(patient),
    what: sometimes(
      fc.oneof(
        id.map((one) => `Consent/${one}`),
        fc.tuple(id, fc.nat()).map(([one, n]) => `Consent/${one}/_history/${n}`),
      ),
    ),
    query: sometimes(text),
    problem: sometimes(text),
    address: sometimes(fc.ipV6()),
  })
  .map((changes) => present({ ...anInteraction(), ...changes }) as AuditEntry);

const requester = fc.record(
  {
    type: fc.constantFrom('practitioner' as const, 'organization' as const, 'client' as const),
    reference: fc.oneof(patient, text),
    organization: fc.oneof(patient, text),
    clientId: text,
    identifiers: fc.array(fc.record({ system: text, value: text }, { requiredKeys: ['value'] })),
    roles: fc.array(fc.record({ system: text, code: text }, { requiredKeys: ['code'] })),
  },
  { requiredKeys: ['type'] },
);
const purposes = fc.array(fc.constantFrom('TREAT', 'BTG', 'HRESCH'));

const answer: fc.Arbitrary<AuditEntry> = fc
  .record({
    recordedAt,
    circumstances,
    patient,
    purposes,
    requester,
    answer: fc.constantFrom('approved', 'refused'),
    request: text,
    consents: fc.array(id.map((one) => `Consent/${one}/_history/1`)),
    askedBy: fc.record({ clientId: text }),
  })
  .map((changes) => ({ ...anAnswer(), ...changes }) as AuditEntry);

const authorization: fc.Arbitrary<AuditEntry> = fc
  .record({
    recordedAt,
    circumstances,
    patient,
    answer: fc.constantFrom('allowed', 'denied'),
    scopes: fc.array(text),
    resources: fc.array(fc.webUrl()),
    expiresAt: sometimes(recordedAt),
  })
  .map((changes) => present({ ...anAuthorization(), ...changes }) as AuditEntry);

const decision: fc.Arbitrary<AuditEntry> = fc
  .record({
    recordedAt,
    circumstances,
    patient,
    outcome: fc.constantFrom('permit', 'deny'),
    purposes,
    basis: fc.array(fc.record({ consent: id, version: fc.nat(), path: text })),
    requester,
    breakGlass: sometimes(fc.record({ reason: text }, { requiredKeys: [] })),
    review: sometimes(fc.subarray([...reviewReasons])),
    obligations: sometimes(fc.array(text)),
    superseded: sometimes(fc.array(text)),
    asOf: sometimes(recordedAt),
    failed: sometimes(fc.boolean()),
  })
  .map((changes) => present({ ...anEntry(), ...changes }) as AuditEntry);

const entry = fc.oneof(interaction, decision, answer, authorization);
const r4Of = (one: AuditEntry) => renderEvent(one, '4.0', issuer) as unknown as AuditEventR4;
const r5Of = (one: AuditEntry) => renderEvent(one, '5.0', issuer) as unknown as AuditEventR5;

/** As another program would index what it reads; ourselves left out. */
const agentsShown = ({ agent }: AuditEventR4): readonly string[] =>
  agent.flatMap(({ who, extension = [], role = [] }) => {
    if (who?.identifier?.system === 'urn:ietf:rfc:3986' && who.identifier.value === issuer) return [];
    const identifiers = [who?.identifier, ...extension.map(({ valueIdentifier }) => valueIdentifier)];
    const local = who?.reference?.match(/^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/)?.[0];
    return [
      ...(local === undefined ? [] : [`agent=${local}`]),
      ...identifiers.flatMap((each) => words('agent:identifier', each?.system, each?.value)),
      ...role
        .flatMap(({ coding = [] }) => coding)
        .flatMap(({ system, code }) => words('agent-role', system, code)),
    ];
  });

function words(name: string, system: string | undefined, code: string | undefined): readonly string[] {
  const part = (system ?? '').replaceAll(/[\s|]/g, encodeURIComponent);
  if (code === undefined) return [];
  return [
    `${name}=${part}|${code}`,
    `${name}= ${code}`,
    ...(system === undefined ? [] : [`${name}=${part}|`]),
  ];
}

describe('every entry', () => {
  it('is shown with all that R4 and R5 require (§1)', () => {
    fc.assert(
      fc.property(entry, (one) => {
        const [r4, r5] = [r4Of(one), r5Of(one)];
        expect([r4.type.code, r4.recorded, r4.source.observer, r4.agent.length > 0]).not.toContain(undefined);
        expect(r4.agent.every(({ requestor, who }) => typeof requestor === 'boolean' && who)).toBe(true);
        expect([
          r5.code.coding?.[0]?.code,
          r5.recorded,
          r5.source.observer,
          r5.outcome?.code.code,
        ]).not.toContain(undefined);
        expect(r5.agent.length > 0 && r5.agent.every(({ who }) => who)).toBe(true);
        // sev-1, and that nothing is there without a value.
        expect(r4.entity?.every(({ name, query, what }) => !name && (query !== undefined || what))).toBe(
          true,
        );
        for (const event of [r4, r5]) expect(JSON.parse(JSON.stringify(event))).toEqual(event);
      }),
    );
  });

  it('says the same in R4 and R5 (§9 row 12)', () => {
    fc.assert(
      fc.property(entry, (one) => {
        const [r4, r5] = [r4Of(one), r5Of(one)];
        expect(r5.category).toEqual([{ coding: [r4.type] }]);
        expect(r5.code).toEqual({ coding: r4.subtype });
        expect(r5.outcome?.code.code).toBe(r4.outcome);
        expect(r5.outcome?.detail?.map(({ text: each }) => each).join(': ')).toBe(r4.outcomeDesc);
        expect([r5.action, r5.recorded, r5.authorization]).toEqual([
          r4.action,
          r4.recorded,
          r4.purposeOfEvent,
        ]);
        expect(r5.agent.map(({ who, policy, requestor }) => [who, policy, requestor])).toEqual(
          r4.agent.map(({ who, policy, requestor }) => [who, policy, requestor]),
        );
        const told = (entities: AuditEventR4['entity'] | AuditEventR5['entity']) =>
          entities?.map(({ what, query }) => [what?.reference, what?.type, what?.identifier?.value, query]);
        expect(told(r5.entity)).toEqual(told(r4.entity));
      }),
    );
  });

  it('is found by what it shows', () => {
    fc.assert(
      fc.property(entry, (one) => {
        const [event, index] = [r4Of(one), indexEntry(one)];
        expect(index).toMatchObject({
          type: event.type.code,
          subtype: event.subtype?.[0]?.code,
          action: event.action,
          outcome: event.outcome,
          clientId: event.agent[0]?.who?.identifier?.value,
        });
        const shown = event.entity?.flatMap(({ what }) => what?.reference ?? []) ?? [];
        expect(index.entities).toEqual(expect.arrayContaining(shown));
        const unversioned = shown.map((reference) => reference.replace(/\/_history\/.*/, ''));
        expect(new Set(index.entities)).toEqual(new Set([...shown, ...unversioned]));
        expect(index.patient).toBe(r5Of(one).patient?.reference);
        expect(new Set(index.agents)).toEqual(new Set(agentsShown(event)));
        const [basis] = event.extension ?? [];
        const reviews = basis?.extension?.filter(({ url }) => url === 'review') ?? [];
        expect(index.review).toEqual(reviews.map(({ valueCode }) => valueCode));
      }),
    );
  });
});

describe('what must not be recorded (§6; §9 rows 3, 9)', () => {
  const secret = 'eyJhbGciOiJFUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl';

  it('is not shown: neither a token nor how many were found nor what was in them', () => {
    fc.assert(
      fc.property(entry, fc.constantFrom('4.0', '5.0'), (one, version) => {
        // As a caller that hands over too much would.
        const carried = {
          ...one,
          token: secret,
          authorization: `Bearer ${secret}`,
          total: 4711,
          body: secret,
        };
        const shown = JSON.stringify(renderEvent(carried, version, issuer));
        expect(shown).toBe(JSON.stringify(renderEvent(one, version, issuer)));
        expect(shown).not.toContain(secret);
      }),
    );
  });

  it('is nowhere in the elements that BALP leaves to counts and contents (A-4, A-6)', () => {
    fc.assert(
      fc.property(entry, (one) => {
        for (const each of r4Of(one).entity ?? [])
          expect(
            Object.keys(each).filter((name) => !['what', 'type', 'role', 'query'].includes(name)),
          ).toEqual([]);
        for (const each of r5Of(one).entity ?? [])
          expect(Object.keys(each).filter((name) => !['what', 'role', 'query'].includes(name))).toEqual([]);
      }),
    );
  });
});
