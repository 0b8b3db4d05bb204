/** Labels on data that limit who may see it for what: purposes, compartments, the patient's own access, minors. */
import { allPurposes, purposeAndBelow, sensitivityAndBelow } from './vocabulary.ts';

/** Purposes whose label keeps data to that use (L-16); HTEST only marks test data (L-4, R-12). */
export const purposeLabels: readonly string[] = allPurposes.filter((code) => code !== 'HTEST');

/**
 * The purpose labels that let data be used for what is asked: its own and those above it (L-14). An explicit-only
 * purpose is allowed by its own label alone, breaking the glass always.
 */
export function labelsAllowingPurpose(asked: string, explicitOnly: readonly string[]): readonly string[] {
  if (asked === 'BTG' || explicitOnly.includes(asked)) return [asked];
  return purposeLabels.filter((label) => purposeAndBelow(label).has(asked));
}

/** Data so labelled is for members of the compartment; whose membership nobody knows is none (L-13). */
export const compartmentLabels: readonly string[] = [
  ...[
    'ACOCOMPT',
    'CDSSCOMPT',
    'CTCOMPT',
    'FMCOMPT',
    'HRCOMPT',
    'LRCOMPT',
    'PACOMPT',
    'RESCOMPT',
    'RMGTCOMPT',
  ],
];

/** Not for patient, family or caregivers without the word of the attending provider (security-labels.md §6). */
export const noPatientLabel = 'NOPAT';

/** What a minor may keep from a parent: adolescence, sexuality, substance use, mental health, and all they cover. */
export const minorProtectedLabels: readonly string[] = [
  ...new Set(['ADOL', 'SEX', 'STD', 'SUD', 'MH'].flatMap((code) => [...sensitivityAndBelow(code)])),
];
