/** What a resource is found by (fhir-consent.md §7, FHIR R4 §3.1.1.4). */
import { describe, expect, it } from 'vitest';
import { asInstant } from '../../src/base/instant.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { directorySearchParameters } from '../../src/fhir/search/directory-search-parameters.ts';
import { indexResource, type Views } from '../../src/fhir/search/index-resource.ts';
import { inBoth, path, type SearchParameter, unsayableIn } from '../../src/fhir/search/search-parameter.ts';

const ownBases = ['https://here.example/fhir/R4'];
const one = (name: string, type: SearchParameter['type'], rest: Partial<SearchParameter> = {}) =>
  [{ name, type, paths: inBoth([path('x')]), ...rest }] satisfies readonly SearchParameter[];

const indexOf = (parameters: readonly SearchParameter[], x: unknown) => {
  const body = { x } as JsonObject;
  return indexResource(parameters, inBoth(body), { ownBases });
};
const entriesOf = (parameters: readonly SearchParameter[], x: unknown) => [...indexOf(parameters, x).entries];

describe('a token', () => {
  it('is found by code, by system and code, and by system', () => {
    expect(entriesOf(one('p', 'token'), { system: 'urn:s', code: 'c' })).toEqual([
      'p',
      'p=urn:s|c',
      'p= c',
      'p=urn:s|',
    ]);
  });

  it('without a system is found as such', () => {
    expect(entriesOf(one('p', 'token'), { code: 'c' })).toEqual(['p', 'p=|c', 'p= c']);
  });

  it('of a code has the system that is implied', () => {
    expect(entriesOf(one('p', 'token', { system: 'urn:s' }), 'c')).toContain('p=urn:s|c');
  });

  it('of a boolean is its word', () => {
    expect(entriesOf(one('p', 'token'), [true, false])).toEqual(
      expect.arrayContaining(['p= true', 'p= false', 'p=http://hl7.org/fhir/special-values|true']),
    );
  });

  it('is found by its texts without case and accents, as far as somebody would type', () => {
    const concept = {
      text: 'Élan VITAL',
      coding: [{ code: 'c', display: 'Zoé' }, { display: 'ß'.repeat(300) }],
    };
    expect(entriesOf(one('p', 'token'), concept)).toEqual([
      'p',
      'p:text=elan vital',
      'p=|c',
      'p= c',
      'p:text=zoe',
      `p:text=${'ß'.repeat(200)}`,
    ]);
  });

  it('cannot pose as another by a bar or a space in its system', () => {
    const a = entriesOf(one('p', 'token'), { system: 'urn:a|b', code: 'c' });
    const b = entriesOf(one('p', 'token'), { system: 'urn:a', code: 'b|c' });
    expect(a).toContain('p=urn:a%7Cb|c');
    expect(new Set(a).intersection(new Set(b))).toEqual(new Set(['p']));
    expect(entriesOf(one('p', 'token'), { system: ' x', code: 'c' })).not.toContain('p= x|c');
  });
});

describe('an identifier', () => {
  it('is a token, and found by its type', () => {
    const identifier = {
      system: 'urn:ids',
      value: 'V|1',
      type: { text: 'Record', coding: [{ system: 'urn:types', code: 'MR' }, { code: 'no system' }] },
    };
    expect(entriesOf(one('identifier', 'token', { of: 'Identifier' }), [identifier])).toEqual([
      'identifier',
      'identifier=urn:ids|V|1',
      'identifier= V|1',
      'identifier=urn:ids|',
      'identifier:text=record',
      'identifier:of-type=urn:types|MR|V|1',
    ]);
  });
});

