// The hospital's authorization server: oidc-provider as it comes, with opaque tokens, the uma-ticket grant added, and
// introspection that asks Headwater again each time.

import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { toEpochSeconds } from '../../../../../src/base/instant.ts';
import type { Answer } from '../party.ts';
import type { Approved, Backing } from './cascade.ts';
import { describeToken } from './introspection.ts';
import { type HospitalSettings, umaTicketGrant } from './settings.ts';
import { type GrantParts, redeemTicket, type TicketRequest } from './uma-grant.ts';

export function makeProvider(issuer: string, settings: HospitalSettings, parts: GrantParts): Provider {
  const provider = new Provider(issuer, configurationFor(settings));
  /** By jti: the approval each of our tokens rests on. */
  const backings = new Map<string, Backing>();
  const parameters = ['ticket', 'claim_token', 'claim_token_format', 'pct', 'rpt', 'scope'];
  provider.registerGrantType<TicketRequest>(
    umaTicketGrant,
    async (ctx) => {
      const app = settings.apps.find(({ clientId }) => clientId === ctx.oidc.client.clientId);
      if (!app) throw new Error('a client that is no app');
      const outcome = await redeemTicket(parts, app, ctx.oidc.params);
      render(
        ctx,
        'approved' in outcome ? await issue(provider, ctx, outcome.approved, backings) : outcome.answer,
      );
    },
    parameters,
  );
  provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next();
    if (ctx.oidc?.route === 'introspection') ctx.body = await describeToken(parts.cascade, backings, ctx);
  });
  return provider;
}

async function issue(
  provider: Provider,
  ctx: KoaContextWithOIDC,
  { grant, backing }: Approved,
  backings: Map<string, Backing>,
): Promise<Answer> {
  const client = ctx.oidc.client;
  if (!client) throw new Error('nobody to issue to');
  // D12, D13: no longer than the approval, and without a refresh token.
  const expiresIn = Math.max(1, toEpochSeconds(grant.expiresAt) - Math.floor(Date.now() / 1000));
  const token = new provider.ClientCredentials({ client, scope: grant.scopes.join(' '), expiresIn });
  const value = await token.save();
  backings.set(token.jti, backing);
  return { status: 200, body: { access_token: value, token_type: 'Bearer', expires_in: expiresIn } };
}

function render(ctx: KoaContextWithOIDC, { status, headers, body }: Answer): void {
  ctx.status = status;
  for (const [name, value] of Object.entries(headers ?? {})) ctx.set(name, value);
  ctx.body = body;
}

const configurationFor = (settings: HospitalSettings): Configuration => ({
  clients: [
    ...settings.apps.map((app) => clientMetadata(app.clientId, app.publicJwk, umaTicketGrant)),
    clientMetadata(settings.recordServer.clientId, settings.recordServer.publicJwk, 'client_credentials'),
  ],
  jwks: { keys: [settings.keys.privateJwk] },
  scopes: ['uma_protection', 'observation.read', 'condition.read'],
  clientAuthMethods: ['private_key_jwt'],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    // Its own record server is the only one to ask what a token is worth.
    introspection: {
      enabled: true,
      allowedPolicy: (_, client) => client.clientId === settings.recordServer.clientId,
    },
  },
});

function clientMetadata(clientId: string, publicJwk: HospitalSettings['keys']['publicJwk'], grant: string) {
  return {
    client_id: clientId,
    grant_types: [grant],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'private_key_jwt' as const,
    token_endpoint_auth_signing_alg: 'ES256' as const,
    id_token_signed_response_alg: 'ES256' as const,
    jwks: { keys: [publicJwk] },
  };
}
