/** Criteria of type token (FHIR R4 §3.1.1.4.10). */
import type { Failure } from '../../../base/failure.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { Coding } from '../../../fhir/coding.ts';
import { type Condition, entryOf } from '../../../fhir/search/search.ts';
import { malformedQuery } from '../failures.ts';
import { type Criterion, readEach, shown, unreadable } from './criterion.ts';
import { codesAbove, codesBelow, codesInValueSet } from './criterion-codes.ts';
import { partsOf, readToken, type Token, unescaped } from './search-parameters.ts';

export function tokenCondition(criterion: Criterion): Result<Condition, Failure> {
  const { modifier, names, values } = criterion;
  if (modifier === 'text')
    return ok({
      kind: 'prefix',
      any: values.flatMap((value) => names.map((name) => entryOf.text(name, unescaped(value)))),
    });
  const any = readEach(values, (value) => entriesAskedFor(criterion, value));
  if (!any.ok) return any;
  const not = modifier === 'not' || modifier === 'not-in';
  return ok({ kind: 'entry', any: any.value, ...(not ? { not } : {}) });
}

function entriesAskedFor(criterion: Criterion, value: string): Result<readonly string[], Failure> {
  switch (criterion.modifier) {
    case 'of-type':
      return typedIdentifiers(criterion, value);
    case 'in':
    case 'not-in':
      return members(criterion, unescaped(value));
    case 'above':
      return related(criterion, value, codesAbove);
    case 'below':
      return related(criterion, value, codesBelow);
    default:
      return tokens(criterion, criterion.names, value);
  }
}

/** `code`, `system|code`, `|code`, `system|`. */
export function tokens(
  criterion: Pick<Criterion, 'parameter'>,
  names: readonly string[],
  value: string,
): Result<readonly string[], Failure> {
  const token = readToken(value);
  if (token.value === '' && !token.system)
    return err(unreadable(criterion, value, 'a code, `system|code`, `|code` or `system|`'));
  return ok(names.map((name) => tokenEntry(name, token)));
}

function tokenEntry(name: string, { system, value }: Token): string {
  if (system === undefined) return entryOf.code(name, value);
  return value === '' ? entryOf.system(name, system) : entryOf.token(name, system, value);
}

const codingEntries = (names: readonly string[], codings: readonly Coding[]): readonly string[] =>
  names.flatMap((name) => codings.map(({ system, code }) => entryOf.token(name, system, code)));

/** All three parts must be there. */
function typedIdentifiers(criterion: Criterion, value: string): Result<readonly string[], Failure> {
  const [system, code, identifier, ...more] = partsOf(value).map(unescaped);
  if (!system || !code || !identifier || more.length > 0)
    return err(unreadable(criterion, value, '`system|code|value`'));
  return ok(criterion.names.map((name) => entryOf.ofType(name, system, code, identifier)));
}

function members({ names, version }: Criterion, canonical: string): Result<readonly string[], Failure> {
  const codings = codesInValueSet(canonical, version);
  return codings
    ? ok(codingEntries(names, codings))
    : err(malformedQuery(`the value set ${shown(canonical)} is not known here`, 'not-supported'));
}

function related(
  criterion: Criterion,
  value: string,
  find: (coding: Partial<Coding>) => readonly Coding[] | undefined,
): Result<readonly string[], Failure> {
  const { system, value: code } = readToken(value);
  if (code === '') return err(unreadable(criterion, value, 'a code or `system|code`'));
  const codings = find({ ...(system === undefined ? {} : { system }), code });
  return codings
    ? ok(codingEntries(criterion.names, codings))
    : err(malformedQuery(`no hierarchy with ${shown(unescaped(value))} is known here`, 'not-supported'));
}
