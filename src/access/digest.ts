/** SHA-256 in base64url: a short name for what is long or secret, the same wherever the same was named. */
import { encodeBase64Url } from '../base/base64url.ts';

export async function sha256(text: string): Promise<string> {
  return encodeBase64Url(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
  );
}
