// Step 3: the hospital's own policy is content, the patient's is not known yet: the app is sent to Headwater.

import { isObject, type Json } from '../../../../src/base/json.ts';
import { approvalTokenFormat } from '../../../../src/sdk/index.ts';
import type { ClinicApp, Ticket } from '../parties/clinic-app.ts';
import type { Seen } from '../parties/exchange-http.ts';
import type { Party } from '../party-line.ts';
import type { Scene } from '../scene.ts';
import type { Step } from './step.ts';

export const clinicianIsReferred: Step = {
  title: "A clinician's app asks, and is referred to the patient's consent authority",
  narration:
    'The record server wants a token and hands the app a ticket. The hospital knows the clinician and allows her the ' +
    'record, but does not know what the patient wants. It gets a ticket from Headwater and answers `need_info`: bring ' +
    'an approval from there.',
  async run(scene) {
    const { returnTicket, upstreamTicket } = await beReferred(scene, scene.clinicApp);
    scene.note('returnTicket', returnTicket);
    scene.note('upstreamTicket', upstreamTicket);
  },
};

/** Reads without a token, and takes the record server's ticket to the hospital. */
export async function beReferred(
  scene: Scene,
  app: Party<ClinicApp>,
): Promise<{ readonly returnTicket: Ticket; readonly upstreamTicket: Ticket }> {
  const ticket = await knock(scene, app);
  const { status, body } = await app.ask('askHospital', ticket);
  scene.show('hospital, token endpoint', { status, ...body });
  scene.check.equal(status, 403, 'the status of a referral');
  scene.check.equal(body['error'], 'need_info', 'the code of a referral');
  const [required] = listIn(body['required_claims']);
  scene.check.equal(required?.['issuer'], [scene.headwater.issuer], 'whose approval is asked for');
  scene.check.equal(required?.['claim_token_format'], [approvalTokenFormat], 'how it is to be brought back');
  const [upstream] = listIn(body['upstream']);
  scene.check.equal(upstream?.['as_uri'], scene.headwater.issuer, 'where the upstream ticket is good');
  const returnTicket = { asUri: ticket.asUri, ticket: String(body['ticket']) };
  const upstreamTicket = { asUri: String(upstream?.['as_uri']), ticket: String(upstream?.['ticket']) };
  const tickets = new Set([ticket.ticket, returnTicket.ticket, upstreamTicket.ticket]);
  scene.check.equal(tickets.size, 3, 'three different tickets');
  return { returnTicket, upstreamTicket };
}

/** UMA Grant §3.2.1: 401 with the authorization server to ask, and a ticket for it. */
export async function knock(scene: Scene, app: Party<ClinicApp>): Promise<Ticket> {
  const refused = await app.ask('read', { path: '/fhir/Observation' });
  scene.check.equal(refused.status, 401, 'reading without a token');
  return ticketIn(refused);
}

export function ticketIn({ headers }: Seen): Ticket {
  const challenge = headers['www-authenticate'] ?? '';
  const parameter = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  return { asUri: parameter('as_uri'), ticket: parameter('ticket') };
}

const listIn = (value: Json | undefined) =>
  (Array.isArray(value) ? value : []).filter((item) => isObject(item));
