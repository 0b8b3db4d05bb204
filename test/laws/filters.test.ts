/** However a filter is rendered, the same is shown (access-denied-and-enforcement.md §6.6, P1 to P4). */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSettings, settingsSchema } from '../../src/access/settings.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { factsOf, type ResourceFacts } from '../../src/decision/facts.ts';
import type { Filter } from '../../src/decision/filter.ts';
import { isVisible } from '../../src/decision/visible.ts';
import { renderAst } from '../../src/enforcement/render-ast.ts';
import { renderSearch } from '../../src/enforcement/render-search.ts';
import { renderSql } from '../../src/enforcement/render-sql.ts';
import { codeSystems } from '../../src/fhir/coding.ts';
import type { Resource, StoredResource } from '../../src/fhir/resource.ts';
import type { Confidentiality } from '../../src/labeling/vocabulary.ts';
import { shows } from '../../src/sdk/shows.ts';
import { filterOf } from '../enforcement/arbitrary-filters.ts';
import { everyLabel, sampled, standardLabels, types } from '../enforcement/arbitrary-resources.ts';
import { type FactTables, openFactTables } from '../enforcement/fact-tables.ts';
import { isFound } from '../enforcement/fhir-search.ts';
import { consents, request, stored } from '../support/arbitrary-consents.ts';
import { engineOver } from '../support/engine.ts';
import { idOf, type Service, startService } from '../support/service.ts';

const numRuns = Number(process.env['HEADWATER_LAW_RUNS'] ?? 500);
const timeout = 60_000 + numRuns * 100;
const settingsWith = (unlabelledAs: Confidentiality) =>
  accessSettings(settingsSchema.parse({ unlabelledAs }), []);
const unlabelled = fc.constantFrom<Confidentiality>('N', 'N', 'R', 'U');

const directory: readonly StoredResource[] = [
  { resourceType: 'Patient', id: 'ann', birthDate: '1980-03-01' },
  ...['Practitioner/t', 'Practitioner/b', 'Practitioner/z', 'Organization/h'].map((name) => {
    const [resourceType = '', id = ''] = name.split('/');
    return { resourceType, id };
  }),
].map((resource) => stored(resource as Resource, resource.id, '4.0'));

/** What a request leaves to be checked under generated consents: of all types there are. */
const decided = fc.tuple(consents, request, unlabelled).map(([filed, asked, unlabelledAs]) => ({
  unlabelledAs,
  filter: engineOver(filed, directory, settingsWith(unlabelledAs)).decide(asked).filter,
}));
const anything = fc.record({ filter: filterOf(), unlabelledAs: unlabelled });
const onDates = filterOf(
  ...([
    'profile',
    'document-type',
    'code',
    'refers-to',
    'author',
    'expression',
    'id',
    'use',
    'unknown',
  ] as const),
);
type Asked = { readonly filter: Filter; readonly unlabelledAs: Confidentiality };

const data = sampled(everyLabel, 150, 7);
const factsAbout = (resources: readonly Resource[], unlabelledAs: Confidentiality) =>
  resources.map((resource) => factsOf(resource, settingsWith(unlabelledAs)));

/** By asking of each in memory. */
const visible = ({ filter, unlabelledAs }: Asked, resources: readonly Resource[]): readonly string[] =>
  factsAbout(resources, unlabelledAs)
    .filter((facts) => isVisible(filter, facts))
    .map(nameOf);
const nameOf = ({ name }: ResourceFacts): string => name;

describe('SQL', () => {
  let tables: FactTables;
  beforeAll(async () => {
    tables = await openFactTables();
    // What is written depends on nobody's settings.
    await tables.write(factsAbout(data, 'V'));
  });
  afterAll(() => tables.close());

  const agrees = async (asked: Asked) => {
    const rendered = renderSql(asked.filter, asked.unlabelledAs, { key: 'r.resource' });
    const expected = visible(asked, data);
    const shown = await tables.shown(rendered);
    if (rendered.exact) expect(shown.toSorted()).toEqual(expected.toSorted());
    else expect(expected).toEqual(expect.arrayContaining([...shown]));
    expect(await tables.count(rendered)).toBe(shown.length);
    return { rendered, expected };
  };

  test('P1, P3: of every consent the predicate shows and counts what asking of each resource does', {
    timeout,
  }, async () => {
    let telling = 0;
    await fc.assert(
      fc.asyncProperty(decided, async (asked) => {
        const { rendered, expected } = await agrees(asked);
        expect(rendered.exact).toBe(true);
        if (expected.length > 0 && expected.length < data.length) telling++;
      }),
      { numRuns },
    );
    expect(telling).toBeGreaterThan(numRuns / 10);
  });

  test('and so it does of every filter there is, but for expressions, which hide', {
    timeout,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (asked) => {
        const { rendered } = await agrees(asked);
        if (!JSON.stringify(asked.filter).includes('"expression"')) expect(rendered.exact).toBe(true);
      }),
      { numRuns },
    );
  });
});

