/** Consents made ready to be asked: codes expanded, actors named, conditions split by what they depend on. Immutable. */
import type { Instant } from '../base/instant.ts';
import type { Period } from '../base/period.ts';
import type { Defect, Effect } from '../consent/consent.ts';
import type { Expression } from '../fhir/expression.ts';
import type { FhirVersion } from '../fhir/version.ts';
import type { Atom } from './filter.ts';
import type { Action } from './request.ts';
import type { DecisionSettings } from './settings.ts';
import type { Truth } from './truth.ts';

export type Program = {
  readonly subject: Subject;
  readonly consents: readonly CompiledConsent[];
  /** On file for the patient, and not weighed. */
  readonly leftOut: readonly LeftOut[];
  readonly settings: DecisionSettings;
  /** Every instant at which some answer may change by itself, ascending. */
  readonly boundaries: readonly Instant[];
};

/** Case 48. */
export type LeftOut = ConsentVersion & { readonly why: 'of-another-custodian' };

export type ConsentVersion = { readonly id: string; readonly version: number };

export type Subject = {
  /** `Patient/ann`, every other record of the same person, and their identifiers. */
  readonly names: ReadonlySet<string>;
  /** When the patient comes of age; undefined when no date of birth is on file. */
  readonly majority: Instant | undefined;
};

/** INVARIANT: holds nothing of the text of a consent that deciding does not need; thousands of programs are kept. */
export type CompiledConsent = ConsentVersion & {
  readonly fhirVersion: FhirVersion;
  /** The policies it stands on, for whoever must name them. */
  readonly policies: readonly string[];
  /** When it is in force (EV-2). */
  readonly period: Period;
  /** All that its date may mean. */
  readonly dated: Period | undefined;
  readonly rules: readonly CompiledRule[];
  readonly defects: readonly Defect[];
  /** While one of these lasts it is about the patient: as a member of its Group (EV-4). */
  readonly concerns: readonly Period[];
  /** `system|code`; undefined where they are not all said in code. */
  readonly categories: readonly string[] | undefined;
  /** Not of care alone (EV-5). */
  readonly isAboutData: boolean;
  /** Given by the patient in person. */
  readonly isOwn: boolean;
  /** When what a parent signed ends (PR-3). */
  readonly agesOut: Instant | undefined;
  /** Places in the program of the consents that supersede it while they are in force (C-3). */
  readonly supersededBy: readonly number[];
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
  /** Says its own type (R4): consulted whether or not its parent matched (N-6). */
  readonly explicit: boolean;
  readonly condition: CompiledCondition;
  readonly period: Period;
  readonly children: readonly CompiledProvision[];
  /** Whether something below it is consulted although it did not match. */
  readonly leadsToExplicit: boolean;
  readonly path: string;
};

/** Everything present must hold; of each list one suffices. */
export type CompiledCondition = {
  readonly effect: Effect;
  readonly purposes: CodeSet<string> | undefined;
  readonly actions: CodeSet<Action> | undefined;
  readonly actors: readonly CompiledActor[] | undefined;
  readonly data: readonly DataTest[];
  readonly expression: Expression | undefined;
  readonly limits: readonly string[];
};

/** Everything the codes cover. `uncoded`: the element says more than its codes, in words or in codes we do not know. */
export type CodeSet<Code> = { readonly codes: readonly ReadonlySet<Code>[]; readonly uncoded: boolean };

/** One element of a provision that is about data, and what of it suffices. */
export type DataTest = { readonly element: DataElement; readonly anyOf: readonly Atom[] };
export type DataElement = 'label' | 'content' | 'code' | 'dataPeriod' | 'data' | 'expression';

export type CompiledActor =
  | { readonly kind: 'author'; readonly atom: Atom }
  | { readonly kind: 'custodian'; readonly is: Truth }
  | { readonly kind: 'role'; readonly roles: readonly string[] }
  | { readonly kind: 'party'; readonly party: CompiledParty };

export type CompiledParty = {
  /** Empty when nobody can tell who is meant. */
  readonly names: readonly string[];
  /** How another name of the same kind begins; undefined for what may have anybody in it. */
  readonly kin: string | undefined;
  readonly isOnFile: boolean;
  /** While the relation of a RelatedPerson on file lasts: outside it no permit means that person. */
  readonly lasting: readonly Period[] | undefined;
  readonly groups: readonly {
    readonly isListed: boolean;
    readonly during: readonly Period[];
    readonly members: ReadonlyMap<string, readonly Period[]>;
    /** Members that are collectives themselves. */
    readonly within: readonly { readonly party: CompiledParty; readonly during: Period }[];
  }[];
  readonly offices: readonly {
    readonly during: readonly Period[];
    readonly practitioner: readonly string[];
    readonly organization: readonly string[];
  }[];
};
