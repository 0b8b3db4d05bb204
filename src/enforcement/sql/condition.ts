/** One condition of a filter over the tables of the layout: true exactly where the resource says that it holds. */
import type { Atom } from '../../decision/filter.ts';
import { type Coding, codeSystems } from '../../fhir/coding.ts';
import { labelsAllowingPurpose } from '../../labeling/limiting-labels.ts';
import { type Confidentiality, rankOf } from '../../labeling/vocabulary.ts';
import { bind, bound, type Fragment, joined, sql } from './fragment.ts';
import { type FactRows, momentColumn, systemColumn } from './index-facts.ts';

/** The name of a table, as the layout has it. */
export type TableNames = (table: keyof FactRows) => string;

type Context = { readonly unlabelledAs: Confidentiality; readonly named: TableNames };

/**
 * Undefined where the tables cannot tell. What a resource leaves unknown fails here whichever way it is asked (§6.2),
 * so a negation is not always `not`.
 */
export function conditionOf(atom: Atom, isPositive: boolean, context: Context): Fragment | undefined {
  const signed = (condition: Fragment): Fragment => (isPositive ? condition : sql`not (${condition})`);
  const { named } = context;
  switch (atom.kind) {
    case 'confidentiality':
      return signed(confidentiality(atom, context.unlabelledAs));
    case 'label':
      return signed(hasCode(named('label'), atom.anyOf));
    case 'use':
      return signed(isOpenForUse(named('label'), atom));
    case 'type':
      return signed(isOneOf('f.type', atom.anyOf));
    case 'profile':
      return signed(hasName(named('profile'), atom.anyOf));
    case 'document-type':
      return signed(hasCode(named('document_type'), atom.anyOf));
    case 'code':
      return isPositive
        ? hasCode(named('code'), atom.anyOf)
        : sql`f.coded and not ${hasCode(named('code'), atom.anyOf)}`;
    case 'date':
      return isPositive ? overlaps(atom) : liesApart(atom);
    case 'id':
      return signed(isItself(atom));
    case 'refers-to':
      return signed(hasName(named('reference'), atom.anyOf, sql` and x.via = ${bind(atom.through)}`));
    case 'author':
      return isPositive ? hasName(named('author'), atom.anyOf) : byOthers(named('author'), atom.anyOf);
    case 'unknown':
      return sql`false`;
    case 'expression':
      return undefined;
  }
}

type Of<Kind extends Atom['kind']> = Extract<Atom, { kind: Kind }>;

const confidentiality = ({ bound: side, code }: Of<'confidentiality'>, unlabelledAs: Confidentiality) =>
  sql`coalesce(f.confidentiality, ${bind(rankOf(unlabelledAs))}) ${side === 'at-most' ? '<=' : '>='} ${bind(rankOf(code))}`;

const hasRow = (table: string, condition: Fragment): Fragment =>
  sql`exists (select 1 from ${table} x where x.resource = f.resource${condition})`;

function hasCode(table: string, codings: readonly Coding[]): Fragment {
  if (codings.length === 0) return sql`false`;
  const pairs = codings.map(({ system, code }) => sql`(${bound([systemColumn(system), code])})`);
  return hasRow(table, sql` and (x.system, x.code) in (${joined(pairs, ', ')})`);
}

const hasName = (table: string, names: readonly string[], more: Fragment = []): Fragment =>
  names.length === 0 ? sql`false` : hasRow(table, sql` and ${isOneOf('x.name', names)}${more}`);

const isOneOf = (column: string, values: readonly string[]): Fragment =>
  values.length === 0 ? sql`false` : sql`${column} in (${bound(values)})`;

/** Who bears no author may be by anybody (R-23). */
const byOthers = (table: string, names: readonly string[]): Fragment =>
  sql`${hasRow(table, [])} and not ${hasName(table, names)}`;

/** HTEST marks test data and limits nothing (L-4); any other purpose does, also one nobody knows. */
function isOpenForUse(table: string, { purposes, explicitOnly }: Of<'use'>): Fragment {
  const limited = hasRow(
    table,
    sql` and x.system = ${bind(codeSystems.actReason)} and x.code <> ${bind('HTEST')}`,
  );
  const allowed = purposes.map((purpose) =>
    hasCode(
      table,
      labelsAllowingPurpose(purpose, explicitOnly).map((code) => ({ system: codeSystems.actReason, code })),
    ),
  );
  return sql`(not ${limited} or (${joined(allowed, ' and ', 'false')}))`;
}

function isItself({ anyOf, version }: Of<'id'>): Fragment {
  const named = isOneOf('f.resource', anyOf);
  return version === undefined ? named : sql`(${named} and f.version is not distinct from ${bind(version)})`;
}

/** Undated data has no bounds, and whatever is compared with none fails (§6.3 rule 6). */
const overlaps = ({ within: { start, end } }: Of<'date'>): Fragment =>
  joined(
    [
      sql`f.starts is not null`,
      ...(end === undefined ? [] : [sql`f.starts <= ${moment(end)}`]),
      ...(start === undefined ? [] : [sql`f.ends >= ${moment(start)}`]),
    ],
    ' and ',
  );

const liesApart = ({ within: { start, end } }: Of<'date'>): Fragment =>
  sql`f.starts is not null and (${joined(
    [
      ...(end === undefined ? [] : [sql`f.starts > ${moment(end)}`]),
      ...(start === undefined ? [] : [sql`f.ends < ${moment(start)}`]),
    ],
    ' or ',
    'false',
  )})`;

const moment = (at: Parameters<typeof momentColumn>[0]): Fragment =>
  sql`${bind(momentColumn(at))}::timestamptz`;
