/** What a deployment decides about reading consents that their text leaves open. */
import type { Effect } from './consent.ts';

export type ReadingSettings = {
  /** IANA zone in which dates without a time are read (EV-2). */
  readonly timezone: string;
  /** Base of typeless R4 roots by policy URI (N-3), and whether a base deny is explicit (§6.4.5). */
  readonly policyBases: Readonly<Record<string, Effect | 'default-deny'>>;
  /** How a typeless R4 root with conditions of its own is read (N-4). */
  readonly rootMeans: 'ambiguous' | 'scope' | 'exception';
  /** Our own FHIR bases, below which absolute references are ours. */
  readonly ownBases: readonly string[];
};
