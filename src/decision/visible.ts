/** Whether a condition holds of one resource, given what is known about it. */
import { overlaps } from '../base/period.ts';
import { type Coding, sameCoding } from '../fhir/coding.ts';
import { type Confidentiality, isConfidentiality, rankOf } from '../labeling/vocabulary.ts';
import type { ResourceFacts } from './facts.ts';
import type { Atom, Filter } from './filter.ts';
import { type Truth, truthOf } from './logic.ts';

/** Whether the filter shows the resource; what it does not say hides it (access-denied-and-enforcement.md §6.6). */
export function isVisible(filter: Filter, facts: ResourceFacts): boolean {
  return holds(filter, (atom) => testAtom(atom, facts)) === true;
}

function holds(filter: Filter, test: (atom: Atom) => Truth): Truth {
  const logic = truthOf(test);
  switch (filter.op) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'and':
      return logic.and(filter.of.map((part) => holds(part, test)));
    case 'or':
      return logic.or(filter.of.map((part) => holds(part, test)));
    case 'is':
      return test(filter.atom);
    case 'not':
      return logic.not(test(filter.atom));
  }
}

/** Undefined when the resource does not say. */
export function testAtom(atom: Atom, facts: ResourceFacts): Truth {
  switch (atom.kind) {
    case 'confidentiality':
      return testConfidentiality(atom, facts.confidentiality);
    case 'label':
      return sharesCode(atom.anyOf, facts.labels);
    case 'type':
      return atom.anyOf.includes(facts.type);
    case 'profile':
      return atom.anyOf.some((profile) => facts.profiles.includes(profile));
    case 'document-type':
      return sharesCode(atom.anyOf, facts.documentTypes);
    case 'code':
      return sharesCode(atom.anyOf, facts.codes) || (facts.isCoded ? false : undefined);
    case 'date':
      return facts.period && overlaps(facts.period, atom.within);
    case 'id':
      return (
        atom.anyOf.includes(facts.name) && (atom.version === undefined || atom.version === facts.version)
      );
    case 'refers-to': {
      const references = atom.through === 'any' ? facts.references : facts.contexts;
      return atom.anyOf.some((name) => references.includes(name));
    }
    case 'unknown':
      return undefined;
    case 'author':
      return facts.authors.length === 0 ? undefined : atom.anyOf.some((name) => facts.authors.includes(name));
  }
}

function testConfidentiality(
  { bound, code }: Extract<Atom, { kind: 'confidentiality' }>,
  actual: Confidentiality,
): Truth {
  if (!isConfidentiality(code)) return undefined;
  return bound === 'at-most' ? rankOf(actual) <= rankOf(code) : rankOf(actual) >= rankOf(code);
}

const sharesCode = (wanted: readonly Coding[], present: readonly Coding[]): boolean =>
  wanted.some((code) => present.some((other) => sameCoding(code, other)));
