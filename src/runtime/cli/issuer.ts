/** `headwater issuer trust|list`: whose statements about requesting parties we believe. */
import type { Json } from '../../base/json.ts';
import type { TrustedIssuer } from '../../protocols/uma/trusted-issuer-store.ts';
import { trustedIssuerStore } from '../../storage/trusted-issuers.ts';
import { withConfiguredDatabase } from '../configured-database.ts';
import { type Command, columns, UsageError } from './command.ts';
import { keysIn } from './key-file.ts';

const trust: Command = {
  words: 'issuer trust',
  summary: 'Believe claim tokens of an issuer; replaces what was known of it',
  options: {
    issuer: { type: 'string', value: 'URL', help: 'its `iss`' },
    jwks: { type: 'string', value: 'FILE', help: 'its public keys, a JWK Set' },
    client: {
      type: 'string',
      multiple: true,
      value: 'CLIENT_ID=THEIR_CLIENT_ID',
      help: 'under which id a client of ours is known there',
    },
  },
  async run(given) {
    const [issuer, file] = [given.text('issuer') ?? '', given.text('jwks')];
    if (!/^https?:\/\/[\x21-\x7e]{1,2000}$/.test(issuer) || !URL.canParse(issuer)) {
      throw new UsageError('--issuer: expected a URL');
    }
    if (file === undefined) throw new UsageError('--jwks: expected a file');
    const trusted = { issuer, jwks: await keysIn(file), clientIds: clientIdsIn(given.list('client')) };
    await withConfiguredDatabase((database) => trustedIssuerStore(database).trust(trusted));
    return { json: shown(trusted), text: `trusting ${issuer}` };
  },
};

const list: Command = {
  words: 'issuer list',
  summary: 'List the issuers whose claim tokens are believed',
  options: {},
  async run() {
    const issuers = await withConfiguredDatabase((database) => trustedIssuerStore(database).list());
    const rows = issuers.map(({ issuer, jwks }) => [issuer, jwks.map(({ kid }) => kid).join(' ')]);
    return { json: issuers.map(shown), text: rows.length === 0 ? 'no issuers' : columns(rows) };
  },
};

export const issuerCommands: readonly Command[] = [trust, list];

function clientIdsIn(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [ours = '', theirs = ''] = pair.split(/=(.*)/s);
      if (ours === '' || theirs === '') throw new UsageError('--client: expected CLIENT_ID=THEIR_CLIENT_ID');
      return [ours, theirs];
    }),
  );
}

const shown = ({ issuer, jwks, clientIds }: TrustedIssuer): Json => ({
  issuer,
  jwks: { keys: jwks as readonly Json[] },
  clients: clientIds,
});
