/** What a URL may lead to before anything is looked up; every row an attack on whoever fetches it. */
import { describe, expect, it } from 'vitest';
import { targetOf } from '../../src/outbound/target.ts';

const verdict = (url: string, allowLoopback = false): string => {
  const target = targetOf(url, { allowLoopback });
  return target.ok ? 'asked' : target.failure;
};

describe('a service like any other', () => {
  it.each([
    'https://keys.example.org/jwks',
    'https://keys.example.org:8443/jwks?set=1',
    'https://8.8.8.8/jwks',
    'https://[2606:2800:220:1:248:1893:25c8:1946]/jwks',
  ])('asks %s', (url) => expect(verdict(url)).toBe('asked'));

  it.each([
    ['plain http', 'http://keys.example.org/jwks'],
    ['another scheme', 'file:///etc/passwd'],
    ['another scheme', 'data:application/json,{"keys":[]}'],
    ['no URL', 'keys.example.org/jwks'],
    ['credentials', 'https://user:password@keys.example.org/jwks'],
    ['a name that looks like credentials', 'https://keys.example.org@10.0.0.1/jwks'],
    ['a fragment', 'https://keys.example.org/jwks#all'],
    ['a port of another service', 'https://keys.example.org:22/jwks'],
    ['a port of another service', 'https://keys.example.org:80/jwks'],
    ['a URL without end', `https://keys.example.org/${'a'.repeat(2000)}`],
  ])('asks nobody for %s (%s)', (_, url) => expect(verdict(url)).toBe('refused-url'));

  it.each([
    ['loopback', 'https://127.0.0.1/'],
    ['loopback by name', 'https://localhost/'],
    ['loopback by name, ended with a dot', 'https://localhost./'],
    ['a name below localhost', 'https://keys.localhost/'],
    ['decimal', 'https://2130706433/'],
    ['octal', 'https://0177.0.0.1/'],
    ['hexadecimal', 'https://0x7f.0.0.1/'],
    ['hexadecimal in one', 'https://0x7f000001/'],
    ['short', 'https://127.1/'],
    ['with full-width digits', 'https://１２７.0.0.1/'],
    ['percent-encoded', 'https://%31%32%37.0.0.1/'],
    ['ended with a dot', 'https://127.0.0.1./'],
    ['IPv4 mapped into IPv6', 'https://[::ffff:127.0.0.1]/'],
    ['IPv4 mapped into IPv6, in hexadecimal', 'https://[::ffff:a00:1]/'],
    ['loopback (IPv6)', 'https://[::1]/'],
    ['private', 'https://10.1.2.3/'],
    ['metadata of a cloud', 'https://169.254.169.254/latest/meta-data/'],
    ['a name of this network', 'https://intranet/'],
    ['a name of this network', 'https://metadata.google.internal/'],
    ['a name of this network', 'https://printer.local/'],
  ])('does not look at %s (%s)', (_, url) => expect(verdict(url)).toBe('refused-address'));
});

describe('a service on a loopback host', () => {
  it.each(['http://localhost:3000/jwks', 'http://127.0.0.1:3000/jwks', 'https://[::1]:3000/jwks'])(
    'may ask its neighbour %s',
    (url) => expect(verdict(url, true)).toBe('asked'),
  );

  it('and whoever is public, as any other', () =>
    expect(verdict('https://keys.example.org/jwks', true)).toBe('asked'));

  it.each([
    ['http://keys.example.org/jwks', 'refused-url'],
    ['https://10.0.0.1/jwks', 'refused-address'],
    ['https://169.254.169.254/', 'refused-address'],
    ['http://localhost:22/', 'refused-url'],
  ])('but not %s', (url, problem) => expect(verdict(url, true)).toBe(problem));

  it('connects to loopback alone, whatever the name leads to', () => {
    const target = targetOf('http://localhost:3000/', { allowLoopback: true });
    expect(target.ok && [target.value.mayConnect('127.0.0.1'), target.value.mayConnect('8.8.8.8')]).toEqual([
      true,
      false,
    ]);
  });
});
