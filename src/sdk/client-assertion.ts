/** Proving who we are at a token endpoint with a key instead of a secret: private_key_jwt (RFC 7523 §2.2). */
import { type CryptoKey, type JWK, SignJWT } from 'jose';
import { type Instant, toEpochSeconds } from '../base/instant.ts';

/** A client registered at the authority, and the private key that only it holds. */
export type ClientCredentials = {
  readonly clientId: string;
  readonly key: SigningKey;
};

/** An ES256 key as jose takes it, and the `kid` under which its public half was registered. */
export type SigningKey = { readonly key: CryptoKey | JWK; readonly kid: string };

const assertionSeconds = 60;

/** The form parameters that authenticate one request; each assertion is good for one use and one minute. */
export async function authenticate(
  client: ClientCredentials,
  issuer: string,
  at: Instant,
): Promise<Readonly<Record<string, string>>> {
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid: client.key.kid, typ: 'client-authentication+jwt' })
    .setIssuer(client.clientId)
    .setSubject(client.clientId)
    // The issuer and not the endpoint: another authority's metadata could name an endpoint that is not its own.
    .setAudience(issuer)
    .setJti(crypto.randomUUID())
    .setIssuedAt(toEpochSeconds(at))
    .setExpirationTime(toEpochSeconds(at) + assertionSeconds)
    .sign(client.key.key);
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
}
