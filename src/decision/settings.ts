/** What a deployment decides about deciding (test/cases/README.md, `settings`); a named value, never an accident of order. */
import type { ReadingSettings } from '../consent/reading-settings.ts';
import type { Confidentiality } from '../labeling/vocabulary.ts';

export type CombiningRule = 'deny-overrides' | 'permit-overrides' | 'most-recent';

export type DecisionSettings = ReadingSettings & {
  /** How consents in force combine (consent-decisioning.md §6): an explicit deny beats a permit unless said otherwise. */
  readonly combining: CombiningRule;
  /** Whether a permit for an organization reaches the units below it (M-8); a deny always does. */
  readonly permitInheritsPartOf: boolean;
  readonly unlabelledAs: Confidentiality;
  /** Purposes that a permit covers only by naming them (L-14). */
  readonly explicitOnlyPurposes: readonly string[];
  /** The organization that holds the data, `Organization/h`; absent when the service serves several. */
  readonly custodian?: string;
};
