/** What cannot be an id is not asked for, and answered like an id that is unknown. */
export const isId = (text: string): boolean => /^[A-Za-z0-9\-.]{1,64}$/.test(text);
