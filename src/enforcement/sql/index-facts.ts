/** The rows by which a resource is found in the layout that SQL predicates ask. */
import { asInstant, formatInstant, type Instant, parseInstant } from '../../base/instant.ts';
import type { Period } from '../../base/period.ts';
import type { ResourceFacts } from '../../decision/facts.ts';
import type { Coding } from '../../fhir/coding.ts';
import { confidentialityOf } from '../../labeling/confidentiality.ts';
import { rankOf } from '../../labeling/vocabulary.ts';

type CodeRow = { readonly resource: string; readonly system: string; readonly code: string };
type NameRow = { readonly resource: string; readonly name: string };

type ResourceRow = {
  readonly resource: string;
  readonly type: string;
  readonly version: string | null;
  /** 0 to 5, as U L M N R V; null where labels say nothing, which counts as whatever is asked (L-5). */
  readonly confidentiality: number | null;
  readonly coded: boolean;
  readonly starts: string | null;
  readonly ends: string | null;
};

/** By table of the layout, without its prefix. */
export type FactRows = {
  readonly resource: readonly [ResourceRow];
  readonly label: readonly CodeRow[];
  readonly code: readonly CodeRow[];
  readonly document_type: readonly CodeRow[];
  readonly profile: readonly NameRow[];
  readonly reference: readonly (NameRow & { readonly via: 'any' | 'context' })[];
  readonly author: readonly NameRow[];
};

/**
 * What to write for a resource whenever it changes, in place of what was written for it before; nothing in here depends
 * on who asks.
 *
 * @example const { label, reference } = indexFacts(factsOf(observation, settings));
 */
export function indexFacts(facts: ResourceFacts): FactRows {
  const { name: resource, type, version, isCoded, period } = facts;
  const codes = (list: readonly Coding[]): readonly CodeRow[] =>
    distinct(list.map(({ system, code }) => ({ resource, system: systemColumn(system), code })));
  const names = (list: readonly string[]): readonly NameRow[] =>
    [...new Set(list)].map((name) => ({ resource, name }));
  return {
    resource: [
      {
        resource,
        type,
        version: version ?? null,
        confidentiality: confidentialityColumn(facts.labels),
        coded: isCoded,
        ...boundsOf(period),
      },
    ],
    label: codes(facts.labels),
    code: codes(facts.codes),
    document_type: codes(facts.documentTypes),
    profile: names(facts.profiles),
    reference: [
      ...names(facts.references).map((row) => ({ ...row, via: 'any' as const })),
      ...names(facts.contexts).map((row) => ({ ...row, via: 'context' as const })),
    ],
    author: names(facts.authors),
  };
}

/** An open bound is the end of the calendar, so that only what is undated has none. */
const boundsOf = (period: Period | undefined): Pick<ResourceRow, 'starts' | 'ends'> => ({
  starts: period ? momentColumn(period.start ?? firstMoment) : null,
  ends: period ? momentColumn(period.end ?? lastMoment) : null,
});

/** A code without a system stands under a space, which is no uri and so no system. */
export const systemColumn = (system: string | undefined): string => system ?? ' ';

/** Null where it would be whatever unlabelled data counts as. */
function confidentialityColumn(labels: readonly Coding[]): number | null {
  const [least, most] = [confidentialityOf(labels, 'U'), confidentialityOf(labels, 'V')];
  return least === most ? rankOf(least) : null;
}

const firstMoment = parseInstant('0001-01-01T00:00:00Z') as Instant;
const lastMoment = parseInstant('9999-12-31T23:59:59.999Z') as Instant;

/** A time zone may lead out of the years that have four digits. */
export const momentColumn = (at: Instant): string =>
  formatInstant(asInstant(Math.min(Math.max(at, firstMoment), lastMoment)));

const distinct = (rows: readonly CodeRow[]): readonly CodeRow[] => [
  ...new Map(rows.map((row) => [JSON.stringify(row), row])).values(),
];
