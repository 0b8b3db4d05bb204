/** What is left of a filter when the type of the resource is known. */
import { all, allOf, anyOf, type Filter, none } from './filter.ts';

/** The filter for resources of this type alone: `none` means that nothing of the type may be seen. */
export function restrictToType(filter: Filter, type: string): Filter {
  switch (filter.op) {
    case 'all':
    case 'none':
      return filter;
    case 'and':
      return allOf(filter.of.map((part) => restrictToType(part, type)));
    case 'or':
      return anyOf(filter.of.map((part) => restrictToType(part, type)));
    case 'is':
    case 'not':
      return filter.atom.kind === 'type'
        ? constant(filter.atom.anyOf.includes(type) === (filter.op === 'is'))
        : filter;
  }
}

const constant = (value: boolean): Filter => (value ? all : none);
