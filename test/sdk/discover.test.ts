import { describe, expect, it } from 'vitest';
import { discover, type Wiring } from '../../src/sdk/index.ts';
import { fakeAuthority, impatient, redirectsTo, says, staysSilent } from './fake-authority.ts';

const authority = fakeAuthority();
const uma = '/.well-known/uma2-configuration';
const oauth = '/.well-known/oauth-authorization-server';

const reasonOf = async (issuer: string, own: Partial<Wiring> = {}): Promise<string> => {
  const found = await discover(issuer, { timeoutSeconds: 20, maximumBytes: 10_000, ...own });
  return found.ok ? 'found' : found.failure.reason;
};

describe('discovery (RFC 8414 §3, UMA Federated Authorization §2)', () => {
  it('returns the endpoints under the issuer it was asked for', async () => {
    const found = await discover(authority.issuer);
    expect(found).toEqual({
      ok: true,
      value: {
        issuer: authority.issuer,
        tokenEndpoint: `${authority.issuer}/oauth/token`,
        introspectionEndpoint: `${authority.issuer}/oauth/introspect`,
        permissionEndpoint: `${authority.issuer}/uma/permission`,
        resourceRegistrationEndpoint: `${authority.issuer}/uma/resources`,
        jwksUri: `${authority.issuer}/oauth/jwks`,
      },
    });
  });

  it('looks at both places of an issuer with a path', async () => {
    const issuer = `${authority.issuer}/tenant`;
    const metadata = { ...authority.metadata(), issuer };
    authority.on(`/tenant${uma}`, says(200, metadata));
    authority.on(`${oauth}/tenant`, says(200, metadata));
    expect(await reasonOf(issuer)).toBe('found');
  });

  it.each([uma, oauth])('refuses metadata of another issuer at %s', async (path) => {
    authority.on(path, says(200, { ...authority.metadata(), issuer: 'https://rogue.example' }));
    expect(await reasonOf(authority.issuer)).toBe('untrusted-issuer');
  });

  it('compares the issuer without normalisation', async () => {
    expect(await reasonOf(`${authority.issuer}/`)).toBe('untrusted-issuer');
  });

  it('refuses two documents that disagree about an endpoint', async () => {
    const elsewhere = { token_endpoint: `${authority.issuer}/other/token` };
    authority.on(oauth, says(200, { ...authority.metadata(), ...elsewhere }));
    expect(await reasonOf(authority.issuer)).toBe('untrusted-issuer');
  });

  it('accepts an OAuth document that says nothing of UMA', async () => {
    const { permission_endpoint: _, resource_registration_endpoint: __, ...plain } = authority.metadata();
    authority.on(oauth, says(200, plain));
    expect(await reasonOf(authority.issuer)).toBe('found');
  });

  it.each([
    'http://consent.example.org/oauth/token',
    'https://consent.example.org/oauth/token#x',
    'https://user@consent.example.org/oauth/token',
    'ftp://consent.example.org/',
    'not a url',
  ])('refuses the token endpoint %s', async (endpoint) => {
    authority.on(uma, says(200, { ...authority.metadata(), token_endpoint: endpoint }));
    authority.on(oauth, says(200, { ...authority.metadata(), token_endpoint: endpoint }));
    expect(await reasonOf(authority.issuer)).toBe('untrusted-issuer');
  });

  it.each(['http://consent.example.org', 'consent.example.org', ''])(
    'asks nobody about the issuer `%s`',
    async (issuer) => {
      expect(await reasonOf(issuer)).toBe('untrusted-issuer');
      expect(authority.asked).toEqual([]);
    },
  );

  it('does not follow a redirect', async () => {
    authority.on(uma, redirectsTo(`${authority.issuer}/stolen`));
    expect(await reasonOf(authority.issuer)).toBe('authority-unreadable');
    expect(authority.to('/stolen')).toEqual([]);
  });

  it.each([
    ['garbage', says(200, '<html>')],
    ['an array', says(200, '[]')],
    ['too much', says(200, { padding: 'x'.repeat(20_000) })],
  ])('gives up on %s', async (_, say) => {
    authority.on(uma, say);
    expect(await reasonOf(authority.issuer)).toBe('authority-unreadable');
  });

  it('names a member that is missing', async () => {
    const { permission_endpoint: _, ...rest } = authority.metadata();
    authority.on(uma, says(200, rest));
    const found = await discover(authority.issuer);
    expect(found.ok ? '' : found.failure.detail).toBe('the metadata lacks `permission_endpoint`');
  });

  it('reports a missing document, silence and a closed port apart', async () => {
    authority.on(uma, says(404, {}));
    expect(await reasonOf(authority.issuer)).toBe('authority-refused');
    authority.on(uma, staysSilent);
    expect(await reasonOf(authority.issuer, impatient)).toBe('authority-timeout');
    expect(await reasonOf('http://127.0.0.1:9')).toBe('authority-unreachable');
  });
});
