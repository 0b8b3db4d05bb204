// Step 8: a refusal that tells the client nothing and the privacy officer everything.

import { decisionsAbout } from '../audit-trail.ts';
import type { Ticket } from '../parties/clinic-app.ts';
import type { Scene } from '../scene.ts';
import { beReferred } from './clinician-is-referred.ts';
import type { Step } from './step.ts';

export const researchIsDenied: Step = {
  title: 'A research request is denied',
  narration:
    'A researcher of the same hospital asks through her app, for research. Headwater says no and nothing else: not ' +
    'that there is a consent, and not what it says. The privacy officer sees which rule decided. Then she tries with ' +
    "the clinician's approval, and the hospital notices that it is about somebody else.",
  async run(scene) {
    const { upstreamTicket, returnTicket } = await beReferred(scene, scene.researchApp);
    const { status, body } = await scene.researchApp.ask('askConsents', upstreamTicket);
    scene.show('Headwater, token endpoint', { status, ...body });
    scene.check.equal([status, body['error']], [403, 'request_denied'], 'the answer');
    const told = Object.keys(body).filter((member) => !['error', 'error_description'].includes(member));
    scene.check.equal(told, [], 'what else the client was told');
    const text = JSON.stringify(body);
    scene.check.equal(
      [scene.recall('research').id, 'consent', 'HRESCH'].filter((word) => text.includes(word)),
      [],
      'words that tell why',
    );
    const denials = (await decisionsAbout(scene)).filter(({ outcome }) => outcome === 'deny');
    const [latest] = denials;
    scene.show('audit', latest);
    scene.check.equal(latest?.purposes, ['HRESCH'], 'the purpose on record');
    const rule = { consent: `Consent/${scene.recall('research').id}/_history/1`, path: '/provision' };
    scene.check.equal(latest?.basis[0], rule, 'the rule on record, most decisive first');
    await borrowApproval(scene, returnTicket);
  },
};

/** T1: an approval in other hands opens nothing, and the hospital hears of it. */
async function borrowApproval(
  { check, hospital, recall, researchApp, show }: Scene,
  ticket: Ticket,
): Promise<void> {
  const { status, body } = await researchApp.ask('present', { ...ticket, rpt: recall('rpt') });
  check.equal([status, body], [403, { error: 'request_denied' }], "presenting somebody else's approval");
  const [noticed] = (await hospital.ask('log')).slice(-1);
  show("hospital's log", noticed);
  check.equal(
    [noticed?.['reason'], noticed?.['suspicious']],
    ['wrong-requester', true],
    'what the hospital noticed',
  );
}
