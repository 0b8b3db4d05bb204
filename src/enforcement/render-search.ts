/** A filter as search parameters of FHIR for resources of one type (access-denied-and-enforcement.md §6.4). */
import type { Atom, Filter } from '../decision/filter.ts';
import { restrictToType } from '../decision/restrict.ts';
import { type Shape, shapeOf } from '../fhir/search/search-parameter.ts';
import type { FhirVersion } from '../fhir/version.ts';
import type { Confidentiality } from '../labeling/vocabulary.ts';
import { sayDate } from './search/dates.ts';
import { sayDocumentType } from './search/documents.ts';
import { type LabelsOnServer, sayLabels } from './search/labels.ts';
import { sayAuthor, sayReference } from './search/references.ts';
import {
  both,
  type Criterion,
  either,
  escaped,
  everything,
  nothing,
  partly,
  type Said,
  said,
  unsaid,
} from './search/said.ts';

/** What is known of the server that will be searched; without it less is exact. */
export type SearchedServer = {
  readonly labels?: LabelsOnServer;
  /** Types of which every resource bears the time that counts (M-13), as a dateTime, an instant or a Period. */
  readonly datedTypes?: readonly string[] | undefined;
};

/**
 * `matching`: what meets all parameters, which are added to those of the user and replace none (CF-2). `nothing`: no
 * search is needed. Values are escaped for FHIR and not yet for a URL.
 */
export type RenderedSearch = {
  readonly shows: 'all' | 'matching' | 'nothing';
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** Finds precisely what the filter shows: only then are counts and pages right (CF-1). */
  readonly exact: boolean;
  /** Why it finds less, empty when exact. */
  readonly why: readonly string[];
};

/**
 * INVARIANT: never finds what the filter hides; where search has no words for the filter, it finds less and says why.
 *
 * @example
 * const { parameters, exact } = renderSearch(filter, 'Encounter', '4.0', 'N', { labels: [{ system, code: 'PSY' }] });
 * // [['_security:not', 'http://terminology.hl7.org/CodeSystem/v3-ActCode|PSY']]
 */
export function renderSearch(
  filter: Filter,
  type: string,
  fhirVersion: FhirVersion,
  unlabelledAs: Confidentiality,
  server: SearchedServer = {},
): RenderedSearch {
  const target: Target = { type, shape: shapeOf(fhirVersion), unlabelledAs, server };
  const { all, why } = say(restrictToType(filter, type), target);
  return {
    shows: !all ? 'nothing' : all.length === 0 ? 'all' : 'matching',
    parameters: (all ?? []).map(written),
    exact: why.length === 0,
    why,
  };
}

type Target = {
  readonly type: string;
  readonly shape: Shape;
  readonly unlabelledAs: Confidentiality;
  readonly server: SearchedServer;
};

const written = ({ name, modifier, anyOf }: Criterion) =>
  [modifier ? `${name}:${modifier}` : name, anyOf.join(',')] as const;

function say(filter: Filter, target: Target): Said {
  switch (filter.op) {
    case 'all':
      return everything;
    case 'none':
      return nothing;
    case 'and':
      return both(filter.of.map((part) => say(part, target)));
    case 'or':
      return either(filter.of.map((part) => say(part, target)));
    case 'is':
    case 'not':
      return sayAtom(filter.atom, filter.op === 'is', target);
  }
}

function sayAtom(atom: Atom, isPositive: boolean, { type, shape, unlabelledAs, server }: Target): Said {
  switch (atom.kind) {
    case 'label':
    case 'confidentiality':
    case 'use':
      return sayLabels(atom, isPositive, { labels: server.labels, unlabelledAs });
    case 'type':
      return atom.anyOf.includes(type) === isPositive ? everything : nothing;
    case 'profile':
      return sayProfile(atom, isPositive, shape);
    case 'document-type':
      return sayDocumentType(atom.anyOf, isPositive, type, shape);
    case 'code':
      return sayCode(atom, isPositive, type);
    case 'date': {
      const isAlwaysDated = server.datedTypes?.includes(type) ?? false;
      return sayDate(atom.within, isPositive, { type, shape, isAlwaysDated });
    }
    case 'id':
      return sayId(atom, isPositive, type);
    case 'refers-to':
      return sayReference(atom, isPositive, type, shape);
    case 'author':
      return sayAuthor(atom, isPositive, type, shape);
    case 'expression':
      return unsaid('a search evaluates no expression');
    // Whichever way it is asked: what nobody can know hides.
    case 'unknown':
      return nothing;
  }
}

type Of<Kind extends Atom['kind']> = Extract<Atom, { kind: Kind }>;

function sayProfile({ anyOf }: Of<'profile'>, isPositive: boolean, shape: Shape): Said {
  if (!isPositive) return unsaid('a search cannot leave out a profile');
  if (shape === 'R5') return unsaid('by a profile without its version R5 finds every version of it');
  return said({ name: '_profile', anyOf: anyOf.map(escaped) });
}

/** Types whose parameter `code` finds by what they are about; M-11 reads codes wherever they stand. */
const coded = [
  'Observation',
  'Condition',
  'Procedure',
  'DiagnosticReport',
  'MedicationRequest',
  'ServiceRequest',
];

function sayCode({ anyOf }: Of<'code'>, isPositive: boolean, type: string): Said {
  if (!isPositive) return unsaid('a code may stand in any element, and a search leaves out by one alone');
  if (!coded.includes(type)) return unsaid(`no parameter of \`${type}\` searches its codes`);
  const tokens = anyOf.flatMap(({ system, code }) =>
    system === undefined ? [] : [`${escaped(system)}|${escaped(code)}`],
  );
  const why = 'a code may stand in any element, and a search finds it in one alone';
  return tokens.length === 0 ? nothing : partly(why, { name: 'code', anyOf: tokens });
}

function sayId({ anyOf, version }: Of<'id'>, isPositive: boolean, type: string): Said {
  const ids = anyOf.flatMap((name) => (name.startsWith(`${type}/`) ? [name.slice(type.length + 1)] : []));
  if (ids.length === 0) return isPositive ? nothing : everything;
  if (!isPositive) return unsaid('a search cannot leave out an id');
  if (version !== undefined) return unsaid('a search does not tell versions apart');
  return said({ name: '_id', anyOf: ids.map(escaped) });
}
