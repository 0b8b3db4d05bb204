/** A reference to a resource: literal (relative, absolute, to one version) or logical (by identifier). */
import { isObject, type Json, type JsonObject } from '../base/json.ts';

export type Identifier = { readonly system?: string; readonly value: string };

export type Reference = {
  /** `Type/id`, when it is literal and relative or below one of our own bases. */
  readonly local?: string;
  /** The version it names, when it names one. */
  readonly version?: string;
  /** As written, when it points elsewhere or has another form. */
  readonly foreign?: string;
  readonly identifier?: Identifier;
};

const literal =
  /^(?<base>.*\/)?(?<local>[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/(?<version>[A-Za-z0-9\-.]{1,64}))?$/;

/** Reads a `Reference` element; absolute URLs count as ours only below one of `ownBases`. */
export function readReference(element: JsonObject, ownBases: readonly string[]): Reference {
  const text = element['reference'];
  const identifier = readIdentifier(element['identifier'] as JsonObject | undefined);
  return {
    ...(typeof text === 'string' ? readLiteral(text, ownBases) : {}),
    ...(identifier ? { identifier } : {}),
  };
}

export function readLiteral(text: string, ownBases: readonly string[]): Reference {
  const parts = literal.exec(text)?.groups;
  const base = parts?.['base'];
  if (!parts?.['local'] || (base && !ownBases.some((own) => base === `${own}/`))) return { foreign: text };
  return { local: parts['local'], ...(parts['version'] ? { version: parts['version'] } : {}) };
}

/** Every reference in a resource, at any depth. */
export function referencesAnywhere(
  value: Json | undefined,
  ownBases: readonly string[],
): readonly Reference[] {
  if (Array.isArray(value)) return value.flatMap((each) => referencesAnywhere(each, ownBases));
  if (!isObject(value)) return [];
  const below = Object.values(value).flatMap((member) => referencesAnywhere(member, ownBases));
  const own = readReference(value, ownBases);
  return own.local === undefined && own.identifier === undefined ? below : [own, ...below];
}

export function readIdentifier(element: JsonObject | undefined): Identifier | undefined {
  const value = element?.['value'];
  const system = element?.['system'];
  if (typeof value !== 'string') return undefined;
  return typeof system === 'string' ? { system, value } : { value };
}

/** `system|value`, the token by which identifiers are stored and searched. */
export const identifierToken = (identifier: Identifier): string =>
  `${identifier.system ?? ''}|${identifier.value}`;

/** For a search that names no system. */
export const valueToken = (value: string): string => ` ${value}`;

export const typeOfReference = (local: string): string => local.slice(0, local.indexOf('/'));
export const idOfReference = (local: string): string => local.slice(local.indexOf('/') + 1);

/** Under which names it may be meant: `Type/id`, `system|value`. */
export const namesOfReference = ({ local, identifier }: Reference): readonly string[] => [
  ...(local ? [local] : []),
  ...(identifier ? [identifierToken(identifier)] : []),
];
