/** The code trees a consent speaks in: purposes of use, sensitivity with its umbrellas, order of confidentiality. */

/** Lowest first (security-labels.md §2). */
export const confidentialityOrder = ['U', 'L', 'M', 'N', 'R', 'V'] as const;
export type Confidentiality = (typeof confidentialityOrder)[number];

export const isConfidentiality = (code: string): code is Confidentiality =>
  (confidentialityOrder as readonly string[]).includes(code);

export const rankOf = (code: Confidentiality): number => confidentialityOrder.indexOf(code);

type Children = Readonly<Record<string, readonly string[]>>;

/** v3-ActReason, main tree (security-labels.md §4). */
const purposeChildren: Children = {
  HOPERAT: [
    ...[
      'CAREMGT',
      'DONAT',
      'FRAUD',
      'GOV',
      'HACCRED',
      'HCOMPL',
      'HDECD',
      'HDIRECT',
      'HDM',
      'HLEGAL',
      'HOUTCOMS',
    ],
    ...[
      'HPRGRP',
      'HQUALIMP',
      'HSYSADMIN',
      'MEMADMIN',
      'MILCDM',
      'PATADMIN',
      'PATSFTY',
      'PERFMSR',
      'RECORDMGT',
    ],
    ...['SYSDEV', 'TRAIN', 'MLTRAINING'],
  ],
  HSYSADMIN: ['LABELING', 'METAMGT'],
  SYSDEV: ['HTEST'],
  HPAYMT: ['CLMATTCH', 'COVAUTH', 'COVERAGE', 'REMITADV', 'PMTDS'],
  COVERAGE: ['ELIGDTRM', 'ELIGVER', 'ENROLLM', 'MILDCRG'],
  HRESCH: ['BIORCH', 'CLINTRCH', 'DSRCH', 'POARCH', 'TRANSRCH'],
  CLINTRCH: ['CLINTRCHNPC', 'CLINTRCHPC', 'PRECLINTRCH'],
  PATRQT: ['FAMRQT', 'PWATRNY', 'SUPNWK'],
  PUBHLTH: ['DISASTER', 'THREAT'],
  TREAT: ['CLINTRL', 'COC', 'POPHLTH', 'TREATDS', 'ETREAT'],
  ETREAT: ['BTG', 'ERTREAT'],
};

export const topPurposes = ['HMARKT', 'HOPERAT', 'HPAYMT', 'HRESCH', 'PATRQT', 'PUBHLTH', 'TREAT'] as const;

/** v3-ActCode sensitivity codes as published, and the umbrellas that deployments mean by them (L-10, L-12). */
const sensitivityChildren: Children = {
  _ActInformationSensitivityPolicy: [
    ...[
      'ETH',
      'GDIS',
      'HIV',
      'MST',
      'PREGNANT',
      'SCA',
      'SDV',
      'SEX',
      'STD',
      'TBOO',
      'VIO',
      'IDS',
      'SPI',
      'SICKLE',
    ],
  ],
  _EntitySensitivityPolicyType: ['DEMO', 'DOB', 'GENDER', 'LIVARG', 'MARST', 'PATLOC', 'RACE', 'REL'],
  _RoleInformationSensitivityPolicy: ['B', 'EMPL', 'LOCIS', 'SSP'],
  SPI: ['BH', 'MH', 'PSY', 'PSYTHPN', 'SUD'],
  BH: ['COGN', 'DVD', 'EMOTDIS'],
  SUD: ['ETHUD', 'OPIOIDUD', 'ETH'],
  ETH: ['SUD'],
  MH: ['PSY', 'PSYTHPN'],
  SEX: ['STD', 'PREGNANT'],
  SDV: ['MST'],
  SICKLE: ['SCA'],
  SCA: ['SICKLE'],
};

const purposeClosure = closuresOf(purposeChildren, topPurposes);
const sensitivityClosure = closuresOf(sensitivityChildren, [
  '_ActInformationSensitivityPolicy',
  '_EntitySensitivityPolicyType',
  '_RoleInformationSensitivityPolicy',
]);

/** The code and everything below it; a code we do not know stands for itself. */
export const purposeAndBelow = (code: string): ReadonlySet<string> =>
  purposeClosure.get(code) ?? new Set([code]);

export const isPurpose = (code: string): boolean => purposeClosure.has(code);

/** Every purpose of v3, each after those above it. */
export const allPurposes: readonly string[] = [...purposeClosure.keys()];

/** Not below itself. */
export const isPurposeBelow = (code: string, top: string): boolean =>
  code !== top && purposeAndBelow(top).has(code);

/** The code, everything below it and what its umbrella covers. */
export const sensitivityAndBelow = (code: string): ReadonlySet<string> =>
  sensitivityClosure.get(code) ?? new Set([code]);

/** Codes whose presence makes data at least R (L-8). */
export const restrictedSensitivity: ReadonlySet<string> = sensitivityAndBelow(
  '_ActInformationSensitivityPolicy',
);

function closuresOf(children: Children, tops: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const closures = new Map<string, ReadonlySet<string>>();
  for (const top of tops)
    for (const code of closure(children, top)) closures.set(code, closure(children, code));
  return closures;
}

// Umbrellas may name each other, so the walk remembers where it has been.
function closure(children: Children, code: string, reached = new Set<string>()): ReadonlySet<string> {
  if (reached.has(code)) return reached;
  reached.add(code);
  for (const child of children[code] ?? []) closure(children, child, reached);
  return reached;
}
