/** Looking up one row by a name that is unique; whoever does so at once shares a round trip. */
import { isStorable } from './statement.ts';
import { together } from './together.ts';

/** @param rowsNamed those among the names that are there, in any order */
export function sharedLookup<Row, Found>(
  rowsNamed: (names: readonly string[]) => Promise<readonly Row[]>,
  nameOf: (row: Row) => string,
  from: (row: Row) => Found,
): (name: string) => Promise<Found | undefined> {
  return together(async (names) => {
    const sought = [...new Set(names)].filter(isStorable);
    const rows = sought.length === 0 ? [] : await rowsNamed(sought);
    const found = new Map(rows.map((row) => [nameOf(row), from(row)]));
    return names.map((name) => found.get(name));
  });
}
