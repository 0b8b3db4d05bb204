/** The uma-ticket grant: claims that are missing are asked for (U9, U10, U17). */
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../../src/access/digest.ts';
import { aClient, idTokenFormat, issuer, seconds } from '../../../support/authority.ts';
import { claimTokenOf, iua, treatment } from '../../../support/claim-tokens.ts';
import { aKeyPair, payloadOf, unsigned } from '../../../support/keys.ts';
import { invalidGrant, needInfo } from '../../../support/oauth-refusals.ts';
import { umaStoryThroughout } from '../../../support/throughout.ts';
import {
  answer,
  aTicket,
  latestRecord,
  pushed,
  redeem,
  redeemBare,
  redeemOne,
  ticketIn,
} from '../../../support/uma-story.ts';

const story = umaStoryThroughout();

describe('claims that are missing are asked for', () => {
  it('with a new ticket, what is required and from whom (U8, U9)', async () => {
    const ticket = await aTicket(story);
    const reply = await redeemBare(story, ticket);
    expect(answer(reply)).toEqual(needInfo);
    expect(ticketIn(reply)).not.toBe(ticket);
    expect(reply.body['required_claims']).toEqual([
      {
        name: 'purpose_of_use',
        friendly_name: 'Purpose of use',
        claim_token_format: [idTokenFormat],
        issuer: expect.arrayContaining([story.idp.issuer]),
      },
    ]);
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });

  it('and the old ticket is dead while the new one lives (U8)', async () => {
    const ticket = await aTicket(story);
    const successor = ticketIn(await redeemBare(story, ticket));
    expect(answer(await redeem(story, ticket))).toEqual(invalidGrant);
    expect((await redeem(story, successor)).status).toBe(200);
  });

  it('and the process belongs to the client that began it (uma2.md §14)', async () => {
    const successor = ticketIn(await redeemBare(story, await aTicket(story)));
    const other = await aClient(story.authority);
    expect(answer(await redeem(story, successor, {}, other))).toEqual(invalidGrant);
  });

  it('and both tickets belong to one process, which the record names (txn)', async () => {
    const ticket = await aTicket(story);
    const successor = ticketIn(await redeemBare(story, ticket));
    await redeem(story, successor);
    const process = String((await latestRecord(story))?.circumstances.transaction);
    const rows = await story.authority.db.execute(
      `select secret_hash from ticket where process = '${process}'`,
    );
    const hashes = [ticket, successor].map(sha256);
    expect(rows.map((row) => row['secret_hash']).sort()).toEqual(hashes.sort());
  });

  const wrong: readonly (readonly [string, (now: number) => Readonly<Record<string, unknown>>])[] = [
    ['for another audience (U17)', () => ({ aud: 'https://other.example' })],
    ['for us and another audience', () => ({ aud: [issuer, 'https://other.example'] })],
    ['that has expired', (now) => ({ iat: now - 200, exp: now - 31 })],
    ['from the future', (now) => ({ iat: now + 60 })],
    ['not valid yet', (now) => ({ nbf: now + 60 })],
    ['without exp', () => ({ exp: undefined })],
    ['without iat', () => ({ iat: undefined })],
    ['without sub', () => ({ sub: undefined })],
    ['without jti', () => ({ jti: undefined })],
    ['without aud', () => ({ aud: undefined })],
    ['from an issuer nobody configured (U17)', () => ({ iss: 'https://rogue.example' })],
    ['from an issuer that is no URL', () => ({ iss: 'a\u0000b' })],
    ['with a subject that no database takes', () => ({ sub: 'a\u0000b' })],
    ['without a purpose', () => ({ extensions: { ihe_iua: { subject_name: 'Dr. T' } } })],
    ['with an empty purpose', () => ({ extensions: { ihe_iua: iua({ purpose_of_use: [] }) } })],
    [
      'with a purpose of another system',
      () => ({ extensions: { ihe_iua: iua({ purpose_of_use: [{ system: 'urn:x', code: 'TREAT' }] }) } }),
    ],
    [
      'with a purpose without system',
      () => ({ extensions: { ihe_iua: iua({ purpose_of_use: [{ code: 'TREAT' }] }) } }),
    ],
    [
      'with an unknown purpose beside a known one',
      () => ({
        extensions: { ihe_iua: iua({ purpose_of_use: [treatment, { ...treatment, code: 'FUN' }] }) },
      }),
    ],
    ['without extensions', () => ({ extensions: undefined })],
  ];

  it.each(wrong)('as for a claim token %s', async (_, claims) => {
    const form = await pushed(story, claims(seconds(story.authority.world.at)));
    const ticket = await aTicket(story);
    const reply = await redeem(story, ticket, form);
    expect(answer(reply)).toEqual(needInfo);
    expect(ticketIn(reply)).not.toBe(ticket);
  });

  it('as for a token signed by another key', async () => {
    const claim_token = await claimTokenOf(story.authority, { ...story.idp, keys: await aKeyPair() });
    expect(answer(await redeemOne(story, { claim_token }))).toEqual(needInfo);
  });

  it('as for an unsigned one', async () => {
    const { claim_token } = await pushed(story);
    const forged = unsigned(payloadOf(claim_token ?? ''));
    expect(answer(await redeemOne(story, { claim_token: forged }))).toEqual(needInfo);
  });

  it('as for a token of another type, such as our own access token', async () => {
    const claim_token = await claimTokenOf(story.authority, story.idp, {}, { typ: 'at+jwt' });
    expect(answer(await redeemOne(story, { claim_token }))).toEqual(needInfo);
    const own = { claim_token: story.pat };
    expect(answer(await redeemOne(story, own))).toEqual(needInfo);
  });

  it('as for another format', async () => {
    const form = { claim_token_format: 'urn:ietf:params:oauth:token-type:saml2' };
    expect(answer(await redeemOne(story, form))).toEqual(needInfo);
  });

  it('but a token without its format, or a format without its token, is a mistake that costs no ticket (U10)', async () => {
    const ticket = await aTicket(story);
    const { claim_token = '' } = await pushed(story);
    const mistake = { status: 400, error: 'invalid_request' };
    expect(answer(await redeemBare(story, ticket, { claim_token }))).toEqual(mistake);
    expect(answer(await redeemBare(story, ticket, { claim_token_format: idTokenFormat }))).toEqual(mistake);
    expect((await redeem(story, ticket)).status).toBe(200);
  });
});
