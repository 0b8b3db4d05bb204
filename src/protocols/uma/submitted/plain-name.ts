/** Names that strangers give, to themselves or to others, as a patient may be shown them. */

const longest = 100;
/** What turns text around, breaks its lines or is not seen (Unicode TR 36 §2.5); and halves of characters. */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}]/gu;
/** Of every kind but those that are apostrophes as well, and what looks like them: no name ends where it says. */
const quotationMarks =
  /[[\p{Quotation_Mark}\u{2BA}\u{2DD}\u{2EE}\u{5F4}\u{2033}\u{2036}\u{275B}-\u{275E}\u{1F676}-\u{1F678}]--['’]]/gv;
/** Two of them look like one of those. */
const apostrophes = /['’]{2,}/gu;

/** Undefined where nothing is left. */
export function plainName(given: string | undefined): string | undefined {
  const plain = given
    ?.replace(unseen, '')
    .replace(quotationMarks, '')
    .replace(apostrophes, '’')
    .replace(/\s+/g, ' ')
    .trim();
  const [...characters] = plain ?? '';
  const shown = characters.slice(0, longest).join('').trim();
  if (shown === '') return undefined;
  return characters.length > longest ? `${shown}…` : shown;
}

export const quoted = (given: string): string => `“${plainName(given) ?? ''}”`;
