/** A request that waits, in codes for programs and in a sentence for the patient. */

import type { z } from 'zod';
import { formatInstant } from '../../../base/instant.ts';
import type { Action } from '../../../decision/request.ts';
import { codeSystems } from '../../../fhir/coding.ts';
import { displayOf } from '../../../labeling/displays.ts';
import { purposeCoding } from '../../../labeling/purpose-of-use.ts';
import { type AskedAccess, askedAccess } from '../permission/asked-access.ts';
import { approvalDays } from './approving-consent.ts';
import { plainName, quoted } from './plain-name.ts';
import type { RequestOnFile } from './submitted-request-store.ts';
import type { waitingRequest } from './user-wire.ts';

export function describeRequest(request: RequestOnFile): z.output<typeof waitingRequest> {
  const { party } = request;
  const { subject_role: roles } = party.asserted;
  const name = plainName(party.asserted.subject_name);
  const organization = plainName(party.asserted.subject_organization);
  return {
    id: request.id,
    text: inWords(request),
    submittedAt: formatInstant(request.submittedAt),
    expiresAt: formatInstant(request.expiresAt),
    client: { id: request.client.id, name: request.client.name },
    requester: {
      issuer: party.issuer,
      subject: party.subject,
      ...(name === undefined ? {} : { name }),
      ...(organization === undefined ? {} : { organization }),
      ...(party.requester.organization === undefined ? {} : { organizationId: party.requester.organization }),
      ...(roles === undefined ? {} : { roles }),
    },
    purposes: party.purposes.map((code) => displayed(purposeCoding(code))),
    asked: askedAccess(request.permissions).map(({ actions, types }) => ({
      actions: actions.map((code) => ({
        ...{ system: codeSystems.consentAction, code },
        display: actionInWords(code),
      })),
      ...(types === undefined ? {} : { types: [...types] }),
    })),
    ...(request.answer === undefined ? {} : { answer: request.answer }),
  };
}

const displayed = (coding: { readonly system?: string; readonly code: string }) => ({
  ...coding,
  display: displayOf(coding),
});

/**
 * `“Dr. T” of “Clinic A” asks through “My app”: look at: Observation. Purpose: treatment. …` INVARIANT: every word of
 * somebody else's stands in quotation marks, and no other words do.
 */
function inWords(request: RequestOnFile): string {
  const { party, permissions } = request;
  const { subject_name, subject_organization, subject_organization_id } = party.asserted;
  const who = quoted(plainName(subject_name) ?? party.subject);
  const organization = plainName(subject_organization) ?? plainName(subject_organization_id);
  const from = organization === undefined ? '' : ` of ${quoted(organization)}`;
  const what = askedAccess(permissions).map(accessInWords).join('; ');
  const why = party.purposes.map((code) => displayOf(purposeCoding(code))).join(', ');
  return `${who}${from} asks through ${clientsInWords(request)}: ${what}. Purpose: ${why}. Your approval would hold for ${approvalDays} days, whichever app they use and wherever this data is kept. Who asks, for whom and why is on the word of ${party.issuer} alone.`;
}

/** A server that asks in the back channel does so for a client (cascaded-authorization.md D8, T4). */
function clientsInWords({ client, party, behindName }: RequestOnFile): string {
  const { clientId } = party.requester;
  const behind =
    clientId === undefined || clientId === client.id ? '' : ` for ${quoted(behindName ?? clientId)}`;
  return `${quoted(client.name)}${behind}`;
}

/** A yes to `correct` is one to deleting, since nothing else in a consent speaks of that. */
const actionInWords = (code: Action): string =>
  code === 'correct' ? 'look at, change or delete' : displayOf({ system: codeSystems.consentAction, code });

const accessInWords = ({ actions, types }: AskedAccess): string => {
  const verbs = actions.map(actionInWords).join(', ');
  return `${verbs}: ${types === undefined ? 'all data' : types.join(', ')}`;
};
