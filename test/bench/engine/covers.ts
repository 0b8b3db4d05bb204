/** What the values of a condition reach, by the hierarchies of the published code systems. */
import { purposeAndBelow, sensitivityAndBelow } from '../../../src/labeling/vocabulary.ts';
import type { Test } from './meaning.ts';

/** Purposes that a permit covers only by naming them (L-14). */
export const explicitOnly: readonly string[] = ['BTG', 'MLTRAINING', 'HMARKT'];
const order = ['U', 'L', 'M', 'N', 'R', 'V'];

export const rankOf = (code: string): number => order.indexOf(code);

export function purposesOf({ purposes = [], effect }: Test): readonly string[] {
  const all = new Set(purposes.flatMap((code) => [...purposeAndBelow(code)]));
  const isReached = (code: string): boolean =>
    effect === 'deny' || purposes.includes(code) || !explicitOnly.includes(code);
  return [...all].filter(isReached);
}

/** Correcting includes retrieving. */
export function actionsOf({ actions = [], effect }: Test): readonly string[] {
  const [whole, part] = effect === 'permit' ? ['correct', 'access'] : ['access', 'correct'];
  return actions.includes(whole) ? [...new Set([...actions, part])] : actions;
}

export const sensitivitiesOf = ({ sensitivity = [] }: Test): readonly string[] => [
  ...new Set(sensitivity.flatMap((code) => [...sensitivityAndBelow(code)])),
];
