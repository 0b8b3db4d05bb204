/** What every ResourceStore promises, whatever lies beneath it. */
import { including } from './resource-store/including.ts';
import { reach } from './resource-store/reach.ts';
import { reading } from './resource-store/reading.ts';
import { searching } from './resource-store/searching.ts';
import type { StoreUnderTest } from './resource-store/writes.ts';
import { writing } from './resource-store/writing.ts';

export function resourceStoreContract(store: StoreUnderTest): void {
  writing(store);
  reading(store);
  reach(store);
  searching(store);
  including(store);
}
