/** SHA-256 in base64url: a short name for what is long or secret, the same wherever the same was named. */
import { sha256 as digestOf } from '@noble/hashes/sha2.js';
import { encodeBase64Url } from '../base/base64url.ts';

export const sha256 = (text: string): string => encodeBase64Url(digestOf(new TextEncoder().encode(text)));
