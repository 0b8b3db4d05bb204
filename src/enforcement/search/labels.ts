/** Conditions on labels as `_security`, for a server of which it is known what labels its data bears. */
import type { Atom } from '../../decision/filter.ts';
import { type Coding, codeSystems, sameCoding } from '../../fhir/coding.ts';
import { confidentialityOf, labelsAtLeast } from '../../labeling/confidentiality.ts';
import { labelsAllowingPurpose, purposeLabels } from '../../labeling/limiting-labels.ts';
import { normalized } from '../../labeling/read-label.ts';
import { type Confidentiality, confidentialityOrder, rankOf } from '../../labeling/vocabulary.ts';
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
} from './said.ts';

/**
 * `standard`: confidentiality, the sensitivity codes we know, purposes and what consents name, all under the systems
 * of today. A list: every label there is, as it is written. Undefined: nobody knows.
 */
export type LabelsOnServer = 'standard' | readonly Coding[] | undefined;

type Of<Kind extends Atom['kind']> = Extract<Atom, { kind: Kind }>;
type LabelAtom = Of<'label'> | Of<'confidentiality'> | Of<'use'>;
type Context = { readonly labels: LabelsOnServer; readonly unlabelledAs: Confidentiality };

export function sayLabels(atom: LabelAtom, isPositive: boolean, context: Context): Said {
  if (context.labels === undefined) return unlabelledOnly(atom, isPositive, context);
  const there = labelsThere(atom, context.labels);
  if (atom.kind === 'confidentiality')
    return sayConfidentiality(atom, isPositive, there, context.unlabelledAs);
  if (atom.kind === 'use') return isPositive ? openForUse(atom, there) : closedForUse(atom, there);
  const meant = there.filter(isAnyOf(atom.anyOf));
  return isPositive ? some(meant) : noneOf(meant);
}

/** A label under an old name, or of a system nobody knows, is found by no search that does not name it (L-2, L-3). */
function unlabelledOnly(atom: LabelAtom, isPositive: boolean, { unlabelledAs }: Context): Said {
  const why = 'it is not known what labels the data of the server bears';
  const isShown =
    atom.kind === 'confidentiality'
      ? isAtLeast(unlabelledAs, lowestOf(atom)) === wantsAtLeast(atom, isPositive)
      : isPositive === (atom.kind === 'use');
  return isShown ? partly(why, { name: '_security:missing', anyOf: ['true'] }) : unsaid(why);
}

const labelsThere = (atom: LabelAtom, labels: 'standard' | readonly Coding[]): readonly Coding[] =>
  labels === 'standard' ? [...standardLabels, ...(atom.kind === 'label' ? atom.anyOf : [])] : labels;

const standardLabels: readonly Coding[] = [
  ...labelsAtLeast('U'),
  ...purposeLabels.map((code) => ({ system: codeSystems.actReason, code })),
];

const isAnyOf =
  (wanted: readonly Coding[]) =>
  (label: Coding): boolean =>
    wanted.some((other) => sameCoding(normalized(label), other));

const token = ({ system, code }: Coding): string => `${escaped(system ?? '')}|${escaped(code)}`;

const some = (labels: readonly Coding[]): Said =>
  labels.length === 0 ? nothing : said({ name: '_security', anyOf: [...new Set(labels.map(token))] });

/** Repeated, since servers differ in what `:not` with a list means; it finds what bears no label at all as well. */
const noneOf = (labels: readonly Coding[]): Said => both(labels.map((label) => said(without(label))));
const without = (label: Coding): Criterion => ({ name: '_security', modifier: 'not', anyOf: [token(label)] });

/** Undefined when every resource lies below it. */
const lowestOf = ({ bound, code }: Of<'confidentiality'>): Confidentiality | undefined =>
  bound === 'at-least' ? code : confidentialityOrder[rankOf(code) + 1];
const wantsAtLeast = ({ bound }: Of<'confidentiality'>, isPositive: boolean): boolean =>
  (bound === 'at-least') === isPositive;
const isAtLeast = (code: Confidentiality, lowest: Confidentiality | undefined): boolean =>
  lowest !== undefined && rankOf(code) >= rankOf(lowest);

function sayConfidentiality(
  atom: Of<'confidentiality'>,
  isPositive: boolean,
  there: readonly Coding[],
  unlabelledAs: Confidentiality,
): Said {
  const lowest = lowestOf(atom);
  const wantsMore = wantsAtLeast(atom, isPositive);
  if (lowest === undefined || lowest === 'U') return (lowest === 'U') === wantsMore ? everything : nothing;
  const speaking = there.filter(speaks);
  const raising = speaking.filter((label) => isAtLeast(sayingOf(label, 'U'), lowest));
  const countsUnlabelled = isAtLeast(unlabelledAs, lowest);
  if (wantsMore) return countsUnlabelled ? either([some(raising), noneOf(speaking)]) : some(raising);
  return countsUnlabelled ? both([some(speaking), noneOf(raising)]) : noneOf(raising);
}

const sayingOf = (label: Coding, unsaidAs: Confidentiality): Confidentiality =>
  confidentialityOf([normalized(label)], unsaidAs);

/** A label of handling or purpose leaves data as confidential as unlabelled data is. */
const speaks = (label: Coding): boolean => sayingOf(label, 'U') === sayingOf(label, 'V');

const purposesIn = (there: readonly Coding[]): readonly Coding[] =>
  there.filter((label) => {
    const { system, code } = normalized(label);
    return system === codeSystems.actReason && code !== 'HTEST';
  });

/** For each purpose asked: a label that allows it, or no purpose on the label at all (L-14, L-16, R-12). */
function openForUse({ purposes, explicitOnly }: Of<'use'>, there: readonly Coding[]): Said {
  const limiting = purposesIn(there);
  if (purposes.length === 0) return noneOf(limiting);
  return both(
    purposes.flatMap((purpose) => {
      const allowing = limiting.filter(isAnyOf(namedPurposes(purpose, explicitOnly)));
      const others = limiting.filter((label) => !allowing.includes(label));
      if (allowing.length === 0) return [noneOf(limiting)];
      return others.map((label) => either([noneOf([label]), some(allowing)]));
    }),
  );
}

function closedForUse({ purposes, explicitOnly }: Of<'use'>, there: readonly Coding[]): Said {
  const limiting = purposesIn(there);
  const refused = purposes.map((purpose) =>
    noneOf(limiting.filter(isAnyOf(namedPurposes(purpose, explicitOnly)))),
  );
  return both([some(limiting), ...(purposes.length === 0 ? [] : [either(refused)])]);
}

const namedPurposes = (purpose: string, explicitOnly: readonly string[]): readonly Coding[] =>
  labelsAllowingPurpose(purpose, explicitOnly).map((code) => ({ system: codeSystems.actReason, code }));
