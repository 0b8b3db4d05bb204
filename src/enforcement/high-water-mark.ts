/** The labels of a Bundle: those of the most confidential entry that is still in it (security-labels.md H-1, H-3). */
import type { JsonObject } from '../base/json.ts';
import { type Coding, codeSystems } from '../fhir/coding.ts';
import { confidentialityOf } from '../labeling/confidentiality.ts';
import { obligationWords, refrainWords } from '../labeling/display-words.ts';
import { normalized } from '../labeling/read-label.ts';
import { type Confidentiality, rankOf } from '../labeling/vocabulary.ts';

/** Of each entry, all its labels. H-4: what must be done with one entry must be done with all; H-5: no sensitivity. */
export function highWaterMark(
  entries: readonly (readonly Coding[])[],
  unlabelledAs: Confidentiality,
): readonly JsonObject[] {
  if (entries.length === 0) return [];
  const code = highestOf(entries, unlabelledAs);
  const handling = new Set(
    entries
      .flat()
      .map(normalized)
      .filter(isLifted)
      .map((label) => label.code),
  );
  return [
    { system: codeSystems.confidentiality, code },
    ...[...handling].sort().map((each) => ({ system: codeSystems.actCode, code: each })),
  ];
}

export const highestOf = (
  entries: readonly (readonly Coding[])[],
  unlabelledAs: Confidentiality,
): Confidentiality =>
  entries
    .map((labels) => confidentialityOf(labels.map(normalized), unlabelledAs))
    .reduce((a, b) => (rankOf(a) >= rankOf(b) ? a : b), 'U');

/** Would tell of the whole Bundle what is private of one entry (H-4). */
const revealing: ReadonlySet<string> = new Set(['MASK', 'NODSCLCD', 'NODSCLCDS', 'NOPAT', 'NOVIP']);

const isLifted = ({ system, code }: Coding): boolean =>
  system === codeSystems.actCode &&
  (Object.hasOwn(obligationWords, code) || Object.hasOwn(refrainWords, code)) &&
  !revealing.has(code);
