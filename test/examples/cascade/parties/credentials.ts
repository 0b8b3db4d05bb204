// A key that only its holder has, and how an app proves with it who it is (private_key_jwt, RFC 7523 §2.2).

import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export type KeyPair = { readonly kid: string; readonly privateJwk: JWK; readonly publicJwk: JWK };

export async function makeKeyPair(kid: string): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const marks = { kid, alg: 'ES256', use: 'sig' };
  return {
    kid,
    privateJwk: { ...(await exportJWK(privateKey)), ...marks },
    publicJwk: { ...(await exportJWK(publicKey)), ...marks },
  };
}

export type Credentials = { readonly clientId: string; readonly keys: KeyPair };

/** Form parameters that prove to `issuer` who is asking; good for one request. */
export async function proof(
  { clientId, keys }: Credentials,
  issuer: string,
): Promise<Readonly<Record<string, string>>> {
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid: keys.kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(keys.privateJwk);
  return {
    client_id: clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
}
