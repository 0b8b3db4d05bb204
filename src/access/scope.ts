/** Scopes as SMART writes them (SMART App Launch 2.2, Scopes): `patient/Observation.rs`, and which scope covers which. */

export const scopeLevels = ['patient', 'user', 'system'] as const;
export type ScopeLevel = (typeof scopeLevels)[number];

/** create, read, update, delete, search. */
export type ScopeLetter = 'c' | 'r' | 'u' | 'd' | 's';

export type SmartScope = {
  readonly level: ScopeLevel;
  /** A FHIR resource type, or `*`. */
  readonly type: string;
  readonly letters: readonly ScopeLetter[];
  /** What follows the question mark, as written; narrows the scope to some resources of the type. */
  readonly condition?: string;
};

/** What a scope may consist of (RFC 6749 §3.3): others would read two scopes where one stands with a line break in it. */
const wellFormed = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;

const grammar =
  /^(?<level>patient|user|system)\/(?<type>[A-Z][A-Za-z]*|\*)\.(?<letters>c?r?u?d?s?|read|write|\*)(?:\?(?<condition>[^=&]+=[^=&]+(?:&[^=&]+=[^=&]+)*))?$/;

/** The words of SMART v1, still in registrations. */
const oldWords: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** Undefined for a scope of another vocabulary, and for letters missing, repeated or out of order. */
export function parseSmartScope(text: string): SmartScope | undefined {
  const parts = wellFormed.test(text) ? grammar.exec(text)?.groups : undefined;
  if (!parts?.['letters']) return undefined;
  const letters = oldWords[parts['letters']] ?? parts['letters'];
  return {
    level: parts['level'] as ScopeLevel,
    type: parts['type'] ?? '*',
    letters: [...letters] as ScopeLetter[],
    ...(parts['condition'] ? { condition: parts['condition'] } : {}),
  };
}

/** Splits a `scope` parameter (RFC 6749 §3.3); repeats count once. */
export const splitScope = (text: string | undefined): readonly string[] => [
  ...new Set((text ?? '').split(' ').filter((scope) => scope !== '')),
];

/** Whether holding `held` is enough where `asked` is wanted. A conditional scope covers only itself. */
export function covers(held: string, asked: string): boolean {
  if (held === asked) return true;
  const have = parseSmartScope(held);
  const want = parseSmartScope(asked);
  if (!have || !want || have.condition !== undefined || have.level !== want.level) return false;
  return (
    (have.type === '*' || have.type === want.type) &&
    want.letters.every((letter) => have.letters.includes(letter))
  );
}

export const coversAny = (held: readonly string[], asked: string): boolean =>
  held.some((scope) => covers(scope, asked));

/** The levels at which the scopes allow this interaction: `['patient']` for `patient/Consent.rs`, Consent and `r`. */
export const levelsAllowing = (
  scopes: readonly string[],
  type: string,
  letter: ScopeLetter,
): readonly ScopeLevel[] => scopeLevels.filter((level) => coversAny(scopes, `${level}/${type}.${letter}`));
