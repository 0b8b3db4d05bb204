/** The uma-ticket grant: what a permit becomes. */
import { describe, expect, it } from 'vitest';
import { asInstant } from '../../../../src/base/instant.ts';
import type { Filter } from '../../../../src/decision/filter.ts';
import {
  aDecision,
  aResourceServer,
  issuer,
  patOf,
  type Reply,
  seconds,
} from '../../../support/authority.ts';
import { iua } from '../../../support/claim-tokens.ts';
import { headerOf, payloadOf } from '../../../support/keys.ts';
import { requestDenied } from '../../../support/oauth-refusals.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import {
  answer,
  aResource,
  askedOfConsents,
  aTicket,
  introspect,
  latestRecord,
  pushed,
  redeem,
  redeemBare,
  redeemOne,
  rptIn,
} from '../../../support/uma-story.ts';

const story = umaStoryThroughout();

const onlyType = (type: string): Filter => ({ op: 'is', atom: { kind: 'type', anyOf: [type] } });

describe('a permit becomes an RPT', () => {
  it('an ES256 at+jwt for the resource server alone, of at most 300 s (interfaces.md, Tokens; U22)', async () => {
    const reply = await redeemOne(story);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ token_type: 'Bearer', expires_in: 300 });
    expect(headerOf(rptIn(reply))).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const now = seconds(story.authority.world.at);
    expect(payloadOf(rptIn(reply))).toMatchObject({
      iss: issuer,
      aud: story.resourceServer.resource,
      client_id: story.client.id,
      iat: now,
      exp: now + 300,
    });
  });

  it('which says nothing but who, for whom and how long, so that the client learns nothing of the consent', async () => {
    const labelled: Filter = { op: 'not', atom: { kind: 'confidentiality', bound: 'at-least', code: 'R' } };
    story.authority.world.consent = () => aDecision({ filter: labelled, obligations: ['NORDSCLCD'] });
    const reply = await redeemOne(story);
    const members = ['iss', 'sub', 'aud', 'client_id', 'jti', 'iat', 'exp'];
    expect(Object.keys(payloadOf(rptIn(reply))).sort()).toEqual(members.sort());
    expect(Object.keys(reply.body).sort()).toEqual(['access_token', 'expires_in', 'pct', 'token_type']);
  });

  it('without `scope`, and not to be stored (UMA Grant §3.3.5)', async () => {
    const reply = await redeemOne(story);
    expect(reply.body).not.toHaveProperty('scope');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('pragma')).toBe('no-cache');
  });

  it('that ends when the decision does, in whole seconds (D-3)', async () => {
    const until = asInstant(story.authority.world.at + 42_900);
    story.authority.world.consent = () => aDecision({ holdsUntil: until });
    const reply = await redeemOne(story);
    expect(payloadOf(rptIn(reply)).exp).toBe(seconds(until));
    expect((payloadOf(rptIn(reply)).exp ?? 0) * 1000).toBeLessThanOrEqual(until);
  });

  it('that ends with the claims it rests on, pushed, kept or carried (U24)', async () => {
    const now = seconds(story.authority.world.at);
    const endOf = (reply: Reply) => payloadOf(rptIn(reply)).exp;
    const first = await redeem(story, await aTicket(story), await pushed(story, { exp: now + 90 }));
    expect([endOf(first), first.body['expires_in']]).toEqual([now + 90, 90]);
    story.authority.wait(30);
    const again = await redeemBare(story, await aTicket(story), { pct: first.body['pct'] as string });
    expect([endOf(again), again.body['expires_in']]).toEqual([now + 90, 60]);
    expect((await introspect(story, rptIn(again))).body).toMatchObject({ active: true, exp: now + 90 });
    story.authority.wait(60);
    expect((await introspect(story, rptIn(again))).body).toEqual({ active: false });
  });

  it('but not when the decision ends within the second', async () => {
    story.authority.world.consent = () =>
      aDecision({ holdsUntil: asInstant(story.authority.world.at + 100) });
    expect(answer(await redeemOne(story))).toEqual(requestDenied);
  });

  it('whose subject is one name per requester and resource server, and not the one the issuer uses (T7)', async () => {
    const other = await aResourceServer(story.authority);
    const pat = await patOf(story.authority, other);
    const elsewhere = { ...story, pat, resourceServer: other, resource: await aResource({ ...story, pat }) };
    const [first, second, third] = [
      payloadOf(rptIn(await redeemOne(story))).sub,
      payloadOf(rptIn(await redeemOne(story))).sub,
      payloadOf(rptIn(await redeem(elsewhere, await aTicket(elsewhere)))).sub,
    ];
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(first).not.toContain('dr-t');
  });

  it('and the record of the decision names token, process and basis (U-j)', async () => {
    const reply = await redeemOne(story);
    expect(await latestRecord(story)).toMatchObject({
      outcome: 'permit',
      patient: 'Patient/ann',
      action: 'access',
      purposes: ['TREAT'],
      basis: [{ consent: 'c-1', version: 1, path: '/provision' }],
      circumstances: { door: 'uma', tokenId: payloadOf(rptIn(reply)).jti, transaction: expect.any(String) },
    });
  });
});

