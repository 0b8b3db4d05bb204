/** What XHTML a narrative may be made of (access-denied-and-enforcement.md §9): the lists of txt-1 and N-2 to N-4, as data. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

export const xhtmlNamespace = 'http://www.w3.org/1999/xhtml';

/** txt-1. */
export const allowedElements = words(
  'a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ' +
    'ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var',
);

/** txt-1, with `xml:lang` and `xmlns`. */
const allowedAttributes = words(
  'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite ' +
    'class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev ' +
    'rowspan rules scope shape span src start style summary tabindex title type valign value vspace width xml:lang xmlns',
);

/** What the value of an attribute may be, where not everything goes. */
type ValueRule = (value: string, element: string, containedIds: ReadonlySet<string>) => boolean;

/** N-2: what may be followed. Matched as written, so that neither space nor a control character hides a scheme. */
const isLink: ValueRule = (value) =>
  /^(?:https?:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+|(?:mailto|tel):[\w.@+?&=%()-]+|#[\w.:-]+)$/i.test(value) ||
  /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?(?:#[\w.:-]+)?$/.test(value);

/** N-3: characters of a `data:` image. */
const largestImage = 128 * 1024;

/** The image is what it says, told by its first bytes, so that nothing else comes in under its name. */
const inlineImage =
  /^data:image\/(?:png;base64,iVBORw0KGgo|jpeg;base64,\/9j\/|gif;base64,R0lGOD)[A-Za-z0-9+/]*={0,2}$/;

/** N-3: an image from elsewhere would tell its host of every display. */
const isImage: ValueRule = (value, element, containedIds) =>
  element === 'img' &&
  (value.startsWith('#')
    ? containedIds.has(value.slice(1))
    : value.length <= largestImage && inlineImage.test(value));

/** N-4: nothing that moves, hides or covers what stands beside it. */
const properties = words(
  'background-color border border-bottom border-bottom-color border-bottom-style border-bottom-width border-collapse ' +
    'border-color border-left border-left-color border-left-style border-left-width border-right border-right-color ' +
    'border-right-style border-right-width border-spacing border-style border-top border-top-color border-top-style ' +
    'border-top-width border-width caption-side color empty-cells font-family font-size font-style font-variant ' +
    'font-weight height line-height list-style-type margin margin-bottom margin-left margin-right margin-top max-height ' +
    'max-width min-width padding padding-bottom padding-left padding-right padding-top text-align text-decoration ' +
    'text-indent vertical-align white-space width word-break word-wrap',
);

/** Names, sizes and colours: no escape, no comment, no call, no sign before a number. */
const propertyWord = /^(?:[A-Za-z#][\w#-]*|\d[\w.%]*|\.\d[\w%]*)?$/;
const colourOrName = /rgba?\([\d\s.,%]+\)|"[\w -]+"|'[\w -]+'/g;

const isPropertyValue = (value: string): boolean =>
  value
    .replaceAll(colourOrName, ' x ')
    .split(/[\s,]+/)
    .every((word) => propertyWord.test(word));

const isStyle: ValueRule = (value) =>
  value.split(';').every((declaration) => {
    if (declaration.trim() === '') return true;
    const colon = declaration.indexOf(':');
    const property = declaration.slice(0, colon).trim().toLowerCase();
    return colon > 0 && properties.has(property) && isPropertyValue(declaration.slice(colon + 1));
  });

const valueRules: ReadonlyMap<string, ValueRule> = new Map<string, ValueRule>([
  ['href', (value, element, ids) => element === 'a' && isLink(value, element, ids)],
  ['cite', isLink],
  ['longdesc', isLink],
  ['src', isImage],
  ['style', isStyle],
  ['xmlns', (value) => value === xhtmlNamespace],
]);

/** In words, what is wrong with an attribute; undefined when nothing is. */
export function attributeFault(
  element: string,
  name: string,
  value: string,
  containedIds: ReadonlySet<string>,
): string | undefined {
  if (!allowedAttributes.has(name))
    return `the narrative holds the attribute \`${name}\`, which is not taken in`;
  const isAllowed = valueRules.get(name)?.(value, element, containedIds) ?? true;
  return isAllowed
    ? undefined
    : `the narrative holds an attribute \`${name}\` of a value that is not taken in`;
}
