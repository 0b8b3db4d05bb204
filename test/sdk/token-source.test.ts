import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { asInstant, type Instant, plusSeconds } from '../../src/base/instant.ts';
import { type TokenSource, tokenSource, type Wiring } from '../../src/sdk/index.ts';
import { connected, fakeAuthority, ourClient, says } from './fake-authority.ts';

const authority = fakeAuthority();
const start = asInstant(Date.UTC(2026, 9, 1, 10));

const sourceAt = async (clock: () => Instant, scope?: string): Promise<TokenSource> => {
  const upstream = await connected(authority);
  const wiring: Partial<Wiring> = { ...upstream.wiring, clock };
  return tokenSource(upstream.authority, ourClient, { wiring, ...(scope === undefined ? {} : { scope }) });
};

const formOf = (body: string | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(body ?? ''));

describe('the token source', () => {
  it('asks with client_credentials and a one-minute assertion meant for the issuer alone', async () => {
    const source = await sourceAt(() => start);
    expect(await source.token()).toEqual({ ok: true, value: 'pat-1' });
    const form = formOf(authority.to('/oauth/token')[0]?.body);
    expect(form).toMatchObject({ grant_type: 'client_credentials', scope: 'uma_protection' });
    const claims = decodeJwt(form['client_assertion'] ?? '');
    expect(claims).toMatchObject({ iss: 'hospital', sub: 'hospital', aud: authority.issuer });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60);
    expect(decodeProtectedHeader(form['client_assertion'] ?? '')).toMatchObject({ alg: 'ES256', kid: 'k1' });
  });

  it('never uses an assertion twice', async () => {
    const source = await sourceAt(() => start);
    const first = await source.token();
    source.discard(first.ok ? first.value : '');
    await source.token();
    const ids = authority
      .to('/oauth/token')
      .map(({ body }) => decodeJwt(formOf(body)['client_assertion'] ?? '').jti);
    expect(new Set(ids).size).toBe(2);
  });

  it('keeps a token until shortly before it expires', async () => {
    let now = start;
    const source = await sourceAt(() => now);
    await source.token();
    now = plusSeconds(start, 3569);
    await source.token();
    expect(authority.to('/oauth/token')).toHaveLength(1);
    now = plusSeconds(start, 3570);
    await source.token();
    expect(authority.to('/oauth/token')).toHaveLength(2);
  });

  it('does not keep a token of unknown age', async () => {
    authority.on('/oauth/token', says(200, { access_token: 'pat', token_type: 'Bearer' }));
    const source = await sourceAt(() => start);
    await source.token();
    await source.token();
    expect(authority.to('/oauth/token')).toHaveLength(2);
  });

  it('shares one request among callers at the same moment', async () => {
    const source = await sourceAt(() => start);
    await Promise.all([source.token(), source.token(), source.token()]);
    expect(authority.to('/oauth/token')).toHaveLength(1);
  });

  it('asks for the scope it was made for', async () => {
    const source = await sourceAt(() => start, 'b2b system/Consent.r');
    await source.token();
    expect(formOf(authority.to('/oauth/token')[0]?.body)['scope']).toBe('b2b system/Consent.r');
  });

  it('reports a refusal, tries again next time, and takes no token that is not a bearer token', async () => {
    const source = await sourceAt(() => start);
    authority.on('/oauth/token', says(401, { error: 'invalid_client' }));
    expect(await source.token()).toMatchObject({
      failure: { reason: 'authority-refused', error: 'invalid_client' },
    });
    authority.on('/oauth/token', says(200, { access_token: 'x', token_type: 'DPoP', expires_in: 300 }));
    expect(await source.token()).toMatchObject({ failure: { reason: 'authority-unreadable' } });
    authority.behave();
    expect(await source.token()).toEqual({ ok: true, value: 'pat-1' });
  });
});
