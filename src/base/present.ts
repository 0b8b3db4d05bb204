/** Members that are absent, in the type as in the value. */

/** The type with every `| undefined` of an optional member taken away, at any depth. */
export type Present<T> = T extends readonly (infer Item)[]
  ? readonly Present<Item>[]
  : T extends object
    ? { readonly [Member in keyof T]: Present<Exclude<T[Member], undefined>> }
    : T;

/**
 * What a schema read from JSON: JSON has no `undefined`, so a member that is optional is there or absent, which the
 * type of the schema cannot say.
 */
export const fromJson = <T>(read: T): Present<T> => read as Present<T>;
