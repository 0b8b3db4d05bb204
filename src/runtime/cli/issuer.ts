/** `headwater issuer trust|list`: whose statements about requesting parties we believe. */
import type { Json } from '../../base/json.ts';
import { targetOf } from '../../outbound/target.ts';
import type { TrustedIssuer } from '../../protocols/uma/party/trusted-issuer-store.ts';
import { trustedIssuerStore } from '../../storage/trusted-issuers.ts';
import { type Config, isLoopback } from '../config.ts';
import { withConfiguredDatabase } from '../configured-database.ts';
import { type Arguments, type Command, columns, UsageError } from './command.ts';
import { keysIn } from './key-file.ts';

const trust: Command = {
  words: 'issuer trust',
  summary: 'Believe claim tokens of an issuer; replaces what was known of it',
  options: {
    issuer: { type: 'string', value: 'URL', help: 'its `iss`' },
    jwks: { type: 'string', value: 'FILE', help: 'its public keys, a JWK Set' },
    'jwks-uri': { type: 'string', value: 'URL', help: 'or: where it publishes them' },
    client: {
      type: 'string',
      multiple: true,
      value: 'CLIENT_ID=THEIR_CLIENT_ID',
      help: 'under which id a client of ours is known there',
    },
  },
  async run(given) {
    const issuer = given.text('issuer') ?? '';
    if (!/^https?:\/\/[\x21-\x7e]{1,2000}$/.test(issuer) || !URL.canParse(issuer)) {
      throw new UsageError('--issuer: expected a URL');
    }
    const trusted = { issuer, ...(await keysGiven(given)), clientIds: clientIdsIn(given.list('client')) };
    await withConfiguredDatabase(async (database, config) => {
      refuseUnreachable(trusted, config);
      await trustedIssuerStore(database).trust(trusted);
    });
    return { json: shown(trusted), text: `trusting ${issuer}` };
  },
};

const list: Command = {
  words: 'issuer list',
  summary: 'List the issuers whose claim tokens are believed',
  options: {},
  async run() {
    const issuers = await withConfiguredDatabase((database) => trustedIssuerStore(database).list());
    const rows = issuers.map(({ issuer, jwks, jwksUri }) => [
      issuer,
      jwksUri ?? jwks.map(({ kid }) => kid).join(' '),
    ]);
    return { json: issuers.map(shown), text: rows.length === 0 ? 'no issuers' : columns(rows) };
  },
};

export const issuerCommands: readonly Command[] = [trust, list];

type Keys = Pick<TrustedIssuer, 'jwks' | 'jwksUri'>;

async function keysGiven(given: Arguments): Promise<Keys> {
  const [file, jwksUri] = [given.text('jwks'), given.text('jwks-uri')];
  if ((file === undefined) === (jwksUri === undefined))
    throw new UsageError('expected either --jwks FILE or --jwks-uri URL');
  return jwksUri === undefined ? { jwks: await keysIn(file ?? '') } : { jwks: [], jwksUri };
}

/** Better told now than by every claim token that is not believed. */
function refuseUnreachable({ jwksUri }: Keys, { issuer }: Config): void {
  if (jwksUri === undefined || targetOf(jwksUri, { allowLoopback: isLoopback(issuer) }).ok) return;
  throw new UsageError(
    '--jwks-uri: expected an https URL of a public host (of this machine where HEADWATER_ISSUER is), without credentials, fragment or a port below 1024',
  );
}

function clientIdsIn(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [ours = '', theirs = ''] = pair.split(/=(.*)/s);
      if (ours === '' || theirs === '') throw new UsageError('--client: expected CLIENT_ID=THEIR_CLIENT_ID');
      return [ours, theirs];
    }),
  );
}

const shown = ({ issuer, jwks, jwksUri, clientIds }: TrustedIssuer): Json => ({
  issuer,
  ...(jwksUri === undefined ? { jwks: { keys: jwks as readonly Json[] } } : { jwks_uri: jwksUri }),
  clients: clientIds,
});
