/** What an action is in the words of consents: interactions of SMART, or the codes themselves (authzen.md §8.1). */
import { type Action, actions } from '../../decision/request.ts';

/** In the order of their letters: c r u d s. */
export const interactions = ['create', 'read', 'update', 'delete', 'search'] as const;

const meanings: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['create', 'collect'],
  ['read', 'access'],
  ['update', 'correct'],
  ['delete', 'correct'],
  ['search', 'access'],
  ...actions.map((code) => [code, code] as const),
]);

/** Undefined for a name that nobody here has a meaning for. */
export const actionMeant = (name: string): Action | undefined => meanings.get(name);
