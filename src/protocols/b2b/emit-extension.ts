/** Emits an `hl7-b2b` object that carries a verifiable consent assertion, or one refusal for every reason not to. */
import type { Caller } from '../../access/caller.ts';
import type { ConsentOnFile, DecideAccess, Decided } from '../../access/decide-access.ts';
import { consentUrl, permittingConsents } from '../../access/describe-consent.ts';
import type { FindPatient } from '../../access/find-on-file.ts';
import { nobody, patientInReach } from '../../access/patient-in-reach.ts';
import { recordOf } from '../../access/record-of.ts';
import { levelsAllowing } from '../../access/scope.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { Instant } from '../../base/instant.ts';
import { fromJson } from '../../base/present.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Transact } from '../../base/transact.ts';
import { awaitsApproval } from '../../decision/decision.ts';
import type { AccessRequest } from '../../decision/request.ts';
import { purposeFromText, udapPurpose } from '../../labeling/purpose-of-use.ts';
import type { B2bReason } from './failures.ts';
import { type VerifiedRequester, type VerifyDeps, verifyRequester } from './verify-requester.ts';
import type { B2bObject, ExtensionRequest } from './wire.ts';

export type B2bDeps = VerifyDeps & {
  readonly decide: DecideAccess;
  readonly findPatient: FindPatient;
  readonly transact: Transact<{ readonly audit: AuditLog }>;
};

type Asked = {
  readonly body: ExtensionRequest;
  readonly caller: Caller;
  readonly at: Instant;
  readonly requestId: string;
};

export async function emitExtension(deps: B2bDeps, asked: Asked): Promise<Result<B2bObject, B2bReason>> {
  const { body, caller, at } = asked;
  const purposes = body.purpose_of_use.map(purposeFromText);
  if (!purposes.every((purpose) => purpose !== undefined)) return err('unknown-purpose');
  const verified = await verifyRequester(deps, fromJson(body.requester), at);
  if (!verified) return err('requester-not-on-file');
  const patient = await patientToAskAbout(deps, asked, verified);
  const requests = [...new Set(purposes)].map((purpose) => ({
    patient,
    requester: verified.requester,
    // Data named in an assertion crosses organizations (fhir-consent.md M-9).
    action: 'disclose' as const,
    // One by one, so that a purpose the patient refuses does not take the others along (§6.1).
    purposes: [purpose],
    at,
  }));
  const decided = await decideAndRecord(deps, asked, requests);
  const permitted = decided.filter(
    ({ decision }) => decision.outcome === 'permit' && !awaitsApproval(decision),
  );
  if (permitted.length === 0) return err('not-permitted');
  return ok({
    version: '1',
    ...verified.members,
    purpose_of_use: permitted.flatMap(({ request }) => request.purposes.map(udapPurpose)),
    ...consentAssertion(deps.issuer, permitted, caller),
  });
}

/** A client speaks for the organizations of its registration alone; for another it is told what it is told of nobody. */
async function patientToAskAbout(
  { findPatient }: B2bDeps,
  { body, caller }: Asked,
  { organization }: VerifiedRequester,
): Promise<string> {
  if (caller.organizations && !caller.organizations.includes(organization)) return nobody;
  return await patientInReach(findPatient, caller, body.patient);
}

async function decideAndRecord(
  { decide, transact }: B2bDeps,
  { caller, requestId }: Asked,
  requests: readonly AccessRequest[],
): Promise<readonly Decided[]> {
  const decided = await decide(requests);
  const circumstances = { door: 'b2b', clientId: caller.clientId, tokenId: caller.tokenId, requestId };
  await transact(({ audit }) => audit.append(decided.map((each) => recordOf(each, circumstances))));
  return decided;
}

type ConsentAssertion = Partial<Pick<B2bObject, 'consent_policy' | 'consent_reference'>>;

/** A reference is of use only to whoever may follow it, and stands only beside a policy (§5.2.1.1, §6.1). */
function consentAssertion(issuer: string, permitted: readonly Decided[], caller: Caller): ConsentAssertion {
  const consents = unique(permitted.flatMap(permittingConsents));
  const policies = [...new Set(consents.flatMap((each) => each.policies))];
  if (policies.length === 0) return {};
  const mayRead = levelsAllowing(caller.scopes, 'Consent', 'r').length > 0;
  const references = consents
    .filter((consent) => consent.policies.length > 0)
    .map((each) => consentUrl(issuer, each));
  return { consent_policy: policies, ...(mayRead ? { consent_reference: references } : {}) };
}

const unique = (consents: readonly ConsentOnFile[]): readonly ConsentOnFile[] => [
  ...new Map(consents.map((consent) => [consent.id, consent])).values(),
];
