/** A filter as a predicate of SQL, for whoever keeps resources in tables (access-denied-and-enforcement.md §6.5). */
import type { Filter } from '../decision/filter.ts';
import type { Confidentiality } from '../labeling/vocabulary.ts';
import { conditionOf, type TableNames } from './sql/condition.ts';
import { type Fragment, joined, type Statement, sql, written } from './sql/fragment.ts';

/** Written by developers, never by users: these are put into the text. */
export type SqlLayout = {
  /** `Type/id` of the row in question, under whatever alias the query has for it: `r.id`, `encounter.name`. */
  readonly key: string;
  /** Before the name of each table: `fact` makes `fact_label`; with a schema `phr.fact`. */
  readonly tables: string;
  /** How many parameters the statement around it binds before these. */
  readonly parametersBefore: number;
};

const standardLayout: SqlLayout = { key: 'r.id', tables: 'fact', parametersBefore: 0 };

export type RenderedSql = Statement & {
  /** False when the predicate hides more than the filter does. */
  readonly exact: boolean;
  /** What it hides more, empty when exact. */
  readonly why: readonly string[];
};

/**
 * True of exactly the rows that the filter shows, and never null. It belongs to every alias of a table of resources in
 * a query: root, include, target of a chain, inner of `_has`, counts.
 * INVARIANT: never shows more than the filter; a resource that was not indexed is hidden.
 *
 * @example
 * const { text, values } = renderSql(filter, 'N', { ...standardLayout, key: 'e.id' });
 * await query(`select count(*) from encounter e where ${text}`, values);
 */
export function renderSql(
  filter: Filter,
  unlabelledAs: Confidentiality,
  layout: Partial<SqlLayout> = {},
): RenderedSql {
  const { key, tables, parametersBefore } = { ...standardLayout, ...layout };
  if (!isName(key) || !isName(tables)) throw new Error(`\`${key}\` or \`${tables}\` is no name in SQL`);
  const why = new Set<string>();
  const condition = predicate(filter, { unlabelledAs, named: (table) => `${tables}_${table}`, why });
  const whole = sql`exists (select 1 from ${tables}_resource f where f.resource = ${key} and (${condition}))`;
  return { exact: why.size === 0, why: [...why], ...written(whole, parametersBefore) };
}

type Context = {
  readonly unlabelledAs: Confidentiality;
  readonly named: TableNames;
  readonly why: Set<string>;
};

function predicate(filter: Filter, context: Context): Fragment {
  switch (filter.op) {
    case 'all':
      return sql`true`;
    case 'none':
      return sql`false`;
    case 'and':
    case 'or':
      return joined(
        filter.of.map((part) => sql`(${predicate(part, context)})`),
        ` ${filter.op} `,
        String(filter.op === 'and'),
      );
    case 'is':
    case 'not': {
      const condition = conditionOf(filter.atom, filter.op === 'is', context);
      if (!condition) context.why.add('an expression is evaluated over the resource itself, not over tables');
      return condition ?? sql`false`;
    }
  }
}

const isName = (text: string): boolean => /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/.test(text);
