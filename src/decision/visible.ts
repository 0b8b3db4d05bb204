/** Whether a condition holds of one resource, given what is known about it. */
import { overlaps } from '../base/period.ts';
import { type Coding, sameCoding } from '../fhir/coding.ts';
import { evaluation } from '../fhir/expression.ts';
import { labelsAllowingPurpose } from '../labeling/limiting-labels.ts';
import { rankOf } from '../labeling/vocabulary.ts';
import type { ResourceFacts } from './facts.ts';
import type { Atom, Filter } from './filter.ts';
import type { Truth } from './truth.ts';

/**
 * Whether the filter shows the resource; what the resource does not say hides it
 * (access-denied-and-enforcement.md §6.6).
 *
 * @example isVisible(decide(program, party, request).filter, factsOf(observation, settings))
 */
export const isVisible = (filter: Filter, facts: ResourceFacts): boolean => holds(filter, facts) === true;

function holds(filter: Filter, facts: ResourceFacts): Truth {
  switch (filter.op) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'and':
      return unless(false, filter.of, facts);
    case 'or':
      return unless(true, filter.of, facts);
    case 'is':
      return testAtom(filter.atom, facts);
    case 'not': {
      const so = testAtom(filter.atom, facts);
      return so === undefined ? undefined : !so;
    }
  }
}

/** What settles the matter wherever it stands; else what none of them leaves open. */
function unless(settling: boolean, parts: readonly Filter[], facts: ResourceFacts): Truth {
  let so: Truth = !settling;
  for (const part of parts) {
    const one = holds(part, facts);
    if (one === settling) return settling;
    if (one === undefined) so = undefined;
  }
  return so;
}

/** Undefined when the resource does not say. */
export function testAtom(atom: Atom, facts: ResourceFacts): Truth {
  switch (atom.kind) {
    case 'confidentiality':
      return atom.bound === 'at-most'
        ? rankOf(facts.confidentiality) <= rankOf(atom.code)
        : rankOf(facts.confidentiality) >= rankOf(atom.code);
    case 'label':
      return sharesCode(atom.anyOf, facts.labels);
    case 'use':
      return allowsUse(atom, facts.uses);
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
    case 'author':
      return facts.authors.length === 0 ? undefined : atom.anyOf.some((name) => facts.authors.includes(name));
    case 'expression':
      return evaluated(atom, facts);
    case 'unknown':
      return undefined;
  }
}

function evaluated(atom: Extract<Atom, { kind: 'expression' }>, facts: ResourceFacts): Truth {
  const { expression, request } = atom;
  const asked = expression.usesRequest ? JSON.stringify([expression.text, request]) : expression.text;
  const answer = facts.answers.has(asked) ? facts.answers.get(asked) : freshlyEvaluated(atom, facts);
  facts.answers.set(asked, answer);
  return answer;
}

/** Once the budget is spent nobody can tell any more. */
function freshlyEvaluated(
  { expression, request }: Extract<Atom, { kind: 'expression' }>,
  { resource, budget }: ResourceFacts,
): Truth {
  if (budget.left <= 0) return undefined;
  const { answer, effort } = evaluation(expression, resource, request) ?? { answer: undefined, effort: 1000 };
  budget.left -= effort;
  return answer;
}

function sharesCode(wanted: readonly Coding[], present: readonly Coding[]): boolean {
  for (const code of present) for (const other of wanted) if (sameCoding(code, other)) return true;
  return false;
}

/** Without a purpose on the label any use is open; with one, none but what it allows, and none if no purpose was stated. */
function allowsUse(
  { purposes, explicitOnly }: Extract<Atom, { kind: 'use' }>,
  uses: readonly string[],
): boolean {
  if (uses.length === 0) return true;
  const isAllowed = (purpose: string): boolean =>
    labelsAllowingPurpose(purpose, explicitOnly).some((label) => uses.includes(label));
  return purposes.length > 0 && purposes.every(isAllowed);
}