describe('the wire form, as the SDK reads it', () => {
  const shown = ({ filter, unlabelledAs }: Asked): readonly string[] => {
    const { byType, ...ast } = renderAst(filter, { basedOn: [], notAfter: undefined, unlabelledAs });
    return data
      .filter((resource) => shows({ ...ast, byType }, resource as JsonObject))
      .map((resource) => `${resource.resourceType}/${resource['id']}`);
  };

  test('P1: of every consent it shows what asking of each resource does', { timeout }, () => {
    fc.assert(
      fc.property(decided, (asked) => {
        expect(shown(asked)).toEqual(visible(asked, data));
      }),
      { numRuns: Math.ceil(numRuns / 5) },
    );
  });

  test('and of every filter as much, or less where only FHIRPath could say it', { timeout }, () => {
    fc.assert(
      fc.property(anything, (asked) => {
        const [there, seen] = [visible(asked, data), shown(asked)];
        if (isSayable(asked.filter)) expect(seen).toEqual(there);
        else expect(there).toEqual(expect.arrayContaining([...seen]));
      }),
      { numRuns: Math.ceil(numRuns / 5) },
    );
  });

  test('P4: adding a deny never shows more', { timeout }, () => {
    fc.assert(
      fc.property(consents, request, (filed, asked) => {
        const of = (all: readonly StoredResource[]): Asked => ({
          filter: engineOver(all, directory, settingsWith('N')).decide(asked).filter,
          unlabelledAs: 'N',
        });
        expect(shown(of(filed))).toEqual(expect.arrayContaining([...shown(of([...filed, plainDeny]))]));
      }),
      { numRuns: Math.ceil(numRuns / 10) },
    );
  });
});

/** The form has no word for the kind of a document and for data closed to a use, and the SDK no FHIRPath. */
const isSayable = (filter: Filter): boolean =>
  !/"(document-type|expression|use)"/.test(JSON.stringify(filter));

/** Without a form, so that it takes nobody's place (C-3). */
const plainDeny = stored(
  {
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: codeSystems.consentScope, code: 'patient-privacy' }] },
    category: [{ coding: [{ system: codeSystems.loinc, code: '59284-0' }] }],
    patient: { reference: 'Patient/ann' },
    policyRule: { coding: [{ code: 'OPTOUT' }] },
    provision: { type: 'deny', securityLabel: [{ system: codeSystems.actCode, code: 'MH' }] },
  } as Resource,
  'deny',
  '4.0',
);

