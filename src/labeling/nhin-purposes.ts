/** Purposes as US exchange networks code them, in the words of v3 (security-labels.md §4). */

export const nhinSystem = 'http://healthit.gov/nhin/purposeofuse';

/** Those without a counterpart are not listed: they match no purpose, neither allowed nor refused by another's name. */
const v3Codes: ReadonlyMap<string, string> = new Map([
  ['TREATMENT', 'TREAT'],
  ['PAYMENT', 'HPAYMT'],
  ['OPERATIONS', 'HOPERAT'],
  ['EMERGENCY', 'ETREAT'],
  ['PUBLICHEALTH', 'PUBHLTH'],
  ['RESEARCH', 'HRESCH'],
  ['REQUEST', 'PATRQT'],
  ['FAMILY', 'FAMRQT'],
  ['COVERAGE', 'COVERAGE'],
  ['MARKETING', 'HMARKT'],
  ['SYSADMIN', 'HSYSADMIN'],
  ['FRAUD', 'FRAUD'],
  ['TRAINING', 'TRAIN'],
  ['LEGAL', 'HLEGAL'],
  ['JUDICIAL', 'HLEGAL'],
  ['LAW', 'HLEGAL'],
  ['DIRECTORY', 'HDIRECT'],
  ['DISASTER', 'DISASTER'],
  ['THREAT', 'THREAT'],
  ['DECEASED', 'HDECD'],
  ['DONATION', 'DONAT'],
  ['GOVERNMENT', 'GOV'],
]);

export const v3PurposeOf = (nhinCode: string): string | undefined => v3Codes.get(nhinCode);
