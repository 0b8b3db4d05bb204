/** Consents as patients give them, ten provisions each: who may, what for, and what to keep from whom. */
import type { Conditions, Effect, Meaning, Rule } from './meaning.ts';
import {
  allCodes,
  askedAt,
  employedBy,
  kindNames,
  type Pick,
  sensitivities,
  someSpan,
  type World,
} from './world.ts';

const shapes = ['R5 opt-in', 'R4 opt-in', 'R4 for some purposes', 'R5 opt-out'] as const;
type Shape = (typeof shapes)[number];

/** @param index which one of a patient's consents; those of several leave out the shape that permits all to all */
export function someConsent(pick: Pick, world: World, index: number, isAlone: boolean): Meaning {
  const shape = shapes[index % (isAlone ? 4 : 3)] ?? 'R5 opt-in';
  return {
    id: `c${index}`,
    ...said(shape, pick, world),
    period: { start: askedAt - 300 * day, end: askedAt + 400 * day },
  };
}

const day = 86_400_000;

function said(shape: Shape, pick: Pick, world: World): Omit<Meaning, 'id' | 'period'> {
  const permit = (...exceptions: Rule[]) => rule('permit', grant(pick, world), exceptions);
  const deny = (isOpen = false) => {
    const refused = refusal(pick, world);
    return rule('deny', refused, isOpen ? [rule('permit', opening(pick, world, refused), [])] : []);
  };
  const except = (isOpen = false) =>
    rule('deny', kept(pick), isOpen ? [rule('permit', opening(pick, world, {}), [])] : []);
  const brief = (effect: Effect) => withPeriod(effect === 'permit' ? permit() : deny(), pick);
  switch (shape) {
    case 'R5 opt-in': {
      const rules = [permit(except(true), except()), permit(except()), permit(except(true)), brief('permit')];
      return { fhirVersion: '5.0', base: 'deny', scope: {}, rules };
    }
    case 'R4 opt-in': {
      const permits = [permit(), permit(except()), permit(), brief('permit')];
      const denies = [deny(true), deny(), brief('deny')];
      return { fhirVersion: '4.0', base: 'deny', scope: {}, rules: [...permits, ...denies, permit()] };
    }
    case 'R4 for some purposes': {
      const purposes = pick.some(2, ['TREAT', 'HPAYMT', 'HOPERAT', 'PATRQT']);
      const scope: Conditions = { purposes, actors: pick.some(4, world.organizations) };
      const rules = [deny(true), deny(), deny(true), brief('deny'), deny(true), deny(), deny()];
      return { fhirVersion: '4.0', base: 'permit', scope, rules };
    }
    case 'R5 opt-out': {
      const rules = [deny(true), deny(true), deny(true), deny(true), deny(), brief('deny')];
      return { fhirVersion: '5.0', base: 'permit', scope: {}, rules };
    }
  }
}

const rule = (effect: Effect, conditions: Conditions, exceptions: readonly Rule[]): Rule => ({
  effect,
  ...conditions,
  exceptions,
});

/** One in three rules without exceptions holds for a time only, which may be over. */
function withPeriod(one: Rule, { chance, below }: Pick): Rule {
  if (chance(0.6)) return one;
  const start = askedAt - below(200) * day;
  return { ...one, period: { start, end: start + 100 * day } };
}

const grant = (pick: Pick, { organizations, practitioners }: World): Conditions =>
  pick.one<() => Conditions>([
    () => ({ actors: [pick.one(organizations)], purposes: ['TREAT'] }),
    () => ({
      actors: pick.some(2, organizations),
      purposes: ['TREAT', 'HPAYMT'],
      types: pick.some(4, kindNames),
    }),
    () => ({
      actors: pick.some(3, practitioners),
      actions: ['access', 'collect', 'use'],
      purposes: ['TREAT'],
    }),
    () => ({
      actors: pick.some(2, organizations),
      purposes: ['HRESCH'],
      types: pick.some(3, kindNames),
      confidentiality: 'N',
    }),
    () => ({
      actors: pick.some(2, organizations),
      codes: pick.some(12, allCodes),
      dataPeriod: someSpan(pick),
    }),
    () => ({
      actors: [...pick.some(1, organizations), ...pick.some(2, practitioners)],
      confidentiality: pick.one(['N', 'R']),
      actions: ['access', 'use', 'correct'],
    }),
    () => ({ actors: pick.some(2, practitioners), sensitivity: pick.some(2, sensitivities) }),
  ])();

const refusal = (pick: Pick, { organizations, practitioners }: World): Conditions =>
  pick.one<() => Conditions>([
    () => ({ actors: pick.some(2, organizations), sensitivity: pick.some(2, sensitivities) }),
    () => ({ actors: [pick.one(practitioners)] }),
    () => ({ actors: [pick.one(organizations)], purposes: pick.some(2, ['HOPERAT', 'HRESCH', 'HPAYMT']) }),
    () => ({ actors: [pick.one(organizations)], confidentiality: 'R', purposes: ['TREAT'] }),
    () => ({ actors: pick.some(2, organizations), codes: pick.some(6, allCodes), actions: ['disclose'] }),
    () => ({
      actors: pick.some(2, practitioners),
      types: pick.some(2, kindNames),
      dataPeriod: someSpan(pick),
    }),
    () => ({ purposes: ['HMARKT'], confidentiality: 'V' }),
  ])();

/** What is kept back of what is granted. */
const kept = (pick: Pick): Conditions =>
  pick.one<() => Conditions>([
    () => ({ sensitivity: pick.some(1, sensitivities) }),
    () => ({ confidentiality: pick.one(['R', 'V']) }),
    () => ({ types: [pick.one(kindNames)], purposes: ['COC', 'ETREAT', 'HPAYMT'] }),
    () => ({ codes: pick.some(6, allCodes), dataPeriod: someSpan(pick) }),
  ])();

function opening(pick: Pick, world: World, { actors = [] }: Conditions): Conditions {
  const employers = actors.filter((each) => each.startsWith('Organization/'));
  const staff = employers.flatMap((each) => employedBy(each, world));
  return pick.one<() => Conditions>([
    () => ({ purposes: ['ETREAT'] }),
    () => ({ actors: pick.some(3, staff.length > 0 ? staff : world.practitioners) }),
    () => ({ purposes: ['TREAT'], codes: pick.some(8, allCodes) }),
    () => ({ purposes: ['TREAT'], types: pick.some(3, kindNames), actions: ['access', 'use'] }),
  ])();
}
