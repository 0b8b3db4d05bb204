/** Stores over one transaction: everything a use case writes is acknowledged together, or nothing is. */
import type { Transact } from '../base/transact.ts';
import type { Database } from './database.ts';

export const transact =
  <Stores>(db: Database, storesOver: (transaction: Database) => Stores): Transact<Stores> =>
  (work) =>
    db.transaction((transaction) => work(storesOver(transaction)));
