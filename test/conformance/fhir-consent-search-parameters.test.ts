/** fhir-consent.md §7: each parameter indexes what its published expression finds, as the fhirpath library reads it. */
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import r5 from 'fhirpath/fhir-context/r5';
import { describe, expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/base/json.ts';
import { consentSearchParameters } from '../../src/consent/search-parameters.ts';
import { spanOf } from '../../src/fhir/civil-time.ts';
import { indexResource } from '../../src/fhir/search/index-resource.ts';
import { parameterNamed, type Shape } from '../../src/fhir/search/search-parameter.ts';
import { r4Consents, r5Consents } from '../support/searched-consents.ts';

type Row = readonly [name: string, type: string, r4: string | undefined, r5: string | undefined];
const same = (name: string, type: string, expression: string): Row => [name, type, expression, expression];

const rows: readonly Row[] = [
  same('_id', 'token', 'Consent.id'),
  same('_lastUpdated', 'date', 'Consent.meta.lastUpdated'),
  ['_profile', 'uri', 'Consent.meta.profile', undefined],
  ['_profile', 'reference', undefined, 'Consent.meta.profile'],
  same('_security', 'token', 'Consent.meta.security'),
  same('_source', 'uri', 'Consent.meta.source'),
  same('_tag', 'token', 'Consent.meta.tag'),
  ['_language', 'token', undefined, 'Consent.language'],
  same('action', 'token', 'Consent.provision.action'),
  same('actor', 'reference', 'Consent.provision.actor.reference'),
  same('category', 'token', 'Consent.category'),
  ['consentor', 'reference', 'Consent.performer', undefined],
  ['controller', 'reference', undefined, 'Consent.controller'],
  same('data', 'reference', 'Consent.provision.data.reference'),
  ['date', 'date', 'Consent.dateTime', 'Consent.date'],
  ['grantee', 'reference', undefined, 'Consent.grantee'],
  same('identifier', 'token', 'Consent.identifier'),
  ['manager', 'reference', undefined, 'Consent.manager'],
  ['organization', 'reference', 'Consent.organization', undefined],
  ['patient', 'reference', 'Consent.patient', 'Consent.subject.where(resolve() is Patient)'],
  same('period', 'date', 'Consent.provision.period'),
  same('purpose', 'token', 'Consent.provision.purpose'),
  ['scope', 'token', 'Consent.scope', undefined],
  same('security-label', 'token', 'Consent.provision.securityLabel'),
  ['source-reference', 'reference', 'Consent.source', 'Consent.sourceReference'],
  same('status', 'token', 'Consent.status'),
  ['subject', 'reference', undefined, 'Consent.subject'],
  ['verified', 'token', undefined, 'Consent.verification.verified'],
  ['verified-date', 'date', undefined, 'Consent.verification.verificationDate'],
  // Our own, which see provisions at every depth.
  same('provision-actor', 'reference', 'Consent.repeat(provision).actor.reference'),
  same('provision-purpose', 'token', 'Consent.repeat(provision).purpose'),
  ['effective-period', 'date', 'Consent.provision.period', 'Consent.period'],
];

const models = { R4: r4, R5: r5 };
const samples = { R4: r4Consents, R5: r5Consents };
const cases = rows.flatMap(([name, type, inR4, inR5]) => [
  ...(inR4 === undefined ? [] : [{ name, type, shape: 'R4' as const, expression: inR4 }]),
  ...(inR5 === undefined ? [] : [{ name, type, shape: 'R5' as const, expression: inR5 }]),
]);

/** The library resolves nothing; our references say their type themselves. */
const resolved = (expression: string): string =>
  expression.replace('resolve() is Patient', "reference.startsWith('Patient/')");

const valuesOf = (consent: JsonObject, shape: Shape, expression: string): readonly Json[] =>
  fhirpath.evaluate(structuredClone(consent), resolved(expression), {}, models[shape], {
    async: false,
  }) as readonly Json[];

/** What has to be found of a value, beside whatever else leads to it. */
function essence(type: string, value: Json): readonly string[] {
  if (!isObject(value)) return [type === 'token' ? `token ${value}` : `value ${value}`];
  if (type === 'reference')
    return typeof value['reference'] === 'string' ? [`value ${value['reference']}`] : [];
  if ('value' in value) return [`token ${value['value']}`];
  const codings = (Array.isArray(value['coding']) ? value['coding'] : [value]) as readonly JsonObject[];
  return codings.flatMap(({ code }) => (code === undefined ? [] : [`token ${code as string}`]));
}

function spanned(value: Json): string {
  const { start, end } = isObject(value) ? value : { start: value, end: value };
  const first = typeof start === 'string' ? spanOf(start, 'UTC')?.start : undefined;
  const last = typeof end === 'string' ? spanOf(end, 'UTC')?.end : undefined;
  return `${first} to ${last}`;
}

/** Entries and dates of one parameter, in the words of `essence`. */
function indexed(consent: JsonObject, shape: Shape, name: string) {
  const index = indexResource(consentSearchParameters, { [shape]: consent }, { ownBases: [] });
  const values = index.entries.filter((entry) => entry.startsWith(`${name}=`));
  return {
    present: index.entries.includes(name),
    tokens: values
      .filter((entry) => entry.startsWith(`${name}= `))
      .map((entry) => `token ${entry.slice(name.length + 2)}`),
    values: values
      .filter((entry) => !entry.startsWith(`${name}= `))
      .map((entry) => `value ${entry.slice(name.length + 1)}`),
    dates: index.dates
      .filter(({ parameter }) => parameter === name)
      .map(({ start, end }) => `${start} to ${end}`),
  };
}

const distinct = (words: readonly string[]): readonly string[] => [...new Set(words)].toSorted();

describe.each(cases)('fhir-consent.md §7: $name ($shape)', ({ name, type, shape, expression }) => {
  it('is in the table with its type', () => {
    expect(parameterNamed(consentSearchParameters, shape, name)?.type).toBe(type);
  });

  const parameter = parameterNamed(consentSearchParameters, shape, name);
  if (parameter?.column === 'id' || parameter?.column === 'updated') return;

  it('indexes what its expression finds', () => {
    const found = samples[shape].map((consent) => valuesOf(consent, shape, expression));
    expect(found.flat().length, 'the samples must have such an element').toBeGreaterThan(0);
    for (const [at, values] of found.entries()) {
      const index = indexed(samples[shape][at] as JsonObject, shape, name);
      expect(index.present).toBe(values.length > 0);
      const expected = distinct(
        type === 'date' ? values.map(spanned) : values.flatMap((it) => essence(type, it)),
      );
      if (type === 'date') expect(distinct(index.dates)).toEqual(expected);
      else if (type === 'token') expect(distinct(index.tokens)).toEqual(expected);
      else expect(distinct(index.values)).toEqual(expected);
    }
  });
});

describe('the table of search parameters', () => {
  it('has no parameter beyond the rows', () => {
    const names = (shape: Shape) =>
      consentSearchParameters.filter(({ paths }) => paths[shape]).map(({ name }) => name);
    for (const shape of ['R4', 'R5'] as const)
      expect(names(shape).toSorted()).toEqual(
        cases
          .filter((each) => each.shape === shape)
          .map(({ name }) => name)
          .toSorted(),
      );
  });

  it.each([
    ['R4', 'patient', 'clinical-patient'],
    ['R4', 'date', 'clinical-date'],
    ['R5', 'identifier', 'clinical-identifier'],
    ['R4', 'action', 'Consent-action'],
    ['R5', 'verified-date', 'Consent-verified-date'],
    ['R5', '_lastUpdated', 'Resource-lastUpdated'],
    ['R4', 'provision-actor', undefined],
  ] as const)('%s names the definition of %s', (shape, name, definition) => {
    expect(parameterNamed(consentSearchParameters, shape, name)?.definition?.[shape]).toBe(definition);
  });
});
