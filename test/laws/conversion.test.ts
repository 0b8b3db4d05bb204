/** fhir-consent.md §5: a consent means the same in every version. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AccessSettings, accessSettings, settingsSchema } from '../../src/access/settings.ts';
import type { Consent } from '../../src/consent/consent.ts';
import { convertConsent } from '../../src/consent/convert-consent.ts';
import { readConsent } from '../../src/consent/read-consent.ts';
import { validateConsent } from '../../src/consent/validate-consent.ts';
import { factsOf } from '../../src/decision/facts.ts';
import { isVisible } from '../../src/decision/visible.ts';
import type { Resource, StoredResource } from '../../src/fhir/resource.ts';
import { consent, request, resource } from '../support/arbitrary-consents.ts';
import { convertible, plainR4, readingSettings, unruly } from '../support/convertible-consents.ts';
import { engineOver } from '../support/engine.ts';

const numRuns = Number(process.env['HEADWATER_LAW_RUNS'] ?? 500);

const other = (version: string) => (version === '5.0' ? '4.0' : '5.0');

function converted(stored: StoredResource): StoredResource {
  const to = other(stored.fhirVersion);
  const result = convertConsent(stored.resource, stored.fhirVersion, to);
  if (!result) throw new Error('it can be said in either version');
  // As it would arrive from the wire.
  return { ...stored, fhirVersion: to, resource: JSON.parse(JSON.stringify(result.resource)) as Resource };
}

const usual = accessSettings(settingsSchema.parse({}), []);
const settingsOf = (given: object): AccessSettings => ({ ...usual, ...given });

/** All that a consent means; where in its body it says so differs. */
function meaning(stored: StoredResource, given: object): unknown {
  const consent: Consent = readConsent(stored, settingsOf(given));
  const { defects, ...rest } = consent;
  const sets = ['grantors', 'controllers', 'sources'] as const;
  const sorted = Object.fromEntries(sets.map((name) => [name, inAnyOrder(consent[name])]));
  const categories = consent.categories && {
    ...consent.categories,
    values: inAnyOrder(consent.categories.values),
  };
  return JSON.parse(
    JSON.stringify({ ...rest, ...sorted, categories, isReadable: defects.length === 0 }, (name, value) => {
      if (name === 'path' || name === 'basePath') return undefined;
      return name === 'contents' ? inAnyOrder(value) : value;
    }),
  );
}

const inAnyOrder = (values: readonly unknown[]): readonly string[] =>
  values.map((value) => JSON.stringify(value)).sort();

test('fhir-consent.md §5: conversion never changes what a consent means, there and back', () => {
  fc.assert(
    fc.property(convertible, readingSettings, (stored, given) => {
      const there = converted(stored);
      expect(meaning(there, given)).toEqual(meaning(stored, given));
      expect(meaning(converted(there), given)).toEqual(meaning(stored, given));
    }),
    { numRuns },
  );
});

test('fhir-consent.md §5: conversion never changes a decision, there and back', () => {
  fc.assert(
    fc.property(
      consent,
      convertible,
      request,
      resource,
      readingSettings,
      (filed, more, asked, one, given) => {
        const settings = settingsOf(given);
        const before = [filed, more];
        const facts = factsOf(one, settings);
        const answer = (all: readonly StoredResource[]) => {
          const engine = engineOver(all, [], settings);
          const { filter, beforeLabels, basis: _, ...decision } = engine.decide(asked);
          return {
            ...decision,
            isVisible: isVisible(filter, facts),
            isPermitted: engine.permits(asked, one),
          };
        };
        const there = before.map(converted);
        expect(answer(there)).toEqual(answer(before));
        expect(answer(there.map(converted))).toEqual(answer(before));
      },
    ),
    // Each run decides six times over two consents; that they are read alike is the law above.
    { numRuns: Math.ceil(numRuns / 4) },
  );
});

test('fhir-consent.md §5: a valid consent is valid in the other version', () => {
  fc.assert(
    fc.property(convertible, (stored) => {
      expect(validateConsent(stored.resource, stored.fhirVersion)).toMatchObject({ ok: true });
      const there = converted(stored);
      expect(validateConsent(there.resource, there.fhirVersion)).toMatchObject({ ok: true });
      const back = converted(there);
      expect(validateConsent(back.resource, back.fhirVersion)).toMatchObject({ ok: true });
    }),
    { numRuns },
  );
});

test('fhir-consent.md §5: what an R4 consent says comes back element by element', () => {
  fc.assert(
    fc.property(plainR4, (stored) => {
      expect(converted(converted(stored)).resource).toEqual(stored.resource);
    }),
    { numRuns },
  );
});

test('conversion takes whatever was stored, and makes nothing readable that was not', () => {
  fc.assert(
    fc.property(unruly, readingSettings, (stored, given) => {
      const there = convertConsent(stored.resource, stored.fhirVersion, other(stored.fhirVersion));
      if (!there) return;
      const after = { ...stored, fhirVersion: other(stored.fhirVersion), resource: there.resource } as const;
      const isReadable = (one: StoredResource) => readConsent(one, settingsOf(given)).defects.length === 0;
      expect(isReadable(stored) || !isReadable(after)).toBe(true);
      if (isReadable(stored)) expect(meaning(after, given)).toEqual(meaning(stored, given));
    }),
    { numRuns },
  );
});