describe('a reference', () => {
  const reference = one('p', 'reference', { targets: ['Patient', 'Organization'] });

  it('to something here is found by type and id, and once more with its version', () => {
    expect(entriesOf(reference, { reference: 'Patient/1/_history/2' })).toEqual([
      'p',
      'p=Patient/1',
      'p=Patient/1/_history/2',
    ]);
    expect(entriesOf(reference, { reference: 'https://here.example/fhir/R4/Patient/1' })).toEqual([
      'p',
      'p=Patient/1',
    ]);
  });

  it('to another server is found by its whole address, with and without the version', () => {
    expect(entriesOf(reference, { reference: 'https://else.example/fhir/Patient/1/_history/2' })).toEqual([
      'p',
      'p=https://else.example/fhir/Patient/1/_history/2',
      'p=https://else.example/fhir/Patient/1',
    ]);
  });

  it('to what is contained is there and found by nothing', () => {
    expect(entriesOf(reference, { reference: '#p1' })).toEqual(['p']);
  });

  it('is found by the identifier it carries', () => {
    expect(entriesOf(reference, { identifier: { system: 'urn:ids', value: '1' } })).toEqual([
      'p',
      'p:identifier=urn:ids|1',
      'p:identifier= 1',
      'p:identifier=urn:ids|',
    ]);
  });

  it('to what the parameter does not speak of is not there', () => {
    expect(entriesOf(reference, { reference: 'Group/1' })).toEqual([]);
    expect(entriesOf(reference, { reference: 'https://else.example/fhir/Group/1' })).toEqual([]);
    expect(entriesOf(reference, { type: 'Group', identifier: { value: '1' } })).toEqual([]);
    expect(entriesOf(reference, { reference: 'urn:uuid:1', type: 'Patient' })).toEqual(['p', 'p=urn:uuid:1']);
  });

  it('to anything is found by its bare id too', () => {
    expect(entriesOf(one('p', 'reference'), { reference: 'Observation/1' })).toContain('p= 1');
  });

  it('to the patient is found by the id an identifier was resolved to', () => {
    const parameters = one('patient', 'reference', { targets: ['Patient'], leadsToPatient: true });
    const body: JsonObject = { x: { identifier: { value: '1' } } };
    const options = { ownBases, patient: 'ann' };
    expect(indexResource(parameters, { R4: body, R5: body }, options).entries).toContain(
      'patient=Patient/ann',
    );
    expect(indexResource(parameters, { R4: {}, R5: {} }, options).entries).toEqual([]);
  });
});

describe('a canonical', () => {
  it('is found with and without its version', () => {
    expect(entriesOf(one('p', 'reference', { of: 'canonical' }), ['urn:x|1'])).toEqual([
      'p',
      'p=urn:x|1',
      'p=urn:x',
    ]);
  });
});

describe('a date', () => {
  const datesOf = (x: unknown) => indexOf(one('p', 'date'), x).dates;
  const day = (month: number, date: number) => Date.UTC(2026, month - 1, date);

  it('means all that it may, in UTC', () => {
    expect(datesOf('2026-01')).toEqual([
      { parameter: 'p', start: asInstant(day(1, 1)), end: asInstant(day(2, 1) - 1) },
    ]);
  });

  it('of a period is open where a bound is missing', () => {
    expect(datesOf({ start: '2026-01-01' })).toEqual([{ parameter: 'p', start: asInstant(day(1, 1)) }]);
    expect(datesOf({ end: '2026-01-01' })).toEqual([{ parameter: 'p', end: asInstant(day(1, 2) - 1) }]);
  });

  it.each(['nonsense', {}, { start: 'nonsense' }, 7])(
    'that cannot be read, %j, is there and no more',
    (x) => {
      expect(indexOf(one('p', 'date'), x)).toEqual({ entries: ['p'], dates: [] });
    },
  );

  it('stays within the years of four digits', () => {
    const dates = datesOf(['0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00']);
    const written = (at: number | undefined) => new Date(at ?? 0).toISOString();
    expect(written(dates[0]?.start)).toBe('0001-01-01T00:00:00.000Z');
    expect(written(dates[1]?.end)).toBe('9999-12-31T23:59:59.999Z');
  });

  it('said twice counts once', () => {
    expect(datesOf(['2026', '2026'])).toHaveLength(1);
  });
});

describe('an entry', () => {
  it('said twice counts once', () => {
    expect(entriesOf(one('p', 'token'), [{ code: 'c' }, { code: 'c' }])).toEqual(['p', 'p=|c', 'p= c']);
  });

  it('of an element that is null or of another type is none', () => {
    expect(entriesOf(one('p', 'token'), null)).toEqual([]);
    expect(entriesOf(one('p', 'token'), 7)).toEqual(['p']);
    expect(entriesOf(one('p', 'uri'), {})).toEqual(['p']);
    expect(entriesOf(one('p', 'reference'), 'text')).toEqual(['p']);
  });
});