describe('the consents are asked', () => {
  it('with the requester as the issuer names it', async () => {
    story.authority.world.organizations.set('urn:ietf:rfc:3986|https://clinic-a.example', 'Organization/a');
    const asked = askedOfConsents(story);
    const role = { system: 'http://nucc.org/provider-taxonomy', code: '207R00000X' };
    const extensions = { ihe_iua: iua({ person_id: 'urn:example:staff|t', subject_role: [role] }) };
    await redeemOne(story, await pushed(story, { extensions }));
    expect(asked).toEqual([
      {
        patient: 'Patient/ann',
        requester: {
          type: 'practitioner',
          identifiers: [
            { system: story.idp.issuer, value: 'dr-t' },
            { system: `${issuer}/uma/accounts`, value: `${story.idp.issuer} dr-t` },
            { system: 'urn:example:staff', value: 't' },
          ],
          organization: 'Organization/a',
          roles: [role],
          clientId: story.client.id,
        },
        action: 'access',
        purposes: ['TREAT'],
        resourceTypes: ['Observation'],
        at: story.authority.world.at,
      },
    ]);
  });

  it('once per action, whatever the number of scopes', async () => {
    const asked = askedOfConsents(story);
    await redeem(story, await aTicket(story, ['patient/Observation.rs', 'patient/Condition.rs', 'read']));
    expect(asked.map(({ action }) => action)).toEqual(['access']);
  });

  it('and a scope is granted for the types it reads: the other stays out, the token is partial (§8 step 5)', async () => {
    story.authority.world.consent = () => aDecision({ filter: onlyType('Observation') });
    const { status } = await redeem(
      story,
      await aTicket(story, ['patient/Observation.rs', 'patient/Condition.rs']),
    );
    expect(status).toBe(200);
    expect(answer(await redeem(story, await aTicket(story, ['patient/Condition.rs'])))).toEqual(
      requestDenied,
    );
  });

  it('and a permit from which nothing was granted is recorded as a refusal', async () => {
    story.authority.world.consent = () => aDecision({ filter: onlyType('Observation') });
    await redeem(story, await aTicket(story, ['patient/Condition.rs']));
    expect(await latestRecord(story)).toMatchObject({ outcome: 'deny', reason: 'outside-permitted-data' });
  });

  it('and a scope of a vocabulary we do not speak is never granted', async () => {
    expect(answer(await redeem(story, await aTicket(story, ['view'])))).toMatchObject({
      error: 'request_denied',
    });
  });

  it('and a ticket without scopes is never a grant of something (§8 a; U12)', async () => {
    expect(answer(await redeem(story, await aTicket(story, [])))).toEqual(requestDenied);
  });
});
