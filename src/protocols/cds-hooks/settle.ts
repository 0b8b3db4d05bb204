/** What the engine decided as the hook can say it: one of three words, and obligations that say the rest. */
import type { Decided } from '../../access/decide-access.ts';
import { awaitsApproval, type Decision, type Reason } from '../../decision/decision.ts';
import { none } from '../../decision/filter.ts';
import { type AskedClass, knowing, ofClasses } from '../../enforcement/asked-class.ts';
import { type Redact, renderRedact } from '../../enforcement/render-redact.ts';
import type { Confidentiality } from '../../labeling/vocabulary.ts';
import type { ConsentDecision } from './wire.ts';

export type Settled = {
  readonly said: ConsentDecision;
  /** As it was answered, which is what the record keeps. */
  readonly decided: Decided;
  readonly redact: readonly Redact[];
  /** Why a permit of the engine is no permit here. */
  readonly withheld?: 'unsayable' | 'awaits-approval';
};

type Question = {
  readonly asked: readonly AskedClass[] | undefined;
  readonly hasContent: boolean;
  readonly unlabelledAs: Confidentiality;
};

export function settle(given: Decided, question: Question): Settled {
  const decided = ofAsked(given, question.asked);
  const { decision } = decided;
  if (decision.outcome === 'deny') return { said: saidOfDeny[decision.reason], decided, redact: [] };
  if (awaitsApproval(decision)) return refused(decided, 'awaits-approval');
  if (isByPolicyAlone(decision, question.asked)) return { said: 'NO_CONSENT', decided, redact: [] };
  // Labels of purpose and compartment bind whoever holds the data, obligation or not (L-13, L-16).
  const redact = renderRedact(decision.beforeLabels, question.unlabelledAs, question.asked);
  if (redact) return { said: 'CONSENT_PERMIT', decided, redact };
  return question.hasContent
    ? { said: 'CONSENT_PERMIT', decided, redact: [] }
    : refused(decided, 'unsayable');
}

/** The outcome model of consent-decisioning.md §1. */
const saidOfDeny = {
  'explicit-deny': 'CONSENT_DENY',
  'outside-consent-scope': 'CONSENT_DENY',
  'outside-permitted-data': 'CONSENT_DENY',
  'btg-not-authorized': 'CONSENT_DENY',
  permitted: 'CONSENT_DENY',
  'no-consent': 'NO_CONSENT',
  'not-applicable': 'NO_CONSENT',
  'implicit-policy': 'NO_CONSENT',
  'minor-aged-out': 'NO_CONSENT',
  'unreadable-consent': 'NO_CONSENT',
  'ambiguous-root': 'NO_CONSENT',
  'grantor-without-authority': 'NO_CONSENT',
} as const satisfies Record<Reason, ConsentDecision>;

/** No consent has a word in it; one that refuses a part has, and who hears "no consent" would pass over it. */
const isByPolicyAlone = (
  { reason, beforeLabels }: Decision,
  asked: readonly AskedClass[] | undefined,
): boolean =>
  reason === 'implicit-policy' &&
  (asked ? asked.every((one) => knowing(beforeLabels, one).op === 'all') : beforeLabels.op === 'all');

/** The engine knows of types; what is asked by profile or kind of document is told from its filter. */
function ofAsked(decided: Decided, asked: readonly AskedClass[] | undefined): Decided {
  const { decision } = decided;
  if (!asked || decision.outcome === 'deny') return decided;
  const filter = ofClasses(decision.filter, asked);
  if (filter.op === 'none') return denied(decided);
  return {
    ...decided,
    decision: { ...decision, filter, beforeLabels: ofClasses(decision.beforeLabels, asked) },
  };
}

const refused = (decided: Decided, withheld: NonNullable<Settled['withheld']>): Settled => ({
  said: 'CONSENT_DENY',
  decided: denied(decided),
  redact: [],
  withheld,
});

/** L-2: what is asked is itself to be redacted. */
const denied = (decided: Decided): Decided => ({
  ...decided,
  decision: {
    ...decided.decision,
    outcome: 'deny',
    reason: 'outside-permitted-data',
    permittedBy: [],
    obligations: [],
    filter: none,
    beforeLabels: none,
  },
});
