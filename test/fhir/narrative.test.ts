/** Which narratives are taken in (access-denied-and-enforcement.md §9, FHIR txt-1, txt-2). */
import { describe, expect, it } from 'vitest';
import { narrativeProblems } from '../../src/fhir/narrative.ts';

const problemsOf = (div: string) =>
  narrativeProblems({ resourceType: 'Consent', text: { status: 'generated', div } });
const within = (inner: string) => `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`;

describe('a narrative', () => {
  it.each([
    'plain words',
    '<p>a &amp; b &lt; c &#160;&#xA0;&nbsp;</p>',
    '<h1 id="a" title=\'x > y\'>a</h1><br/><hr />',
    '<table class="grid" summary="s"><tbody><tr><td colspan="2" align="left">1</td></tr></tbody></table>',
    '<ul xml:lang="de" lang="de"><li><b><i>ü 😀</i></b></li></ul>',
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
    '<script>alert(1)</script>a',
    '<SCRIPT>alert(1)</SCRIPT>a',
    '<p onclick="x()">a</p>',
    '<p ONCLICK="x()">a</p>',
    '<p/onclick="x()">a</p>',
    '<a href="javascript:alert(1)">a</a>',
    '<a href="https://elsewhere.example">a</a>',
    '<img src="https://elsewhere.example/beacon.png"/>',
    '<p style="background:url(//elsewhere.example)">a</p>',
    '<style>p{}</style>a',
    '<iframe src="x"></iframe>a',
    '<object data="x">a</object>',
    '<form action="x">a</form>',
    '<svg><script>1</script></svg>a',
    '<math>a</math>',
    '<link rel="stylesheet"/>a',
    '<!-- a -->a',
    '<![CDATA[a]]>',
    '<?xml version="1.0"?>a',
    '<!DOCTYPE x [<!ENTITY y "z">]>a',
    '&y;a',
    '&copy a',
    '<p>a',
    'a</p>',
    '<b><i>a</b></i>',
    '<p title=x>a</p>',
    '<p title="a" title="b">a</p>',
    '<p xmlns="urn:x">a</p>',
    '<p xmlns:x="urn:x"><x:script>a</x:script></p>',
    '<p\u00a0onclick="x()">a</p>',
    'a<',
    '<p title="<">a</p>',
    '</div><div xmlns="http://www.w3.org/1999/xhtml">a',
    `${'<b>'.repeat(70)}a${'</b>'.repeat(70)}`,
    '  ',
    '<p></p>',
    'a'.repeat(256 * 1024),
  ])('with anything else is refused: %s', (inner) => {
    expect(problemsOf(within(inner))).toMatchObject([{ code: 'business-rule', pointer: 'Consent.text.div' }]);
  });

  it.each([
    'a',
    '<p xmlns="http://www.w3.org/1999/xhtml">a</p>',
    '<div>a</div>',
    '<div xmlns="urn:x" title=\'xmlns="http://www.w3.org/1999/xhtml"\'>a</div>',
    `${within('a')}b`,
    `a${within('a')}`,
    `${within('a')}${within('b')}`,
  ])('must be one div in the XHTML namespace: %s', (div) => {
    expect(problemsOf(div)).toHaveLength(1);
  });

  it('of many tags is read in linear time', () => {
    const started = performance.now();
    expect(problemsOf(within(`a${'<p a'.repeat(50_000)}`))).toHaveLength(1);
    expect(problemsOf(within(`<p ${'title="x" '.repeat(20_000)}`))).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
