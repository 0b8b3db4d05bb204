/** What an enterprise server learns of an approval (cascaded-authorization.md §5, §10; consent-decisioning.md §2). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConsentOnFile } from '../../../src/access/decide-access.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Filter } from '../../../src/decision/filter.ts';
import type { FhirVersion } from '../../../src/fhir/version.ts';
import { aDecision, issuer } from '../../support/authority.ts';
import { iua } from '../../support/claim-tokens.ts';
import { anUmaStory, aTicket, introspect, pushed, redeem, type Story } from '../../support/uma-story.ts';

let story: Story;

beforeAll(async () => {
  story = await anUmaStory();
});
afterAll(() => story.authority.stop());
beforeEach(() => {
  story.authority.world.consent = () => aDecision();
  story.authority.world.consents = [aConsent('c-1', '5.0', ['https://policies.example/treatment'])];
});

const aConsent = (id: string, fhirVersion: FhirVersion, policies: readonly string[]): ConsentOnFile => ({
  id,
  version: 1,
  fhirVersion,
  policies,
});

type Introspected = JsonObject & {
  readonly extensions: {
    readonly ihe_iua: JsonObject;
    readonly ihe_pcf: JsonObject & { readonly residual: JsonObject[] };
  };
};

async function introspected(scopes?: readonly string[], claims: JsonObject = {}): Promise<Introspected> {
  const redeemed = await redeem(story, await aTicket(story, scopes), await pushed(story, claims));
  return (await introspect(story, String(redeemed.body['access_token']))).body as unknown as Introspected;
}

const PSY = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' };
const withoutPsy: Filter = { op: 'not', atom: { kind: 'label', anyOf: [PSY] } };
const onlyType = (type: string): Filter => ({ op: 'is', atom: { kind: 'type', anyOf: [type] } });

describe('an approval says', () => {
  it('who asks, for what, in which process', async () => {
    const extensions = { ihe_iua: iua({ home_community_id: 'urn:oid:1.2.3', unknown_claim: 'x' }) };
    const body = await introspected(undefined, { extensions });
    const { entries } = await story.authority.audit.find({ client: [story.client.id] }, { count: 1 });
    expect(body).toMatchObject({
      txn: entries[0]?.circumstances.transaction,
      purpose_of_use: ['TREAT'],
      rqp: { iss: story.idp.issuer, sub: 'dr-t' },
    });
    expect(body.extensions.ihe_iua).toEqual(iua({ home_community_id: 'urn:oid:1.2.3' }));
  });

  it('on which consents it rests and under which policies, and not which ones narrow it', async () => {
    story.authority.world.consents = [
      aConsent('c-1', '4.0', ['https://policies.example/a']),
      aConsent('c-2', '5.0', ['https://policies.example/b']),
      aConsent('c-3', '5.0', ['https://policies.example/silent']),
    ];
    story.authority.world.consent = () =>
      aDecision({
        basis: [
          { consent: 'c-2', version: 1, path: '/decision' },
          { consent: 'c-1', version: 1, path: '/provision' },
          { consent: 'c-2', version: 1, path: '/provision/0' },
          { consent: 'c-3', version: 1, path: '/provision/1' },
        ],
        permittedBy: ['c-2', 'c-1'],
      });
    expect((await introspected()).extensions.ihe_pcf).toEqual({
      patient_id: 'Patient/ann',
      doc_id: [`${issuer}/fhir/R5/Consent/c-2`, `${issuer}/fhir/R4/Consent/c-1`],
      acp: ['https://policies.example/b', 'https://policies.example/a'],
      residual: [],
    });
  });

  it('what remains to be enforced', async () => {
    story.authority.world.consent = () => aDecision({ filter: withoutPsy });
    expect((await introspected()).extensions.ihe_pcf.residual).toEqual([
      { type: 'forbid', securityLabel: [PSY] },
    ]);
  });

  it('which obligations come with it, each with its system (D11)', async () => {
    story.authority.world.consent = () => aDecision({ obligations: ['NORDSCLCD'] });
    expect((await introspected())['obligations']).toEqual([
      { id: 'NORDSCLCD', type: 'http://terminology.hl7.org/CodeSystem/v3-ActCode#NORDSCLCD' },
    ]);
  });
});

describe('what remains to be enforced', () => {
  it('needs no rule for types that were not granted', async () => {
    story.authority.world.consent = () => aDecision({ filter: onlyType('Observation') });
    const body = await introspected(['patient/Observation.rs', 'patient/Condition.rs']);
    expect(body['permissions']).toMatchObject([{ resource_scopes: ['patient/Observation.rs'] }]);
    expect(body.extensions.ihe_pcf.residual).toEqual([]);
  });

  it('hides from all types what is hidden from one, since the rules know no types', async () => {
    const filter: Filter = { op: 'or', of: [onlyType('Condition'), withoutPsy] };
    story.authority.world.consent = () => aDecision({ filter });
    const body = await introspected(['patient/Observation.rs', 'patient/Condition.rs']);
    expect(body.extensions.ihe_pcf.residual).toEqual([{ type: 'forbid', securityLabel: [PSY] }]);
  });

  it('hides everything where any type was granted and only some may be seen', async () => {
    story.authority.world.consent = () => aDecision({ filter: onlyType('Observation') });
    expect((await introspected(['patient/*.rs'])).extensions.ihe_pcf.residual).toEqual([{ type: 'forbid' }]);
  });

  it('follows the consents of the day', async () => {
    const redeemed = await redeem(story, await aTicket(story));
    story.authority.world.consent = () => aDecision({ filter: withoutPsy });
    const { body } = await introspect(story, String(redeemed.body['access_token']));
    expect((body as unknown as Introspected).extensions.ihe_pcf.residual).toHaveLength(1);
  });
});
