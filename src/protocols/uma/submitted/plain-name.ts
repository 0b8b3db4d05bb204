/** Names that strangers give, to themselves or to others, as a patient may be shown them. */

const longest = 100;
/** What turns text around, breaks its lines or is not seen (Unicode TR 36 §2.5); and halves of characters. */
const unseen = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** Of every kind but those that are apostrophes as well: no name ends where it says. */
const quotationMarks = /[\p{Quotation_Mark}--['’]]/gv;

/** Undefined where nothing is left. */
export function plainName(given: string | undefined): string | undefined {
  const plain = given?.replace(unseen, '').replace(quotationMarks, '').replace(/\s+/g, ' ').trim();
  const [...characters] = plain ?? '';
  const shown = characters.slice(0, longest).join('').trim();
  if (shown === '') return undefined;
  return characters.length > longest ? `${shown}…` : shown;
}

export const quoted = (given: string): string => `“${plainName(given) ?? ''}”`;
