/** The uma-ticket grant: consents that permit on a condition, and what becomes of the condition (O-2 … O-4). */
import { describe, expect, it } from 'vitest';
import { accessSettings, settingsSchema } from '../../../../src/access/settings.ts';
import type { StoredResource } from '../../../../src/fhir/resource.ts';
import { aDecision } from '../../../support/authority.ts';
import { engineOver } from '../../../support/engine.ts';
import { requestDenied } from '../../../support/oauth-refusals.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import { anRpt, answer, introspect, redeemOne } from '../../../support/uma-story.ts';

const story = umaStoryThroughout();

const limitedTo = (code: string) => ({
  url: 'http://hl7.org/fhir/StructureDefinition/consent-provision-limit',
  extension: [
    {
      url: 'control',
      valueCodeableConcept: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code }],
      },
    },
  ],
});

/** The patient permits treatment, on these conditions. */
function thePatientPermits(...limits: readonly string[]): void {
  const { world } = story.authority;
  const consent: StoredResource = {
    type: 'Consent',
    id: 'c-1',
    version: 1,
    fhirVersion: '5.0',
    patient: 'ann',
    status: 'active',
    resource: {
      resourceType: 'Consent',
      status: 'active',
      subject: { reference: 'Patient/ann' },
      grantor: [{ reference: 'Patient/ann' }],
      decision: 'deny',
      provision: [
        {
          purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }],
          ...(limits.length > 0 ? { modifierExtension: limits.map(limitedTo) } : {}),
        },
      ],
    },
    updatedAt: world.at,
    filedBy: 'test',
  };
  const engine = engineOver([consent], [], accessSettings(settingsSchema.parse({}), []));
  world.consent = (request) => engine.decide(request);
}

describe('where a person has to approve first (HUAPRV)', () => {
  it('no RPT is issued: the request is denied as without consent, and recorded as refused (O-4)', async () => {
    thePatientPermits('HUAPRV');
    const refused = await redeemOne(story);
    expect(answer(refused)).toEqual(requestDenied);
    story.authority.world.consent = () =>
      aDecision({ outcome: 'deny', reason: 'no-consent', filter: { op: 'none' } });
    expect((await redeemOne(story)).body).toEqual(refused.body);
    const { entries } = await story.authority.audit.find({ client: [story.client.id] }, { count: 2 });
    expect(entries.map(({ outcome }) => outcome)).toEqual(['deny', 'deny']);
  });

  it('also beside other conditions', async () => {
    thePatientPermits('DEID', 'HUAPRV');
    expect(answer(await redeemOne(story))).toEqual(requestDenied);
  });

  it('and an RPT from before is inactive from then on (D-3)', async () => {
    thePatientPermits();
    const rpt = await anRpt(story);
    expect((await introspect(story, rpt)).body['active']).toBe(true);
    thePatientPermits('HUAPRV');
    expect((await introspect(story, rpt)).body).toEqual({ active: false });
  });
});

it('any other condition is handed to the resource server with the permit, and never to the client (O-2)', async () => {
  thePatientPermits('DEID', 'NORDSCLCD');
  const redeemed = await redeemOne(story);
  expect(redeemed.status).toBe(200);
  expect(JSON.stringify(redeemed.body)).not.toContain('DEID');
  const { body } = await introspect(story, String(redeemed.body['access_token']));
  expect(body['obligations']).toMatchObject([{ id: 'DEID' }, { id: 'NORDSCLCD' }]);
});
