/** Whether a JSON Pointer leads to a place in JSON (RFC 6901): the library goes on into what objects inherit and functions hold. */
import { isObject, type Json } from '../../../base/json.ts';

/** With `mayBeNew` the last token may name a member, or an item of a list, that is not there yet. */
export function isPlace(pointer: unknown, within: Json, mayBeNew: boolean): boolean {
  if (typeof pointer !== 'string') return false;
  const [root, ...tokens] = pointer.split('/').map(unescaped);
  let holder: Json | undefined = within;
  const isFollowed = tokens.every((token, depth) => {
    const isThere = has(holder, token, mayBeNew && depth === tokens.length - 1);
    holder = (holder as Readonly<Record<string, Json>> | undefined)?.[token];
    return isThere;
  });
  return root === '' && isFollowed;
}

const unescaped = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

function has(holder: Json | undefined, token: string, mayBeNew: boolean): boolean {
  if (Array.isArray(holder))
    return (mayBeNew && token === '-') || (/^(?:0|[1-9]\d*)$/.test(token) && (mayBeNew || token in holder));
  if (!isObject(holder) || inherited.has(token)) return false;
  return mayBeNew || Object.hasOwn(holder, token);
}

const inherited: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
