/** Consents made ready to be asked: codes expanded, conditions split by what they depend on. Immutable. */
import type { Instant } from '../base/instant.ts';
import type { Period } from '../base/period.ts';
import type { ActorCriterion, Consent, Defect, Effect } from '../consent/consent.ts';
import type { Directory } from './directory.ts';
import type { Atom } from './filter.ts';
import type { Action } from './request.ts';
import type { DecisionSettings } from './settings.ts';

export type Program = {
  readonly consents: readonly CompiledConsent[];
  readonly directory: Directory;
  readonly settings: DecisionSettings;
  /** Every instant at which some answer may change by itself, ascending. */
  readonly boundaries: readonly Instant[];
};

export type CompiledConsent = {
  readonly consent: Consent;
  readonly rules: readonly CompiledRule[];
  readonly defects: readonly Defect[];
};

export type CompiledRule = {
  readonly base: Effect;
  readonly basePath: string;
  /** A base deny that only means "nothing else is granted" (§6.4.5): it beats no permit of another consent. */
  readonly implicit: boolean;
  readonly scope: CompiledCondition;
  readonly exceptions: readonly CompiledProvision[];
};

export type CompiledProvision = {
  readonly effect: Effect;
  readonly explicit: boolean;
  readonly condition: CompiledCondition;
  readonly period: Period;
  readonly children: readonly CompiledProvision[];
  readonly path: string;
};

/** Everything present must hold; of each list one suffices. */
export type CompiledCondition = {
  readonly effect: Effect;
  readonly purposes: CodeSet<string> | undefined;
  readonly actions: CodeSet<Action> | undefined;
  readonly actors: readonly ActorCriterion[] | undefined;
  readonly data: readonly (readonly Atom[])[];
  readonly limits: readonly string[];
};

/** Everything the codes cover. `uncoded`: the element says more than its codes, in words or in codes we do not know. */
export type CodeSet<Code> = { readonly codes: ReadonlySet<Code>; readonly uncoded: boolean };
