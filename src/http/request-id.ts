/** The id of a request: sent back as it came (AuthZEN 1.0 §10.1.3), and written so that it can do no harm where it is kept. */

export type RequestIds = {
  /** For logs and audit records. */
  readonly kept: string;
  /** For the response. */
  readonly answered: string;
};

export function requestIdsOf(sent: string | undefined, fresh: () => string): RequestIds {
  const answered = sent !== undefined && legalValue.test(sent) ? sent : fresh();
  const written = encoded(answered);
  return { answered, kept: written.length <= longestKept ? written : fresh() };
}

/** RFC 9110 §5.5: what a field may hold, so that nothing can end it; longer than what proxies let through is nobody's id. */
const legalValue = /^[\t\x20-\x7e\x80-\xff]{1,1024}$/;
const longestKept = 128;

/** Letters, digits and `_ . : -` stand for themselves, all else as `%` and the number of the character. */
const encoded = (value: string): string =>
  value.replaceAll(/[^\w.:-]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

/**
 * Node writes the fields and a body that is a text in one encoding, UTF-8, by which these characters would become others.
 * They stay what they are before a body that is a stream.
 */
export const hasObsText = (value: string): boolean => /[\x80-\xff]/.test(value);
