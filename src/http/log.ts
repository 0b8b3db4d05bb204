/** Where events go: dotted names, ids and counts; never a resource, a name or a token. */
export type Log = (event: string, facts: Readonly<Record<string, unknown>>) => void;
