/** True, false, or unknown because nobody says. */
export type Truth = boolean | undefined;
