/** One request on its way through the engine: about everything, or about one resource. */
import type { ResourceFacts } from './facts.ts';
import type { Logic } from './logic.ts';
import type { Party } from './party.ts';
import type { Program } from './program.ts';
import type { AccessRequest } from './request.ts';

export type Question<T> = {
  readonly program: Program;
  readonly party: Party;
  readonly request: AccessRequest;
  /** In which values it is answered. */
  readonly logic: Logic<T>;
  /** The one resource it is about. */
  readonly about: ResourceFacts | undefined;
};

export const isBreakGlass = ({ purposes }: AccessRequest): boolean => purposes.includes('BTG');
/** A broken glass opens nothing for another purpose beside it (case 74). */
export const isBreakGlassAlone = ({ purposes }: AccessRequest): boolean =>
  purposes.length > 0 && purposes.every((purpose) => purpose === 'BTG');
export const isWriting = ({ action }: AccessRequest): boolean => action === 'collect' || action === 'correct';
