/** A patient who says at the browser that they ask for their own record: on our own word, since they signed in here. */
import { type Instant, plusSeconds } from '../../../base/instant.ts';
import { purposeCoding } from '../../../labeling/purpose-of-use.ts';
import type { Client } from '../../authorization-server/client.ts';
import { accountIdentifier } from '../party/account.ts';
import type { RequestingParty } from '../party/requesting-party.ts';

/** As long as a session that nobody uses: somebody else may sit there then (UMA Grant §5.1). */
const claimsSeconds = 15 * 60;
const purpose = 'PATRQT';

/** Of which record the ticket is does not matter: only of their own does the decision know them as the patient. */
export function ownRecordParty(
  issuer: string,
  patient: string,
  client: Pick<Client, 'id'>,
  at: Instant,
): RequestingParty {
  const { system = '', code } = purposeCoding(purpose);
  return {
    issuer,
    subject: patient,
    requester: {
      type: 'patient',
      reference: patient,
      // As every party is known: under it another patient may permit them (`approving-consent.ts`).
      identifiers: [accountIdentifier(issuer, { issuer, subject: patient })],
      clientId: client.id,
    },
    purposes: [purpose],
    asserted: { purpose_of_use: [{ system, code }] },
    expiresAt: plusSeconds(at, claimsSeconds),
  };
}