describe('FHIR search', () => {
  const worlds = [
    { name: 'labels of today', labels: standardLabels, declared: standardLabels },
    { name: 'every label, each declared', labels: everyLabel, declared: everyLabel },
    { name: 'every label, none declared', labels: everyLabel, declared: undefined },
    { name: 'the standard ones alone', labels: standardLabels, declared: 'standard' as const },
  ].map((world, at) => ({
    ...world,
    datedTypes: [] as readonly string[],
    asked: fc.oneof(decided, anything),
    data: sampled(world.labels, 100, at),
  }));
  const dated = {
    name: 'types that are always dated',
    labels: standardLabels,
    declared: standardLabels,
    datedTypes: ['Encounter', 'Observation', 'Condition', 'DocumentReference'],
    asked: fc.record({ filter: onDates, unlabelledAs: unlabelled }),
    data: sampled(standardLabels, 300, 9).filter(isDated),
  };

  const agrees = (asked: Asked, { data: all, declared, datedTypes }: (typeof worlds)[number]) => {
    let exact = 0;
    for (const type of types) {
      const resources = all.filter(({ resourceType }) => resourceType === type);
      const {
        shows: what,
        parameters,
        ...rendered
      } = renderSearch(asked.filter, type, '4.0', asked.unlabelledAs, {
        labels: declared,
        datedTypes,
      });
      const found = what === 'nothing' ? [] : resources.filter((each) => isFound(each, parameters));
      const names = found.map((each) => `${type}/${each['id']}`);
      const expected = visible(asked, resources);
      expect(rendered.why.length === 0).toBe(rendered.exact);
      if (!rendered.exact)
        expect(expected, JSON.stringify(parameters)).toEqual(expect.arrayContaining(names));
      else expect(names, JSON.stringify(parameters)).toEqual(expected);
      if (rendered.exact && what === 'matching') exact++;
    }
    return exact;
  };

  test.each([...worlds, dated])(
    'P2, P3: an exact rewriting finds what post-filtering leaves, others less: $name',
    {
      timeout,
    },
    (world) => {
      let exact = 0;
      fc.assert(
        fc.property(world.asked, (asked) => {
          exact += agrees(asked, world);
        }),
        { numRuns },
      );
      if (Array.isArray(world.declared)) expect(exact).toBeGreaterThan(numRuns / 5);
    },
  );
});

/** By the element of M-13 that is read first, in a form that can be read. */
function isDated({ resourceType, ...resource }: Resource): boolean {
  const period = resource['period'] as { readonly start?: string; readonly end?: string } | undefined;
  if (resourceType === 'Encounter') return period?.start !== undefined || period?.end !== undefined;
  if (resourceType === 'Observation')
    return resource['effectiveDateTime'] !== undefined && resource['effectiveTiming'] === undefined;
  if (resourceType === 'Condition')
    return resource['onsetDateTime'] !== undefined && resource['onsetAge'] === undefined;
  return resourceType !== 'DocumentReference' || resource['date'] !== undefined;
}

describe('FHIR search of our own store, over its database', () => {
  const labels = everyLabel;
  const onFile: Resource[] = [];
  let service: Service;
  let client: Awaited<ReturnType<Service['clientWith']>>;

  beforeAll(async () => {
    service = await startService();
    client = await service.clientWith(['system/*.cruds'], { may: ['file', 'activate'] });
    const sets = fc.sample(fc.uniqueArray(fc.constantFrom(...labels), { maxLength: 3 }), {
      numRuns: 60,
      seed: 3,
    });
    for (const security of sets) {
      const meta = security.length > 0 ? { meta: { security } } : {};
      const resource = { resourceType: 'Organization', name: 'a ward', ...meta };
      const id = idOf(await client.post('/fhir/R4/Organization', resource));
      onFile.push({ ...resource, id } as Resource);
    }
  });
  afterAll(() => service.stop());

  const found = async (parameters: readonly (readonly [string, string])[]) => {
    const query = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]));
    const { status, body } = await client.get(`/fhir/R4/Organization?${query}&_count=100&_total=accurate`);
    const entries: readonly { resource: Resource }[] = body.entry ?? [];
    return { status, total: body.total, names: entries.map(({ resource }) => `Organization/${resource.id}`) };
  };
  const onLabels = filterOf(
    ...(['profile', 'document-type', 'code', 'date', 'refers-to', 'author', 'expression', 'id'] as const),
  );

  test('P2, P3: conditions on labels find and count what post-filtering leaves', { timeout }, async () => {
    let exact = 0;
    await fc.assert(
      fc.asyncProperty(fc.record({ filter: onLabels, unlabelledAs: unlabelled }), async (asked) => {
        const rendered = renderSearch(asked.filter, 'Organization', '4.0', asked.unlabelledAs, { labels });
        if (rendered.shows === 'nothing') return;
        const answer = await found(rendered.parameters);
        const expected = visible(asked, onFile);
        expect(answer.status).toBe(200);
        expect(answer.total).toBe(answer.names.length);
        if (rendered.exact) expect(answer.names.toSorted()).toEqual(expected.toSorted());
        else expect(expected).toEqual(expect.arrayContaining(answer.names));
        if (rendered.exact && rendered.shows === 'matching') exact++;
      }),
      { numRuns: Math.ceil(numRuns / 2) },
    );
    expect(exact).toBeGreaterThan(numRuns / 20);
  });
});
