/** The classes of data that a question is about (M-10), and what is left of a filter once they are known. */
import { all, allOf, anyOf, type Filter, none } from '../decision/filter.ts';
import { restrictToType } from '../decision/restrict.ts';
import { settled } from '../decision/settled.ts';
import { type Coding, codingToken } from '../fhir/coding.ts';

/** What kind of data is asked for. */
export type AskedClass =
  | { readonly kind: 'type' | 'profile'; readonly anyOf: readonly string[] }
  | { readonly kind: 'document-type'; readonly anyOf: readonly Coding[] };

/** The filter for what is asked alone. */
export const ofClasses = (filter: Filter, asked: readonly AskedClass[]): Filter =>
  settled(
    anyOf(
      asked.map((one) => {
        const left = knowing(filter, one);
        return left.op === 'none' ? none : allOf([{ op: 'is', atom: one }, left]);
      }),
    ),
  );

/** What is left of it for data of this class; a resource has one type, and may have several profiles. */
export const knowing = (filter: Filter, one: AskedClass): Filter =>
  settled(one.kind === 'type' ? ofType(filter, one.anyOf) : having(filter, one));

const ofType = (filter: Filter, types: readonly string[]): Filter =>
  anyOf(types.map((type) => restrictToType(filter, type)));

function having(filter: Filter, one: AskedClass): Filter {
  switch (filter.op) {
    case 'all':
    case 'none':
      return filter;
    case 'and':
      return allOf(filter.of.map((part) => having(part, one)));
    case 'or':
      return anyOf(filter.of.map((part) => having(part, one)));
    case 'is':
    case 'not': {
      const isMet = filter.atom.kind === one.kind && covers(filter.atom as AskedClass, one);
      return isMet ? (filter.op === 'is' ? all : none) : filter;
    }
  }
}

const covers = (wide: AskedClass, narrow: AskedClass): boolean => {
  const codes = new Set(codesOfClass(wide).map(codingToken));
  return codesOfClass(narrow).every((code) => codes.has(codingToken(code)));
};

/** As `class` of a consent names it. */
export function codesOfClass(atom: AskedClass): readonly Coding[] {
  switch (atom.kind) {
    case 'type':
      return atom.anyOf.map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code }));
    case 'profile':
      return atom.anyOf.map((code) => ({ system: 'urn:ietf:rfc:3986', code }));
    case 'document-type':
      return atom.anyOf;
  }
}
