/** What a newcomer sees once the service is up. */
export const greeting = (issuer: string): string => `
Headwater is serving at ${issuer}

  discovery   ${issuer}/.well-known/uma2-configuration
              ${issuer}/.well-known/oauth-authorization-server
  FHIR        ${issuer}/fhir/R4/metadata
              ${issuer}/fhir/R5/metadata

Make the first client, in another terminal:

  npm run headwater -- client create --name first --generate-key first.jwk.json \\
    --grant client_credentials --scope "system/*.cruds decision" --may file,activate

`;
