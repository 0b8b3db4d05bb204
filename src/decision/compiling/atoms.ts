/** Each thing that can be asked of data stands once in a program, so that two conditions on it are told to be one. */
import type { Atom } from '../filter.ts';

export type Atoms = { readonly of: <A extends Atom>(atom: A) => A };

export function createAtoms(): Atoms {
  const known = new Map<string, Atom>();
  return {
    of: (atom) => {
      const key = JSON.stringify(atom);
      const first = known.get(key);
      if (first) return first as typeof atom;
      known.set(key, atom);
      return atom;
    },
  };
}
