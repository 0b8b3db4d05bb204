/** Several writes as one: either all of them are acknowledged, or none happened. */
export type Transact<Stores> = <T>(work: (stores: Stores) => Promise<T>) => Promise<T>;
