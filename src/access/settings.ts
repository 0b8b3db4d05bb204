/** The decision settings of a deployment: the members of `test/cases/README.md`, with their defaults. */
import { z } from 'zod';
import { type DecisionSettings, implicitPolicies } from '../decision/settings.ts';
import { confidentialityOrder } from '../labeling/vocabulary.ts';

export type AccessSettings = DecisionSettings;

/** What a settings file may say; unknown members are refused, so that a misspelt knob is not a silent default. */
export const settingsSchema = z.strictObject({
  implicitPolicy: z.enum(implicitPolicies).default('deny'),
  combining: z.enum(['deny-overrides', 'most-recent', 'permit-overrides']).default('deny-overrides'),
  timezone: z.string().refine(isTimezone, 'must be an IANA time zone').default('UTC'),
  permitInheritsPartOf: z.boolean().default(false),
  unlabelledAs: z.enum(confidentialityOrder).default('N'),
  policyBases: z.record(z.string(), z.enum(['permit', 'deny', 'default-deny'])).default({}),
  breakGlass: z.strictObject({ allowedRoles: z.array(z.string()).default([]) }).optional(),
  rootMeans: z.enum(['ambiguous', 'scope', 'exception']).default('ambiguous'),
  explicitOnlyPurposes: z.array(z.string()).default(['BTG', 'MLTRAINING', 'HMARKT']),
  custodian: z.string().optional(),
  btgOverridesDeny: z.boolean().default(false),
  /** Ours, beyond the members of a decision case: age in years at which a parent's word ends (PR-3). */
  majorityAge: z.int().min(0).max(150).default(18),
});

export type Settings = z.output<typeof settingsSchema>;

export function accessSettings(
  { custodian, breakGlass, ...settings }: Settings,
  ownBases: readonly string[],
): AccessSettings {
  return { ...settings, ownBases, breakGlass, ...(custodian === undefined ? {} : { custodian }) };
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
