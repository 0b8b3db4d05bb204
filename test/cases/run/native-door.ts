/** The native decision API: the request of the case as it stands, with the candidates inline. */
import { parseInstant } from '../../../src/base/instant.ts';
import type { Answer, Door } from './answer.ts';
import type { DecisionCase } from './case-format.ts';
import { indexOfConsent } from './filed.ts';
import type { Stage } from './stage.ts';

export const nativeDoor: Door = {
  name: 'native',
  needsService: true,
  ask: async (given, stage) => {
    const nameless = (given.candidates ?? []).find(({ id }) => typeof id !== 'string');
    if (nameless) return { lacks: `a name for a ${nameless.resourceType} without id` };
    return answerOf(given, await decisionOn(given, stage));
  },
};

type Wire = {
  readonly outcome: 'permit' | 'deny';
  readonly reason: string;
  readonly basis: readonly { readonly consent: string; readonly path: string }[];
  readonly obligations: readonly string[];
  readonly conflict: boolean;
  readonly notAfter?: string;
  readonly visible?: readonly string[];
};

async function decisionOn({ request, candidates }: DecisionCase, stage: Stage): Promise<Wire> {
  const { token } = await stage.server();
  const { status, body } = await stage.send('/decisions', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ ...request, ...(candidates ? { candidates } : {}) }),
  });
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body as Wire;
}

const answerOf = (given: DecisionCase, wire: Wire): Answer => ({
  outcome: wire.outcome,
  visible: wire.visible ?? [],
  reason: wire.reason,
  basis: wire.basis.map(({ consent, path }) => ({ consent: indexOfConsent(given, consent), path })),
  obligations: wire.obligations,
  conflict: wire.conflict,
  notAfter: (wire.notAfter === undefined ? undefined : parseInstant(wire.notAfter)) ?? 'none',
});
