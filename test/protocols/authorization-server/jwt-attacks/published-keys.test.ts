/** The same attacks on parties whose keys are fetched from where they publish them: nothing else is ever fetched (RFC 7515 §10.10). */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { ok } from '../../../../src/base/result.ts';
import type { PublicJwk } from '../../../../src/protocols/authorization-server/client.ts';
import { aClient, type TestClient } from '../../../support/authority.ts';
import { anIdentityProvider } from '../../../support/claim-tokens.ts';
import { claimPlace } from '../../../support/jwt-attacks/claim-token-place.ts';
import { assertionPlace } from '../../../support/jwt-attacks/client-assertion-place.ts';
import { forgeries } from '../../../support/jwt-attacks/forgeries.ts';
import { forgeriesOneOfEach, misstatementsOfOthers } from '../../../support/jwt-attacks/one-of-each.ts';
import { isMovedByNone } from '../../../support/jwt-attacks/place.ts';
import { anUmaStory, type Story } from '../../../support/uma-story.ts';

const ofClient = 'https://client.example/jwks';
const ofIssuer = 'https://idp.example/jwks';
let story: Story;
let client: TestClient;
const asked: string[] = [];

beforeAll(async () => {
  const usual = await anUmaStory();
  const { authority } = usual;
  client = await aClient(authority, { scopes: ['decision'], jwks: [], jwksUri: ofClient });
  story = { ...usual, idp: await anIdentityProvider(authority, { jwks: [], jwksUri: ofIssuer }) };
  const published: Readonly<Record<string, PublicJwk>> = {
    [ofClient]: client.keys.publicJwk,
    [ofIssuer]: story.idp.keys.publicJwk,
  };
  authority.world.published = async (url) => {
    asked.push(url);
    // Neither `alg` nor `use`: nothing of theirs says what the key is for.
    const { alg: _, use: __, ...bare } = published[url] ?? {};
    return ok({ json: { keys: [bare as never] }, maxAgeSeconds: undefined });
  };
});
afterAll(() => story.authority.stop());
// The clock stands still: whatever is claimed in however many tokens, each holder is asked once.
afterEach(() => {
  const allowed = [ofClient, ofIssuer].filter((uri) => asked.includes(uri));
  expect(asked.toSorted()).toEqual(allowed);
});

const asking = { grant_type: 'client_credentials', scope: 'decision' };
const assertion = async () => assertionPlace({ ...story, client }, '/oauth/token', asking);
isMovedByNone('forged: a client assertion', assertion, forgeries);
isMovedByNone('misstated: a client assertion', assertion, misstatementsOfOthers);

const claims = async () => claimPlace(story);
isMovedByNone('forged: a claim token', claims, forgeriesOneOfEach);
isMovedByNone('misstated: a claim token', claims, misstatementsOfOthers);
