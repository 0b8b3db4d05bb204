/** A filter in our normative wire form, version 1 (access-denied-and-enforcement.md §6.2). */
import { asInstant, formatInstant, type Instant } from '../base/instant.ts';
import type { Json } from '../base/json.ts';
import type { Period } from '../base/period.ts';
import type { Atom, Filter } from '../decision/filter.ts';
import { restrictToType } from '../decision/restrict.ts';
import { type Coding, codeSystems } from '../fhir/coding.ts';
import { labelsAtLeast } from '../labeling/confidentiality.ts';
import { labelsAllowingPurpose, purposeLabels } from '../labeling/limiting-labels.ts';
import { type Confidentiality, confidentialityOrder, rankOf } from '../labeling/vocabulary.ts';
import { bindRequest, quoted } from './bind-request.ts';

export type ResidualAst = {
  readonly v: 1;
  readonly kind: 'ALWAYS_ALLOWED' | 'ALWAYS_DENIED' | 'CONDITIONAL';
  readonly byType: Readonly<Record<string, Json>>;
  readonly unknown: 'deny';
  readonly basedOn: readonly string[];
  readonly notAfter?: string;
};

type Circumstances = {
  readonly basedOn: readonly string[];
  readonly notAfter: Instant | undefined;
  readonly unlabelledAs: Confidentiality;
  /** The types in question; absent means any, and a type that is not listed is hidden. */
  readonly resourceTypes?: readonly string[] | undefined;
};

/**
 * INVARIANT: whoever evaluates the expression sees no more than the filter shows, given that a missing attribute makes
 * a comparison and its negation fail alike (§6.2), and that a label nobody knows counts as R (L-2).
 */
export function renderAst(filter: Filter, circumstances: Circumstances): ResidualAst {
  const { basedOn, notAfter, unlabelledAs, resourceTypes = ['*'] } = circumstances;
  const kind =
    filter.op === 'all' ? 'ALWAYS_ALLOWED' : filter.op === 'none' ? 'ALWAYS_DENIED' : 'CONDITIONAL';
  const until = notAfter === undefined ? {} : { notAfter: formatInstant(notAfter) };
  return {
    v: 1,
    kind,
    byType: Object.fromEntries(
      resourceTypes.map((type) => [
        type,
        expression(type === '*' ? filter : restrictToType(filter, type), unlabelledAs),
      ]),
    ),
    unknown: 'deny',
    basedOn,
    ...until,
  };
}

const shown: Json = { true: 1 };
const hidden: Json = { false: 1 };

function expression(filter: Filter, unlabelledAs: Confidentiality): Json {
  switch (filter.op) {
    case 'all':
      return shown;
    case 'none':
      return hidden;
    case 'and':
      return { and: filter.of.map((part) => expression(part, unlabelledAs)) };
    case 'or':
      return { or: filter.of.map((part) => expression(part, unlabelledAs)) };
    case 'is':
    case 'not':
      return literal(filter.atom, filter.op === 'is', unlabelledAs);
  }
}

function literal(atom: Atom, isPositive: boolean, unlabelledAs: Confidentiality): Json {
  const signed = (condition: Json): Json => (isPositive ? condition : { not: condition });
  switch (atom.kind) {
    case 'confidentiality':
      return confidentiality(atom, isPositive, unlabelledAs);
    case 'label':
      return isPositive ? someLabel(atom.anyOf) : { labelNone: { in: codings(atom.anyOf) } };
    case 'type':
      return signed({ type: { in: atom.anyOf } });
    case 'profile':
      return signed({ profile: { in: atom.anyOf } });
    case 'code':
      return signed({ code: { in: codings(atom.anyOf), isa: false } });
    case 'date':
      return signed({ date: dateBounds(atom.within) });
    case 'id':
      return signed({ id: { in: atom.anyOf.map((name) => versioned(name, atom.version)) } });
    case 'refers-to':
      return signed({ refTo: { in: atom.anyOf, paths: atom.through === 'any' ? ['*'] : contextPaths } });
    case 'author':
      return signed({ author: { in: atom.anyOf } });
    case 'use':
      return isPositive ? openForUse(atom) : hidden;
    // Only who supports FHIRPath can tell.
    case 'expression': {
      const fhirpath = bindRequest(atom.expression.text, atom.request);
      return fhirpath === undefined ? hidden : signed({ ext: { fhirpath } });
    }
    // The form has no word for the kind of a document; whoever knows no FHIRPath hides it.
    case 'document-type':
      return signed({ ext: { fhirpath: documentPath(atom.anyOf) } });
    case 'unknown':
      return hidden;
  }
}

