/** A short name for what a decision rested on, the same wherever the same was read (consent-decisioning.md D-1). */
import { encodeBase64Url } from '../base/base64url.ts';

/** SHA-256. */
export async function digestOf(texts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(texts));
  return encodeBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