describe('of two shapes', () => {
  const both: readonly SearchParameter[] = [
    { name: 'p', type: 'token', paths: { R4: [path('a')], R5: [path('b')] } },
    { name: 'd', type: 'date', paths: inBoth([path('d')]) },
    { name: 'old', type: 'token', paths: { R4: [path('old')] } },
  ];
  const index = (views: Views) => indexResource(both, views, { ownBases });

  it('what both say stands under the plain name, what one says under a name of its own', () => {
    const { entries } = index({ R4: { a: ['same', 'four'] }, R5: { b: ['same', 'five'] } });
    expect(entries).toEqual([
      'p',
      'p=|same',
      'p= same',
      'p@R4=|four',
      'p@R4= four',
      'p@R5=|five',
      'p@R5= five',
    ]);
  });

  it('having a value at all is told apart in the same way', () => {
    expect(index({ R4: { a: 'four' }, R5: {} }).entries).toEqual(['p@R4', 'p@R4=|four', 'p@R4= four']);
  });

  it('dates are told apart in the same way', () => {
    const names = (r4: string, r5: string) =>
      index({ R4: { d: r4 }, R5: { d: r5 } }).dates.map(({ parameter }) => parameter);
    expect(names('2026', '2026')).toEqual(['d']);
    expect(names('2026-01-01T10:00:00Z', '2026-01-01')).toEqual(['d@R4', 'd@R5']);
  });

  it('what only one has a parameter for keeps its plain name', () => {
    expect(index({ R4: { old: 'x' }, R5: {} }).entries).toEqual(['old', 'old=|x', 'old= x']);
  });

  it('that in which it cannot be said is marked', () => {
    expect(index({ R5: { b: 'five' } }).entries).toEqual(['p', 'p=|five', 'p= five', unsayableIn('R4')]);
    expect(index({ R4: {}, R5: {} }).entries).toEqual([]);
  });
});

describe('a level', () => {
  const deep = (everyLevel?: true): readonly SearchParameter[] => [
    {
      name: 'p',
      type: 'token',
      paths: inBoth([{ members: ['provision', 'code'], ...(everyLevel ? { everyLevel } : {}) }]),
    },
  ];
  const body: JsonObject = {
    provision: [{ code: 'a', provision: { code: 'b', provision: [{ code: 'c' }, { code: 'd' }] } }],
  };
  const codes = (parameters: readonly SearchParameter[]) =>
    indexResource(parameters, { R4: body }, { ownBases })
      .entries.filter((entry) => entry.startsWith('p= '))
      .map((entry) => entry.slice(3));

  it('is the first, or each however deep', () => {
    expect(codes(deep())).toEqual(['a']);
    expect(codes(deep(true))).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('the directory', () => {
  const found = (type: keyof typeof directorySearchParameters, body: JsonObject) =>
    indexResource(directorySearchParameters[type], inBoth(body), { ownBases }).entries;

  it.each([
    ['Patient', { managingOrganization: { reference: 'Organization/h' } }, 'organization=Organization/h'],
    ['Patient', { link: [{ other: { reference: 'Patient/b' } }] }, 'link=Patient/b'],
    ['Patient', { active: true }, 'active= true'],
    ['Practitioner', { identifier: [{ system: 'urn:i', value: '1' }] }, 'identifier=urn:i|1'],
    ['PractitionerRole', { practitioner: { reference: 'Practitioner/p' } }, 'practitioner=Practitioner/p'],
    ['PractitionerRole', { organization: { reference: 'Organization/h' } }, 'organization=Organization/h'],
    ['PractitionerRole', { code: [{ coding: [{ code: 'gp' }] }] }, 'role= gp'],
    ['Organization', { partOf: { reference: 'Organization/h' } }, 'partof=Organization/h'],
    ['Group', { member: [{ entity: { reference: 'Patient/a' } }] }, 'member=Patient/a'],
    ['CareTeam', { subject: { reference: 'Patient/a' } }, 'patient=Patient/a'],
    ['CareTeam', { subject: { reference: 'Group/g' } }, 'subject=Group/g'],
    [
      'CareTeam',
      { participant: [{ member: { reference: 'Practitioner/p' } }] },
      'participant=Practitioner/p',
    ],
    ['CareTeam', { status: 'active' }, 'status=http://hl7.org/fhir/care-team-status|active'],
    ['RelatedPerson', { patient: { reference: 'Patient/a' } }, 'patient=Patient/a'],
    ['Device', { patient: { reference: 'Patient/a' } }, 'patient=Patient/a'],
    ['Device', { status: 'active' }, 'status=http://hl7.org/fhir/device-status|active'],
  ] as const)('finds a %s with %j', (type, body, entry) => {
    expect(found(type, body)).toContain(entry);
  });

  it('keeps groups out of the patients of care teams', () => {
    expect(found('CareTeam', { subject: { reference: 'Group/g' } })).not.toContain('patient');
  });

  it('indexes every member of a large group', () => {
    const member = Array.from({ length: 10_000 }, (_, id) => ({ entity: { reference: `Patient/${id}` } }));
    expect(found('Group', { member })).toHaveLength(10_001);
  });
});