/** The elements a resource says by where it belongs (R-25). */
const contextPaths = ['encounter', 'partOf', 'basedOn', 'context'];

const versioned = (name: string, version: string | undefined): string =>
  version === undefined ? name : `${name}/_history/${version}`;

/** By its labels, since "some label at most N" would let through what is labelled N and R (L-1, L-8). */
function confidentiality(
  { bound, code }: Extract<Atom, { kind: 'confidentiality' }>,
  isPositive: boolean,
  unlabelledAs: Confidentiality,
): Json {
  const lowest = bound === 'at-least' ? code : confidentialityOrder[rankOf(code) + 1];
  const wantsAtLeast = (bound === 'at-least') === isPositive;
  if (lowest === undefined) return wantsAtLeast ? hidden : shown;
  const unlabelledIsAtLeast = rankOf(unlabelledAs) >= rankOf(lowest);
  const unlabelled: Json = { labelNone: { in: codings(labelsAtLeast('U')) } };
  if (wantsAtLeast)
    return { or: [someLabel(labelsAtLeast(lowest)), ...(unlabelledIsAtLeast ? [unlabelled] : [])] };
  const below: Json = { labelNone: { in: codings(labelsAtLeast(lowest)) } };
  return unlabelledIsAtLeast ? { and: [below, { not: unlabelled }] } : below;
}

/** What `facts.ts` reads as the kind of a document (M-10), in FHIRPath. */
const documentPath = (kinds: readonly Coding[]): string =>
  kinds.flatMap((kind) => [typePath(kind), formatPath(kind), ...mediaTypePath(kind)]).join(' or ');

const typePath = (kind: Coding): string =>
  `(ofType(DocumentReference).type | ofType(Composition).type).coding.where(${isKind(kind)}).exists()`;
const formatPath = (kind: Coding): string =>
  `(content.format | content.profile.value.ofType(Coding)).where(${isKind(kind)}).exists()`;
const mediaTypePath = ({ system, code }: Coding): readonly string[] =>
  system === 'urn:ietf:bcp:13'
    ? [
        `(content.attachment.contentType | ofType(Binary).contentType).where($this = ${quoted(code)}).exists()`,
      ]
    : [];

const isKind = ({ system, code }: Coding): string =>
  `${system === undefined ? 'system.exists().not()' : `system = ${quoted(system)}`} and code = ${quoted(code)}`;

/** Without a purpose on the label, or with one that allows each of those asked (R-12). */
function openForUse({ purposes, explicitOnly }: Extract<Atom, { kind: 'use' }>): Json {
  const named = (codes: readonly string[]): readonly Coding[] =>
    codes.map((code) => ({ system: codeSystems.actReason, code }));
  const unlimited: Json = { labelNone: { in: codings(named(purposeLabels)) } };
  const allowed = purposes.map((purpose) => someLabel(named(labelsAllowingPurpose(purpose, explicitOnly))));
  if (allowed.length === 0) return unlimited;
  return { or: [unlimited, allowed.length === 1 ? (allowed[0] ?? hidden) : { and: allowed }] };
}

const someLabel = (labels: readonly Coding[]): Json => ({
  or: labels.map((label) => ({ label: { ...label, op: 'eq' } })),
});

const codings = (list: readonly Coding[]): Json => list.map((coding) => ({ ...coding }));

/** Half open, as the form has it: our periods include their last millisecond. */
function dateBounds({ start, end }: Period): Json {
  return {
    ...(start === undefined ? {} : { ge: formatInstant(start) }),
    ...(end === undefined ? {} : { lt: formatInstant(asInstant(end + 1)) }),
    basis: 'clinical',
  };
}
