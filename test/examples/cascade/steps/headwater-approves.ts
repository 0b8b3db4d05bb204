// Step 4: the app redeems the upstream ticket and gets an approval it can carry but not read anything from.

import { createRemoteJWKSet, jwtVerify } from 'jose';
import { decoded } from '../narrator.ts';
import type { Scene } from '../scene.ts';
import type { Step } from './step.ts';

/** Everything the app may read in an approval. */
const plainClaims = ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'sub'];

export const headwaterApproves: Step = {
  title: 'Headwater approves',
  narration:
    'The app takes the ticket to Headwater, proves who it is with its key, and shows a claim token signed by the ' +
    'hospital: this clinician, of this hospital, for treatment. Headwater reads the consents and issues an approval ' +
    '(an RPT) meant for the hospital alone. What is withheld is not in it.',
  async run(scene) {
    const ticket = scene.recall('upstreamTicket');
    const { status, headers, body, claimToken } = await scene.clinicApp.ask('askConsents', ticket);
    scene.show('claim token', decoded(claimToken));
    scene.check.equal(status, 200, `redeeming the ticket (${JSON.stringify(body)})`);
    scene.check.equal(headers['cache-control'], 'no-store', 'a token response is not cached');
    const rpt = String(body['access_token']);
    scene.show('RPT', decoded(rpt));
    await checkToken(scene, rpt);
    const again = await scene.clinicApp.ask('askConsents', ticket);
    scene.check.equal(
      [again.status, again.body['error']],
      [400, 'invalid_grant'],
      'a ticket is good for one use',
    );
    scene.note('rpt', rpt);
  },
};

async function checkToken({ check, directory, headwater, recall }: Scene, rpt: string): Promise<void> {
  const keys = createRemoteJWKSet(new URL(`${headwater.issuer}/oauth/jwks`));
  const { payload, protectedHeader } = await jwtVerify(rpt, keys, { issuer: headwater.issuer });
  check.equal(
    [protectedHeader.alg, protectedHeader.typ],
    ['ES256', 'at+jwt'],
    'algorithm and type (RFC 9068)',
  );
  check.equal(payload.aud, directory.organizationId, 'it is for the hospital and nobody else');
  const { exp = 0, iat = 0 } = payload;
  check.that(exp - iat <= 300 && exp > iat, 'it lives five minutes at most');
  const told = Object.keys(payload).filter((claim) => !plainClaims.includes(claim));
  check.equal(told, [], 'what else the app could read in it');
  const secrets = [directory.patient, recall('treatment').id, recall('research').id, recall('handle')];
  const text = JSON.stringify(payload);
  check.equal(
    secrets.filter((secret) => text.includes(secret)),
    [],
    'patient, consents and record in it',
  );
}
