/** The actions a provision covers (M-9, R-13). */
import type { Coded, Effect } from '../../consent/consent.ts';
import { type Coding, codeSystems } from '../../fhir/coding.ts';
import type { CodeSet } from '../program.ts';
import { type Action, actions } from '../request.ts';

export const actionsOf = ({ values, uncoded }: Coded<Coding>, effect: Effect): CodeSet<Action> => ({
  codes: values.map((action) => actionsCovered(action, effect)),
  uncoded: uncoded || values.some((action) => !isAction(action)),
});

const actionSystems: ReadonlySet<string | undefined> = new Set([
  codeSystems.consentAction,
  'http://hl7.org/fhir/consentaction',
  undefined,
]);

const isAction = ({ system, code }: Coding): boolean =>
  actionSystems.has(system) && actions.some((each) => each === code);

/** `correct` includes the retrieval it needs, so permitting it permits access and denying access denies it. */
function actionsCovered(coding: Coding, effect: Effect): ReadonlySet<Action> {
  const action = isAction(coding) ? actions.find((each) => each === coding.code) : undefined;
  if (!action) return noAction;
  if (effect === 'permit' && action === 'correct') return accessAndCorrect;
  return effect === 'deny' && action === 'access' ? accessAndCorrect : alone[action];
}

const noAction: ReadonlySet<Action> = new Set();
const accessAndCorrect: ReadonlySet<Action> = new Set(['access', 'correct']);
const alone: Readonly<Record<Action, ReadonlySet<Action>>> = {
  collect: new Set(['collect']),
  access: new Set(['access']),
  use: new Set(['use']),
  disclose: new Set(['disclose']),
  correct: new Set(['correct']),
};
