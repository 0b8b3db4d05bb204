/** The one question every door asks: may this requester do this? Prepares what it takes, and decides. */
import type { RandomBytes } from '../base/clock.ts';
import { randomId } from '../base/ids.ts';
import type { Instant } from '../base/instant.ts';
import { compile } from '../decision/compile.ts';
import { decide } from '../decision/decide.ts';
import { type Decision, denial } from '../decision/decision.ts';
import { identify, type Party } from '../decision/party.ts';
import type { CompiledConsent, Program } from '../decision/program.ts';
import type { AccessRequest } from '../decision/request.ts';
import type { ReadEvidence } from './evidence.ts';
import {
  createProgramCache,
  createPrograms,
  type Engine,
  type Prepared,
  type ProgramCache,
} from './programs.ts';
import type { AccessSettings } from './settings.ts';

export type Decided = {
  readonly id: string;
  readonly request: AccessRequest;
  readonly decision: Decision;
  /** The consents on file, for whoever must name those the answer rests on. */
  readonly consents: readonly ConsentOnFile[];
  /** Names every version that was read for it (D-1); empty when nothing was. */
  readonly inputs: string;
  /** It was asked as of this earlier instant. */
  readonly asOf?: Instant;
  /** The engine failed, and closed. */
  readonly failed?: true;
};

export type ConsentOnFile = Pick<CompiledConsent, 'id' | 'version' | 'fhirVersion' | 'policies'>;

/**
 * One decision per request, in order. Writes nothing. `asOf`: on what was stored at that instant, as the answer would
 * have been given then; absent means on what is stored now.
 */
export type DecideAccess = (
  requests: readonly AccessRequest[],
  options?: { readonly asOf?: Instant },
) => Promise<readonly Decided[]>;

export type DecisionEngine = Engine<Program, Party> & {
  readonly decide: (program: Program, party: Party, request: AccessRequest) => Decision;
};
export const ownEngine: DecisionEngine = { compile, identify, decide };

/** Programs and parties as they were compiled; see `ProgramCache`. */
export type DecisionCache = ProgramCache<Program, Party>;
export const createDecisionCache = (): DecisionCache => createProgramCache();

export type DecideAccessDeps = {
  readonly evidence: ReadEvidence;
  readonly settings: AccessSettings;
  readonly random: RandomBytes;
  readonly log: (event: string, facts: Readonly<Record<string, unknown>>) => void;
  /** Absent: one that lives as long as this function. */
  readonly cache?: DecisionCache;
  readonly engine?: DecisionEngine;
};

export function createDecideAccess(deps: DecideAccessDeps): DecideAccess {
  const { engine = ownEngine, cache = createDecisionCache() } = deps;
  const prepare = createPrograms({ ...deps, engine, cache });
  return async (requests, { asOf } = {}) => {
    const prepared = await prepare(requests, asOf);
    return requests.flatMap((request, at) => {
      const given = prepared[at];
      if (!given) return [];
      const id = randomId(deps.random);
      const { decision, error } = decideOne(
        engine,
        given,
        asOf === undefined ? request : { ...request, at: asOf },
      );
      if (error !== undefined) deps.log('decision.failed', { id, error });
      return {
        id,
        request,
        decision,
        inputs: given.inputs,
        consents: given.program.ok ? given.program.value.consents : [],
        ...(asOf === undefined ? {} : { asOf }),
        ...(error === undefined ? {} : { failed: true as const }),
      };
    });
  };
}

type Answer = { readonly decision: Decision; readonly error?: unknown };

/** A bug of the engine closes what it meets (EV-3), and nothing beside it. */
function decideOne(
  engine: DecisionEngine,
  { program, party }: Prepared<Program, Party>,
  request: AccessRequest,
): Answer {
  if (!program.ok) return undecidable(program.failure);
  if (!party.ok) return undecidable(party.failure);
  try {
    return { decision: engine.decide(program.value, party.value, request) };
  } catch (error) {
    return undecidable(error);
  }
}

const undecidable = (error: unknown): Answer => ({
  error: error ?? new Error('nothing was thrown'),
  decision: denial('unreadable-consent'),
});
