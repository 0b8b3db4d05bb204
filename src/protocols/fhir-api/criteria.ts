/** From the criteria of a search to the question the store can answer (fhir-consent.md §7). */
import type { Failure } from '../../base/failure.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { idOfReference, readLiteral, typeOfReference, valueToken } from '../../fhir/reference.ts';
import type { ResourceQuery } from '../../fhir/resource-store.ts';
import { ownFhirBases } from './base.ts';
import { malformedQuery } from './failures.ts';
import type { SearchRequest } from './read-search.ts';
import { alternatives, readToken, type Token, unescaped } from './search-parameters.ts';

type Criteria = SearchRequest['criteria'];

export function questionFrom(
  type: string,
  criteria: Criteria,
  issuer: string,
): Result<ResourceQuery, Failure> {
  const identifiers = criteria.get('identifier') ?? [];
  if (identifiers.length > 1)
    return err(malformedQuery('`identifier` can be given once here', 'not-supported'));
  const tokens = identifiers.flatMap(alternatives).map(readToken);
  if (tokens.some(({ value }) => value === '')) return err(malformedQuery('`identifier` needs a value'));
  return ok({
    type,
    ...only('id', meeting(criteria.get('_id'), unescaped)),
    ...only(
      'patient',
      meeting(criteria.get('patient'), (value) => patientNamed(value, issuer)),
    ),
    ...only('status', meeting(criteria.get('status'), statusNamed)),
    ...(identifiers.length > 0 ? { identifier: tokens.map(storedToken) } : {}),
  });
}

/** Values that satisfy every repeat; undefined when the parameter was not given. */
export function meeting(
  repeats: readonly string[] | undefined,
  read: (value: string) => string | undefined,
): readonly string[] | undefined {
  const sets = repeats?.map((one) => new Set(alternatives(one).flatMap((value) => read(value) ?? [])));
  return sets && [...sets.reduce((all, next) => all.intersection(next))];
}

const only = <Name extends string>(name: Name, values: readonly string[] | undefined) =>
  (values ? { [name]: values } : {}) as { readonly [N in Name]?: readonly string[] };

/** `ann`, `Patient/ann`, or that below one of our bases; undefined for what cannot be a patient here. */
export function patientNamed(value: string, issuer: string): string | undefined {
  const written = unescaped(value);
  if (/^[A-Za-z0-9\-.]{1,64}$/.test(written)) return written;
  const { local } = readLiteral(written, ownFhirBases(issuer));
  return local && typeOfReference(local) === 'Patient' ? idOfReference(local) : undefined;
}

/** The element is a code: its system is implied, and the only one that may be named. */
function statusNamed(value: string): string | undefined {
  const { system, value: code } = readToken(value);
  return system === undefined || system === 'http://hl7.org/fhir/consent-state-codes' ? code : undefined;
}

const storedToken = ({ system, value }: Token): string =>
  system === undefined ? valueToken(value) : `${system}|${value}`;
