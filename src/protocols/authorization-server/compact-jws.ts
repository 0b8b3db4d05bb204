/** The compact serialization to the letter (RFC 7515 §7.1): three parts of base64url, without padding or white space. */

/** Decoders forgive more, and a text that can be written in many ways is not the one that was signed. */
export const isCompactJws = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
