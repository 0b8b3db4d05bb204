// Step 2: the record becomes a resource that Headwater protects.

import { decodeJwt } from 'jose';
import { recordId } from '../people.ts';
import type { Step } from './step.ts';

export const hospitalRegistersRecord: Step = {
  title: 'The hospital registers her record with Headwater',
  narration:
    "The hospital's own authorization server gets a token for Headwater's protection API (a PAT) and registers the " +
    'record. From now on both sides speak of it by an opaque handle, so no ticket and no token names the patient.',
  async run({ check, directory, headwater, hospital, note, show }) {
    const { handle, pat } = await hospital.ask('enrol', { id: recordId, owner: directory.patient });
    const { scope, aud, exp = 0, iat = 0 } = decodeJwt(pat);
    show('PAT', { aud, scope, lifetimeSeconds: exp - iat });
    show('record', { ownName: recordId, handleAtHeadwater: handle });
    check.equal(scope, 'uma_protection', 'what the PAT is good for');
    check.equal(aud, headwater.issuer, 'whom the PAT is for');
    check.that(exp - iat <= 3600, 'a PAT lives an hour at most');
    check.that(handle !== '' && !directory.patient.includes(handle), 'the handle tells nothing');
    note('handle', handle);
  },
};
