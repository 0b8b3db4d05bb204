/** What a generated consent means, before anybody's language says it: the common source of all contenders. */

export type Effect = 'permit' | 'deny';
export type Code = { readonly system: string; readonly code: string };
/** Milliseconds, both inclusive. */
export type Span = { readonly start: number; readonly end: number };

/** All that is present must hold; one value of each suffices. */
export type Conditions = {
  readonly purposes?: readonly string[];
  readonly actions?: readonly string[];
  /** `Organization/o1`, `Practitioner/p1`. */
  readonly actors?: readonly string[];
  readonly confidentiality?: string;
  readonly sensitivity?: readonly string[];
  readonly types?: readonly string[];
  readonly codes?: readonly Code[];
  readonly dataPeriod?: Span;
  /** When the rule itself holds. */
  readonly period?: Span;
};

export type Rule = Conditions & { readonly effect: Effect; readonly exceptions: readonly Rule[] };

/** Said in R5, nested rules hold within their parent; said in R4 with types, wherever they match themselves (N-6). */
export type Meaning = {
  readonly id: string;
  readonly fhirVersion: '4.0' | '5.0';
  readonly base: Effect;
  /** What a base permit of R4 is limited to. */
  readonly scope: Conditions;
  readonly rules: readonly Rule[];
  readonly period: Span;
};

/** Conditions as one effect tests them: what a permit needs in full, a deny meets in part (fhir-consent.md §6.5). */
export type Test = Conditions & { readonly effect: Effect };

export type Said = {
  /** Any of them permits. */
  readonly permits: readonly Test[];
  /** Any of them refuses: where every `when` holds and no `unless`. */
  readonly denies: readonly { readonly when: readonly Test[]; readonly unless: readonly Test[] }[];
};

/**
 * The tree laid flat. A deny wins over every permit, so a permit need not say what is refused below it; a base deny only
 * grants nothing else (§6.4.5), and says nothing here.
 */
export function saidBy({ fhirVersion, base, scope, rules }: Meaning): Said {
  const isTyped = fhirVersion === '4.0';
  const own = base === 'permit' ? [{ ...scope, effect: base }] : [];
  const parts = rules.map((rule) => saidByRule(inherit(rule, scope, isTyped), isTyped));
  return {
    permits: [...own, ...parts.flatMap(({ permits }) => permits)],
    denies: parts.flatMap(({ denies }) => denies),
  };
}

function saidByRule(rule: Rule, isTyped: boolean): Said {
  const exceptions = rule.exceptions.map((exception) => inherit(exception, rule, isTyped));
  if (rule.effect === 'deny') {
    // An exception of R5 permits within the deny, where something above permits already or nothing does.
    return { permits: isTyped ? exceptions : [], denies: [{ when: [rule], unless: exceptions }] };
  }
  const denies = exceptions.map((exception) => ({
    when: isTyped ? [exception] : [rule, exception],
    unless: exception.exceptions,
  }));
  return { permits: [rule], denies };
}

/** A typed rule takes over what it does not say of purpose, action and actor. */
function inherit(rule: Rule, { purposes, actions, actors }: Conditions, isTyped: boolean): Rule {
  if (!isTyped) return rule;
  return {
    ...(purposes ? { purposes } : {}),
    ...(actions ? { actions } : {}),
    ...(actors ? { actors } : {}),
    ...rule,
  };
}
