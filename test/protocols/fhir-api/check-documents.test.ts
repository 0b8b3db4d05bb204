/** Documents inside a resource (access-denied-and-enforcement.md §10 T-1 to T-3). */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { checkDocuments } from '../../../src/protocols/fhir-api/write/check-documents.ts';

const base64 = (...parts: readonly (string | readonly number[])[]): string =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string))).toString('base64');

const cda =
  '<?xml version="1.0"?><?xml-stylesheet href="CDA.xsl"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>';
const pngChunk = [0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 31, 21, 196, 137];
const png = base64([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], pngChunk, [0, 0, 0, 0, 73, 68, 65, 84]);
const documents = {
  'application/pdf': base64('%PDF-1.7\n1 0 obj\n'),
  'image/png': png,
  'image/jpeg': base64([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF'),
  'text/plain': base64('Ich willige ein, Straße 1 <ann@a.example>'),
  'application/hl7-cda+xml': base64(cda),
  'application/fhir+json': base64('{"resourceType":"Questionnaire"}'),
} as const;

const faultsOf = async (attachment: JsonObject) =>
  (await checkDocuments({ resourceType: 'Consent', sourceAttachment: attachment })).map(
    ({ code, pointer }) => `${code} ${pointer}`,
  );
const fault = (member: string) => [`business-rule Consent.sourceAttachment.${member}`];

describe('a document of a type that is kept (T-1)', () => {
  it.each(Object.entries(documents))('%s is taken in', async (contentType, data) => {
    expect(await faultsOf({ contentType, data })).toEqual([]);
    expect(await faultsOf({ contentType: `${contentType.toUpperCase()}; charset=utf-8`, data })).toEqual([]);
  });

  it.each([
    'text/html',
    'image/svg+xml',
    'application/xhtml+xml; charset=utf-8',
    'application/javascript',
    'application/vnd.ms-word.document.macroenabled.12',
    'application/octet-stream',
    'constructor',
    '',
  ])('%j is no such type', async (contentType) => {
    expect(await faultsOf({ contentType, data: documents['text/plain'] })).toEqual(fault('contentType'));
  });

  it('is not asked of what is only referred to', async () => {
    expect(await faultsOf({ contentType: 'text/html', url: 'https://a.example', size: 7 })).toEqual([]);
  });
});

describe('a document is as large as it says and has the hash it says (T-2)', () => {
  const document = { contentType: 'text/plain', data: base64('hi') };

  it.each([
    [{ size: 2 }, []],
    [{ size: '2' }, []],
    [{ size: 3 }, fault('size')],
    [{ hash: 'witfkXg0JglCjW9RssWvTAveakI=' }, []],
    [{ hash: 'witfkXg0JglCjW9RssWv\nTAveakI=' }, []],
    [{ hash: 'aGk=' }, fault('hash')],
    [{ data: 'aG\nk=' }, []],
    [{ data: 'aGk' }, fault('data')],
    [{ data: '<p>' }, fault('data')],
  ])('%j', async (more, faults) => {
    expect(await faultsOf({ ...document, ...more })).toEqual(faults);
  });
});

describe('the bytes of a document are of the type it claims (T-3)', () => {
  const others = Object.keys(documents).flatMap((claimed) =>
    Object.entries(documents)
      .filter(([type]) => type !== claimed)
      .map(([type, data]) => [type, claimed, data] as const),
  );

  it.each(others)('%s is not taken for %s', async (type, contentType, data) => {
    // JSON is plain text like any other.
    const isText = contentType === 'text/plain' && type === 'application/fhir+json';
    expect(await faultsOf({ contentType, data })).toEqual(isText ? [] : fault('data'));
  });

  it.each([
    ['text/plain', base64('<!DOCTYPE html><p>')],
    ['text/plain', base64(' \n<SCRIPT>alert(1)</SCRIPT>')],
    ['text/plain', base64('<svg onload="alert(1)"/>')],
    ['text/plain', base64('<?xml version="1.0"?><svg/>')],
    ['text/plain', base64('a\u0000b')],
    ['text/plain', base64('PK', [3, 4, 20, 0, 0, 0, 0, 0])],
    ['text/plain', base64([0x61, 0xff, 0x62])],
    ['text/plain', base64('MZ', [0x90, 0, 3, 0])],
    ['application/pdf', base64('<html>')],
    ['application/pdf', base64('hello %PDF-1.7')],
    ['image/png', base64('GIF89a')],
    ['image/jpeg', base64('<svg/>')],
    ['application/hl7-cda+xml', base64('<html xmlns="http://www.w3.org/1999/xhtml"/>')],
    ['application/hl7-cda+xml', base64('<ClinicalDocument/>')],
    ['application/hl7-cda+xml', base64('<ClinicalDocument xmlns="urn:hl7-org:v3">')],
    [
      'application/hl7-cda+xml',
      base64('<!DOCTYPE a [<!ENTITY b "c">]><ClinicalDocument xmlns="urn:hl7-org:v3">&b;</ClinicalDocument>'),
    ],
    [
      'application/hl7-cda+xml',
      base64('<!DOCTYPE a SYSTEM "https://elsewhere.example"><ClinicalDocument xmlns="urn:hl7-org:v3"/>'),
    ],
    ['application/fhir+json', base64('[]')],
    ['application/fhir+json', base64('{"a":1}')],
    ['application/fhir+json', base64('{"resourceType":"Patient"')],
    ['application/fhir+json', base64('<Patient xmlns="http://hl7.org/fhir"/>')],
  ])('%s is not: %s', async (contentType, data) => {
    expect(await faultsOf({ contentType, data })).toEqual(fault('data'));
  });
});

describe('a document is looked for wherever it may stand', () => {
  const html = { contentType: 'text/html', data: 'aGk=' };
  const pointers = async (resource: JsonObject) =>
    (await checkDocuments({ resourceType: 'Consent', ...resource })).map(({ pointer }) => pointer);

  it('in a list, as R5 has it', async () => {
    const good = { contentType: 'text/plain', data: 'aGk=' };
    expect(await pointers({ sourceAttachment: [good, html] })).toEqual([
      'Consent.sourceAttachment[1].contentType',
    ]);
  });

  it('in what the resource contains, a Binary too', async () => {
    const reference = { resourceType: 'DocumentReference', content: [{ attachment: html }] };
    expect(await pointers({ contained: [reference, { resourceType: 'Binary', ...html }] })).toEqual([
      'Consent.contained[0].content[0].attachment.contentType',
      'Consent.contained[1].contentType',
    ]);
  });

  it('in an extension, said to be what it may or not', async () => {
    const extension = [
      { url: 'urn:x', valueAttachment: html },
      { url: 'urn:x', valueAttachment: { data: 'aGk=' } },
    ];
    expect(await pointers({ extension })).toEqual([
      'Consent.extension[0].valueAttachment.contentType',
      'Consent.extension[1].valueAttachment.contentType',
    ]);
  });

  it('and data of another kind is left alone', async () => {
    const valueSampledData = { origin: { value: 1 }, period: 1, dimensions: 1, data: '1 2' };
    expect(await pointers({ extension: [{ url: 'urn:x', valueSampledData }] })).toEqual([]);
    expect(await pointers({ provision: { data: [{ meaning: 'instance' }] } })).toEqual([]);
  });

  it('and no more faults are named than help', async () => {
    expect(await pointers({ sourceAttachment: Array(60).fill(html) })).toHaveLength(50);
  });
});

describe('a clinical document is read in time that grows with its length alone (T-8)', () => {
  const nested = (depth: number, closed = true) => {
    const inner = depth - 1;
    const sections = `${'<a>'.repeat(inner)}${closed ? '</a>'.repeat(inner) : ''}`;
    return base64(`<ClinicalDocument xmlns="urn:hl7-org:v3">${sections}</ClinicalDocument>`);
  };
  const faultsIn = (data: string) => faultsOf({ contentType: 'application/hl7-cda+xml', data });

  it('so it may be nested this deeply, and no deeper', async () => {
    expect(await faultsIn(nested(128))).toEqual([]);
    expect(await faultsIn(nested(129))).toEqual(fault('data'));
  });

  it('and hold as many elements as it likes one after the other', async () => {
    const many = '<a><b/></a>'.repeat(20_000);
    expect(
      await faultsIn(base64(`<ClinicalDocument xmlns="urn:hl7-org:v3">${many}</ClinicalDocument>`)),
    ).toEqual([]);
  });

  it.each([true, false])(
    'and one that is nothing but depth is not read to its end, closed: %s',
    async (closed) => {
      expect(await faultsIn(nested(closed ? 110_000 : 250_000, closed))).toEqual(fault('data'));
    },
  );
});
