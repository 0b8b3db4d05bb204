/** What a newcomer sees once the service is up. */
import type { Config } from './config.ts';

export const greeting = ({ issuer, host, port }: Pick<Config, 'issuer' | 'host' | 'port'>): string => `
Headwater is serving at ${issuer}
  (listening on http://${host}:${port}; away from loopback, a proxy that speaks TLS belongs in front of it)

  discovery   ${issuer}/.well-known/uma2-configuration
              ${issuer}/.well-known/oauth-authorization-server
  FHIR        ${issuer}/fhir/R4/metadata
              ${issuer}/fhir/R5/metadata

Make the first client, in another terminal with the same environment:

  npm run headwater -- client create --name admin --generate-key admin.jwk.json \\
    --grant client_credentials --scope "system/*.cruds decision" --may file,activate

`;
