/** Which narratives are taken in (access-denied-and-enforcement.md §9, FHIR txt-1, txt-2). */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { narrativeProblems } from '../../src/fhir/validation/narrative.ts';

const namespace = 'xmlns="http://www.w3.org/1999/xhtml"';
const within = (inner: string) => `<div ${namespace}>${inner}</div>`;
const withNarrative = (div: string, more: JsonObject = {}): JsonObject => ({
  resourceType: 'Consent',
  text: { status: 'generated', div },
  ...more,
});
const problemsOf = (div: string) => narrativeProblems(withNarrative(div));

describe('a narrative', () => {
  it.each([
    'plain words',
    '<p>a &amp; b &lt; c &#160;&#xA0;&nbsp;</p>',
    '<h1 id="a" title=\'x > y\'>a</h1><br/><hr />',
    `<p ${namespace}>a</p>`,
  ])('of formatting alone passes: %s', (inner) => {
    expect(problemsOf(within(inner))).toEqual([]);
  });

  it('may have space around it and attributes of its own', () => {
    expect(problemsOf('\n <div lang="en"\n xmlns="http://www.w3.org/1999/xhtml" >a</div > ')).toEqual([]);
  });

  it('that is absent is no problem', () => {
    expect(narrativeProblems({ resourceType: 'Consent' })).toEqual([]);
  });

  it.each([
    'a',
    `<p ${namespace}>a</p>`,
    '<div>a</div>',
    '<div xmlns="urn:x" title=\'xmlns="http://www.w3.org/1999/xhtml"\'>a</div>',
    `${within('a')}b`,
    `a${within('a')}`,
    `${within('a')}${within('b')}`,
    '<h:div xmlns:h="http://www.w3.org/1999/xhtml">a</h:div>',
    `<?xml version="1.0"?>${within('a')}`,
  ])('must be one div in the XHTML namespace: %s', (div) => {
    expect(problemsOf(div)).toHaveLength(1);
  });

  it.each(['', '  ', '\n\t', '<p></p>', '<br/>', '<img alt="a"/>'])('must say something: %j', (inner) => {
    expect(problemsOf(within(inner))).toMatchObject([{ detail: expect.stringContaining('txt-2') }]);
  });

  it('knows no entity by what objects happen to have', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'copy'])
      expect(problemsOf(within(`&${name};`))).toHaveLength(1);
  });

  it('is held to 256 KiB and 64 levels', () => {
    const room = 256 * 1024 - within('').length;
    expect(problemsOf(within('a'.repeat(room)))).toEqual([]);
    expect(problemsOf(within('a'.repeat(room + 1)))).toHaveLength(1);
    expect(problemsOf(within('ü'.repeat(room / 2 + 1)))).toHaveLength(1);
    const deep = (levels: number) => within(`${'<b>'.repeat(levels)}a${'</b>'.repeat(levels)}`);
    expect(problemsOf(deep(63))).toEqual([]);
    expect(problemsOf(deep(64))).toHaveLength(1);
  });

  it.each([
    ['tags without an end', within(`a${'<p a'.repeat(50_000)}`)],
    ['attributes without an end', within(`<p ${'title="x" '.repeat(20_000)}`)],
    ['a style of one long word', within(`<p style="color: ${'a'.repeat(200_000)}!">a</p>`)],
    ['a style of many calls', within(`<p style="color: ${'rgb('.repeat(50_000)}">a</p>`)],
  ])('of %s is read to its end', (_, div) => {
    expect(problemsOf(div)).toHaveLength(1);
  });
});

describe('a narrative inside another resource', () => {
  const script = { status: 'generated', div: within('<script>a</script>') };

  it('is held to the same', () => {
    const resource = { resourceType: 'Consent', contained: [{ resourceType: 'Organization', text: script }] };
    expect(narrativeProblems(resource)).toMatchObject([{ pointer: 'Consent.contained[0].text.div' }]);
  });

  it('is found at any depth', () => {
    const entry = [{ resource: { resourceType: 'Patient', text: script } }];
    const resource = { resourceType: 'Consent', contained: [{ resourceType: 'Bundle', entry }] };
    expect(narrativeProblems(resource)).toMatchObject([
      { pointer: 'Consent.contained[0].entry[0].resource.text.div' },
    ]);
  });
});

describe('an image in a narrative (N-3)', () => {
  const shown = within('<img src="#seal" alt="seal"/>');

  it('is one that the resource contains', () => {
    const contained = [{ resourceType: 'Binary', id: 'seal' }];
    expect(narrativeProblems(withNarrative(shown, { contained }))).toEqual([]);
    expect(narrativeProblems(withNarrative(shown))).toHaveLength(1);
  });

  it('or one of limited size inside the narrative itself', () => {
    const image = (length: number) =>
      within(`<img src="data:image/png;base64,iVBORw0KGgo${'A'.repeat(length)}"/>`);
    expect(problemsOf(image(100_000))).toEqual([]);
    expect(problemsOf(image(140_000))).toHaveLength(1);
  });
});
