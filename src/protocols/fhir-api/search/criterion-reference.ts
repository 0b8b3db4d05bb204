/** Criteria of type reference and uri (FHIR R4 §3.1.1.4.11, §3.1.1.4.13). */
import type { Failure } from '../../../base/failure.ts';
import { ok, type Result } from '../../../base/result.ts';
import { idOfReference, readLiteral } from '../../../fhir/reference.ts';
import { typePointedAt } from '../../../fhir/search/index-values.ts';
import { type Condition, entryOf } from '../../../fhir/search/search.ts';
import { type CriteriaContext, type Criterion, readEach } from './criterion.ts';
import { tokens } from './criterion-token.ts';
import { unescaped } from './search-parameters.ts';

export function referenceCondition(
  criterion: Criterion,
  context: CriteriaContext,
): Result<Condition, Failure> {
  const { parameter, names, modifier, values } = criterion;
  if (modifier === 'identifier') {
    const modified = names.map((name) => entryOf.modified(name, 'identifier'));
    const any = readEach(values, (value) => tokens(criterion, modified, value));
    return any.ok ? ok({ kind: 'entry', any: any.value }) : any;
  }
  const meant = values.flatMap((value) => referencesMeant(criterion, unescaped(value), context));
  if (parameter.column === 'patient')
    return ok({ kind: 'patient', any: meant.filter(isLocalPatient).map(idOfReference) });
  return ok({
    kind: 'entry',
    any: meant.flatMap((reference) => names.map((name) => entryOf.reference(name, reference))),
  });
}

/** The column holds no version and nobody of another server. */
const isLocalPatient = (reference: string): boolean => /^Patient\/[^/]+$/.test(reference);

/** As they are indexed; none when what is asked for cannot be a target, since then no resource refers to it. */
function referencesMeant(
  { parameter, modifier }: Criterion,
  written: string,
  { ownBases }: CriteriaContext,
): readonly string[] {
  if (parameter.of === 'canonical') return [written];
  const types = modifier === undefined ? parameter.targets : [modifier];
  // Of a type that is not said, each that it can be; where that is any, the id stands behind a space.
  if (/^[A-Za-z0-9\-.]{1,64}$/.test(written))
    return types?.map((type) => `${type}/${written}`) ?? [` ${written}`];
  const type = typePointedAt(written);
  if (type === undefined ? modifier !== undefined : types && !types.includes(type)) return [];
  const { local, version, foreign } = readLiteral(written, ownBases);
  if (local) return [version ? `${local}/_history/${version}` : local];
  return foreign ? [foreign] : [];
}

export function uriCondition({ names, modifier, values }: Criterion): Condition {
  const any = values.flatMap((value) => names.map((name) => entryOf.reference(name, unescaped(value))));
  return { kind: modifier === 'below' ? 'prefix' : 'entry', any };
}

/** To a resource on file with the identifier: `patient.identifier`, `actor:Organization.identifier`. */
export function chainCondition(criterion: Criterion): Result<Condition, Failure> {
  const { parameter, names, modifier, chain = '', values } = criterion;
  const types = modifier === undefined ? (parameter.targets ?? []) : [modifier];
  const any = readEach(values, (value) => tokens(criterion, [chain], value));
  return any.ok ? ok({ kind: 'chain', parameters: names, types, any: any.value }) : any;
}
