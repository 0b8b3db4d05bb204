/** Takes away extensions that carry elements of the very version they stand in: they say nothing, and elsewhere they would. */
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { text } from '../../fhir/read-element.ts';
import { type Release, urlOf } from './carrier.ts';

/** Modifiers stay, since they close. */
export function withoutOwnExtensions(resource: JsonObject, release: Release): JsonObject {
  const prefix = urlOf(release, '');
  const isOwn = (value: Json): boolean => isObject(value) && (text(value, 'url') ?? '').startsWith(prefix);
  return cleaned(resource, isOwn) as JsonObject;
}

/** Not inside other extensions, where nothing is read; and what says nothing else stays, since no value may be empty. */
function cleaned(value: Json, isOwn: (extension: Json) => boolean): Json {
  if (Array.isArray(value)) return value.map((each: Json) => cleaned(each, isOwn));
  if (!isObject(value)) return value;
  const members = Object.entries(value).flatMap(([name, member]): [string, Json][] => {
    if (name !== 'extension') return [[name, holders.has(name) ? member : cleaned(member, isOwn)]];
    const kept = Array.isArray(member) ? member.filter((each: Json) => !isOwn(each)) : member;
    return Array.isArray(kept) && kept.length === 0 ? [] : [[name, kept]];
  });
  return members.length === 0 ? value : Object.fromEntries(members);
}

/** What stands in these is no element of the consent. */
const holders: ReadonlySet<string> = new Set(['modifierExtension', 'contained']);
