/** What a consent means, whichever FHIR version said it: the normal form of fhir-consent.md §6.2. */
import type { Period } from '../base/period.ts';
import type { Coding } from '../fhir/coding.ts';
import type { Expression } from '../fhir/expression.ts';
import type { Reference } from '../fhir/reference.ts';

export type Effect = 'permit' | 'deny';

export type Consent = {
  readonly id: string;
  readonly version: number;
  /** When it is in force (EV-2). */
  readonly period: Period;
  /** All that its date may mean: a whole day, where no time is given. */
  readonly dated: Period | undefined;
  /** When it was signed, at the latest when it was filed. */
  readonly signed: Period;
  /** `Patient/ann`; undefined when it is about nobody we know. */
  readonly patient: string | undefined;
  /** Category codings, and the scope of R4; undefined where there are none. */
  readonly categories: Coded<Coding> | undefined;
  readonly grantors: readonly Reference[];
  readonly controllers: readonly Reference[];
  readonly policies: readonly string[];
  readonly sources: readonly Reference[];
  /** One, or the two readings of a typeless R4 root with conditions of its own (N-4). */
  readonly rules: readonly Rule[];
  /** INVARIANT: a consent with a defect is never a reason to permit (EV-3). */
  readonly defects: readonly Defect[];
};

export type Rule = {
  readonly base: Effect;
  /** JSON Pointer to the element the base comes from. */
  readonly basePath: string;
  /** Outside these the base says nothing (R4 root, N-2). */
  readonly scope: Condition;
  readonly exceptions: readonly Provision[];
};

export type Provision = {
  readonly effect: Effect;
  /** Says its own type (R4): consulted whether or not its parent matched (N-6). */
  readonly explicit: boolean;
  readonly condition: Condition;
  readonly period: Period;
  readonly children: readonly Provision[];
  /** JSON Pointer into the consent as submitted. */
  readonly path: string;
};

/** All that is present must hold; one value of each suffices; absent is no constraint (M-1 … M-3). */
export type Condition = {
  readonly purposes?: Coded<Coding>;
  readonly actions?: Coded<Coding>;
  readonly actors?: readonly ActorCriterion[];
  readonly labels?: Coded<Coding>;
  /** Each group is one element: R4 `class`; R5 `resourceType` and `documentType`. */
  readonly contents?: readonly Coded<Content>[];
  readonly codes?: Coded<Coding>;
  readonly dataPeriod?: Period | 'unreadable';
  readonly data?: readonly DataCriterion[];
  /** R5; one we do not evaluate leaves the match unknown (M-14). */
  readonly expression?: Expression | 'unreadable';
  /** What whoever receives the data must honour (consent-provision-limit, O-3). */
  readonly limits?: readonly string[];
};

/**
 * An element that is there. `uncoded`: some of its values are only text, so that a permit by them is none and a deny
 * by them cannot be told from one that matches.
 */
export type Coded<Value> = { readonly values: readonly Value[]; readonly uncoded: boolean };

export type ActorCriterion = {
  /** What the actor is to the data (fhir-consent.md §4.9). */
  readonly part: 'recipient' | 'custodian' | 'author';
  readonly roles: readonly Coding[];
  readonly reference: Reference | undefined;
};

export type Content =
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'profile'; readonly url: string }
  | { readonly kind: 'document-type'; readonly coding: Coding };

export const dataMeanings = ['instance', 'related', 'dependents', 'authoredby'] as const;
export type DataMeaning = (typeof dataMeanings)[number];
export type DataCriterion = { readonly meaning: DataMeaning | 'unreadable'; readonly reference: Reference };

export type Defect = {
  readonly reason: 'unreadable-consent' | 'ambiguous-root' | 'grantor-without-authority' | 'minor-aged-out';
  readonly detail: string;
};
