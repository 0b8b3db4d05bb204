/** The conditions of a question in SQL, over the table `resource`. */
import { type SQL, sql } from 'drizzle-orm';
import type { Reach } from '../fhir/resource-store.ts';
import type { Condition, Question } from '../fhir/search/search.ts';
import { allOf, anyOf, holds, holdsAt } from './date-test.ts';
import { entriesAsked } from './index-values.ts';
import { isStorable, texts } from './statement.ts';
import { isWithin, openTypes, reachKindOf, reachListOf } from './within-reach.ts';

export const matches = ({ type, all }: Question, within: Reach): SQL =>
  allOf([
    sql`resource.type = ${type}`,
    ...all.map((condition) => conditionOf(condition, within)),
    isInReach('resource', within),
  ]);

function conditionOf(condition: Condition, within: Reach): SQL {
  switch (condition.kind) {
    case 'id':
      return isOneOf(sql`resource.id`, condition.any);
    case 'patient':
      return isOneOf(sql`resource.patient`, condition.any);
    case 'entry':
      return condition.not
        ? sql`not (resource.entries && ${entriesAsked(condition.any)})`
        : sql`resource.entries && ${entriesAsked(condition.any)}`;
    case 'prefix':
      return beginsWith(condition.any.filter(isStorable));
    case 'date':
      return isDated(condition);
    case 'updated':
      return anyOf(condition.any.map((test) => holdsAt(test, sql`resource.updated_at`)));
    case 'chain':
      return isChained(condition, within);
  }
}

/** No index helps here; that the text is in there somewhere is asked first, since that costs a fraction. */
const beginsWith = (prefixes: readonly string[]): SQL =>
  anyOf(
    prefixes.map(
      (prefix) => sql`(strpos(array_to_string(resource.entries, ' '), ${prefix}) > 0
        and exists (select 1 from unnest(resource.entries) as entry where starts_with(entry, ${prefix})))`,
    ),
  );

const isDated = ({ parameters, any }: Extract<Condition, { kind: 'date' }>): SQL => {
  const range = { starts: sql`date.starts`, ends: sql`date.ends` };
  return sql`exists (select 1 from resource_date as date
    where date.resource = resource.key and date.parameter = any(${stored(parameters)})
      and ${anyOf(any.map((test) => holds(test, range)))})`;
};

/** What is found first are the targets, so that the index of entries answers the rest. */
const isChained = ({ parameters, types, any }: Extract<Condition, { kind: 'chain' }>, within: Reach): SQL =>
  sql`resource.entries && array(
    select parameter || '=' || target.type || '/' || target.id
      from resource as target, unnest(${stored(parameters)}) as parameter
      where target.type = any(${stored(types)}) and target.entries && ${entriesAsked(any)}
        and (target.type = any(${texts(openTypes)}) or ${isInReach('target', within)}))`;

const isInReach = (table: 'resource' | 'target', within: Reach): SQL =>
  isWithin(sql.raw(`${table}.patient`), reachKindOf(within), reachListOf(within).filter(isStorable));

/** Of a list the planner does not know how long it is, and plans each time anew; one value is the usual case. */
function isOneOf(column: SQL, list: readonly string[]): SQL {
  const [first, ...more] = list.filter(isStorable);
  return first !== undefined && more.length === 0
    ? sql`${column} = ${first}`
    : sql`${column} = any(${stored(list)})`;
}

const stored = (list: readonly string[]): SQL => texts(list.filter(isStorable));
