/** What a deployment decides about deciding (test/cases/README.md, `settings`); a named value, never an accident of order. */
import type { ReadingSettings } from '../consent/reading-settings.ts';
import type { Confidentiality } from '../labeling/vocabulary.ts';

export type CombiningRule = 'deny-overrides' | 'permit-overrides' | 'most-recent';

export const implicitPolicies = ['deny', 'basic-normal', 'all-normal', 'break-glass-only'] as const;
/** What holds where no consent speaks; one for each deployment (IHE PCF 53.2.1, consent-decisioning.md §2). */
type ImplicitPolicy = (typeof implicitPolicies)[number];

export type DecisionSettings = ReadingSettings & {
  readonly implicitPolicy: ImplicitPolicy;
  /** How consents in force combine (consent-decisioning.md §6): an explicit deny beats a permit unless said otherwise. */
  readonly combining: CombiningRule;
  /** Whether a permit for an organization reaches the units below it (M-8); a deny always does. */
  readonly permitInheritsPartOf: boolean;
  readonly unlabelledAs: Confidentiality;
  /** Purposes that a permit covers only by naming them (L-14). */
  readonly explicitOnlyPurposes: readonly string[];
  /** Who may break the glass at all (B-1); absent means nobody. */
  readonly breakGlass: { readonly allowedRoles: readonly string[] } | undefined;
  /** Whether breaking the glass opens what consents in force do not speak of; never what they refuse. */
  readonly btgOverridesDeny: boolean;
  /** The organization that holds the data, `Organization/h`; absent when the service serves several. */
  readonly custodian?: string;
  /** Age in years at which what a parent signed ends (PR-3). */
  readonly majorityAge: number;
};
