/** From the criteria of a search to the question the store can answer (fhir-consent.md §7). */
import type { Failure } from '../../../base/failure.ts';
import type { Instant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { type Condition, entryOf, type Question } from '../../../fhir/search/search.ts';
import {
  indexNames,
  type SearchParameter,
  shapeOf,
  unsayableIn,
} from '../../../fhir/search/search-parameter.ts';
import type { FhirVersion } from '../../../fhir/version.ts';
import { ownFhirBases } from '../base.ts';
import { malformedQuery, unsupportedParameter } from '../failures.ts';
import {
  type CriteriaContext,
  type Criterion,
  type Known,
  readEach,
  readName,
  unreadable,
} from './criterion.ts';
import { dateCondition } from './criterion-date.ts';
import { chainCondition, referenceCondition, uriCondition } from './criterion-reference.ts';
import { tokenCondition } from './criterion-token.ts';
import { alternatives, unescaped } from './search-parameters.ts';

export type { Known };

/** Of a name as it stands in a query. A parameter of another version is not known in this one. */
export function understands(
  parameters: readonly SearchParameter[],
  version: FhirVersion,
  name: string,
): Known {
  const read = readName(parameters, version, name);
  return typeof read === 'string' ? read : 'yes';
}

/** Pairs are criteria alone; those without a value say nothing (FHIR R4 §3.1.1.3). */
export function questionFrom(
  type: string,
  parameters: readonly SearchParameter[],
  version: FhirVersion,
  pairs: readonly (readonly [name: string, value: string])[],
  { issuer, at }: { readonly issuer: string; readonly at: Instant },
): Result<Question, Failure> {
  const criteria = readEach(
    pairs.filter(([, value]) => value !== ''),
    ([name, value]) => readCriterion(parameters, version, name, value),
  );
  if (!criteria.ok) return criteria;
  if (isTooMuch(criteria.value))
    return err(malformedQuery('the search asks for more at once than is answered here', 'too-costly'));
  const context = { ownBases: ownFhirBases(issuer), at };
  const all = readEach(criteria.value, (criterion) => conditionOf(criterion, context));
  return all.ok ? ok({ type, all: [...all.value, ...sayable(type, version)] }) : all;
}

/** What this version cannot say is not there for it; directory resources have one body for all versions. */
const sayable = (type: string, version: FhirVersion): readonly Condition[] =>
  type === 'Consent' ? [{ kind: 'entry', any: [unsayableIn(shapeOf(version))], not: true }] : [];

/** Far more than people and programs ask, and little for the store. */
const most = { criteria: 50, values: 500, chains: 20 } as const;

function isTooMuch(criteria: readonly Criterion[]): boolean {
  const chains = criteria.filter(({ chain }) => chain !== undefined);
  const values = criteria.flatMap((criterion) => criterion.values);
  return criteria.length > most.criteria || values.length > most.values || chains.length > most.chains;
}

function readCriterion(
  parameters: readonly SearchParameter[],
  version: FhirVersion,
  written: string,
  value: string,
): Result<readonly Criterion[], Failure> {
  const read = readName(parameters, version, written);
  if (typeof read === 'string') return err(unsupportedParameter(written));
  const values = alternatives(value);
  // A comma alone: ignored, it would widen the answer.
  if (values.length === 0) return err(unreadable(read, value, 'a value'));
  const names = indexNames(parameters, shapeOf(version), read.parameter.name);
  return ok([{ ...read, names, values, version }]);
}

function conditionOf(criterion: Criterion, context: CriteriaContext): Result<readonly Condition[], Failure> {
  const condition = readCondition(criterion, context);
  return condition.ok ? ok([condition.value]) : condition;
}

function readCondition(criterion: Criterion, context: CriteriaContext): Result<Condition, Failure> {
  const { parameter, modifier, chain, values } = criterion;
  if (chain !== undefined) return chainCondition(criterion);
  if (modifier === 'missing') return missingCondition(criterion);
  if (parameter.column === 'id') return ok({ kind: 'id', any: values.map(unescaped) });
  switch (parameter.type) {
    case 'token':
      return tokenCondition(criterion);
    case 'reference':
      return referenceCondition(criterion, context);
    case 'date':
      return dateCondition(criterion, context);
    case 'uri':
      return ok(uriCondition(criterion));
  }
}

function missingCondition(criterion: Criterion): Result<Condition, Failure> {
  const [value = '', ...more] = criterion.values;
  if (more.length > 0 || (value !== 'true' && value !== 'false'))
    return err(unreadable(criterion, criterion.values.join(','), '`true` or `false` with `:missing`'));
  const any = criterion.names.map(entryOf.present);
  return ok({ kind: 'entry', any, ...(value === 'true' ? { not: true } : {}) });
}
