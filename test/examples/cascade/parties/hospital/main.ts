// The hospital: an enterprise authorization server of its own, which cannot issue a token on a patient's record until
// the patient's consent authority approves. Identity provider of its staff, too.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { JsonObject } from '../../../../../src/base/json.ts';
import { answering, beParty } from '../party.ts';
import { type Cascade, type Enrolment, joinCascade } from './cascade.ts';
import { openTransaction } from './permission-endpoint.ts';
import { makeProvider } from './provider.ts';
import type { HospitalSettings } from './settings.ts';
import { identityProvider } from './sign-in.ts';
import { keepTransactions } from './transactions.ts';

export type Hospital = {
  /** Starts serving. */
  readonly open: (settings: HospitalSettings) => Promise<void>;
  readonly enrol: (record: { readonly id: string; readonly owner: string }) => Promise<Enrolment>;
  /** What Headwater says of an approval at this moment. */
  readonly lookUp: (rpt: string) => Promise<JsonObject>;
  /** What was refused and why, which no app was told. */
  readonly log: () => Promise<readonly JsonObject[]>;
};

function hospital(issuer: string, server: Server): Hospital {
  const events: JsonObject[] = [];
  let joined: Cascade | undefined;
  const cascade = (): Cascade => {
    if (!joined) throw new Error('the hospital is not open yet');
    return joined;
  };

  async function open(settings: HospitalSettings): Promise<void> {
    const transactions = keepTransactions();
    const idp = identityProvider(issuer, settings);
    joined = await joinCascade({ issuer, settings, transactions, idp });
    const log = (event: JsonObject): void => void events.push(event);
    const provider = makeProvider(issuer, settings, { transactions, cascade: joined, idp, log });
    const signIn = answering((_, body) => idp.signIn(body));
    const permission = answering(({ headers }, body) =>
      openTransaction(provider, transactions, headers.authorization, body),
    );
    const everythingElse = provider.callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/sign-in') return signIn(request, response);
      if (request.url === '/uma/permission') return permission(request, response);
      return void everythingElse(request, response);
    });
  }

  async function enrol(record: { readonly id: string; readonly owner: string }): Promise<Enrolment> {
    const enrolled = await cascade().enrol(record.id, record.owner);
    if (!enrolled.ok) throw new Error(`${enrolled.failure.reason}: ${enrolled.failure.detail}`);
    return enrolled.value;
  }

  return { open, enrol, lookUp: async (rpt) => await cascade().lookUp(rpt), log: async () => events };
}

await beParty(hospital);
