/** What an entry is found by; taken from the event that is shown, so that a search finds what a reader would. */
import { agentEntries } from './agent-entries.ts';
import { answerAct } from './answer-event.ts';
import type { AuditEntry, AuditOutcome, ReviewReason } from './audit-log.ts';
import { authorizationAct } from './authorization-event.ts';
import { decisionAct } from './decision-event.ts';
import type { Act, ActionCode } from './event.ts';
import { interactionAct } from './interaction-event.ts';

type EntryIndex = {
  /** `Patient/ann`. */
  readonly patient: string | undefined;
  readonly clientId: string;
  readonly outcome: AuditOutcome;
  readonly type: string;
  readonly subtype: string;
  readonly action: ActionCode;
  /** `Consent/1/_history/2`, and `Consent/1` for whoever asks for any version. */
  readonly entities: readonly string[];
  /** See `agent-entries.ts`. */
  readonly agents: readonly string[];
  readonly review: readonly ReviewReason[];
};

export type IndexEntry = (entry: AuditEntry) => EntryIndex;

export const indexEntry: IndexEntry = (entry) => {
  const act = actOf(entry);
  const references = act.entities.flatMap(({ what }) =>
    what && 'reference' in what ? [what.reference, withoutVersion(what.reference)] : [],
  );
  return {
    patient: act.patient,
    clientId: entry.circumstances.clientId,
    outcome: act.outcome,
    type: act.type.code,
    subtype: act.subtype.code,
    action: act.action,
    entities: [...new Set(references)],
    agents: [...new Set(act.participants.flatMap(agentEntries))],
    review: entry.kind === 'decision' ? (entry.review ?? []) : [],
  };
};

function actOf(entry: AuditEntry): Act {
  switch (entry.kind) {
    case 'decision':
      return decisionAct(entry);
    case 'interaction':
      return interactionAct(entry);
    case 'answer':
      return answerAct(entry);
    case 'authorization':
      return authorizationAct(entry);
  }
}

const withoutVersion = (reference: string): string => reference.split('/_history/', 1).join('');
