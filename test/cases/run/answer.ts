/** What a door says about a case, or why it cannot be asked. */
import type { DecisionCase } from './case-format.ts';
import type { Stage } from './stage.ts';

export type Answer = {
  readonly outcome: 'permit' | 'deny';
  /** `Type/id` of the candidates it shows; every other one is hidden. */
  readonly visible: readonly string[];
  /** Members below are absent where the door never shows them. */
  readonly reason?: string;
  readonly basis?: readonly { readonly consent: number; readonly path: string }[];
  readonly obligations?: readonly string[];
  readonly conflict?: boolean;
  /** `none`: the door would show a bound, and there is none. */
  readonly notAfter?: number | 'none';
};

/** The request has a member that this door has no word for. */
type NotApplicable = { readonly lacks: string };

export type Reply = Answer | NotApplicable;

export const isApplicable = (reply: Reply): reply is Answer => !('lacks' in reply);

export type Door = {
  readonly name: string;
  readonly needsService: boolean;
  readonly ask: (given: DecisionCase, stage: Stage) => Promise<Reply>;
};

export const nameOf = ({
  resourceType,
  id,
}: {
  readonly resourceType: string;
  readonly id?: unknown;
}): string => `${resourceType}/${String(id ?? '')}`;
