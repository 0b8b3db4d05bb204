/** One consult: who and whom, decide, say it in the words of the hook, redact what came along, record. */
import type { Caller } from '../../access/caller.ts';
import type { DecideAccess } from '../../access/decide-access.ts';
import type { FindByIdentifier, FindPatient } from '../../access/find-on-file.ts';
import { recordOf } from '../../access/record-of.ts';
import type { AuditLog, Circumstances } from '../../audit/audit-log.ts';
import type { Failure } from '../../base/failure.ts';
import type { Instant } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import { fromJson } from '../../base/present.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Transact } from '../../base/transact.ts';
import { factsOf } from '../../decision/facts.ts';
import type { AccessRequest, Requester } from '../../decision/request.ts';
import type { DecisionSettings } from '../../decision/settings.ts';
import type { AskedClass } from '../../enforcement/asked-class.ts';
import { redactBundle } from '../../enforcement/redact-bundle.ts';
import { type Coding, codeSystems } from '../../fhir/coding.ts';
import { element, elements } from '../../fhir/read-element.ts';
import type { Resource } from '../../fhir/resource.ts';
import { askedClasses, typesIn } from './asked-classes.ts';
import { describeCard } from './describe-card.ts';
import { namesGiven } from './names.ts';
import { resolveActor } from './resolve-actor.ts';
import { resolvePatient } from './resolve-patient.ts';
import { type Settled, settle } from './settle.ts';
import type { ConsultRequest, Context } from './wire.ts';

export type ConsultDeps = {
  readonly issuer: string;
  readonly decide: DecideAccess;
  readonly findPatient: FindPatient;
  readonly findByIdentifier: FindByIdentifier;
  readonly transact: Transact<{ readonly audit: AuditLog }>;
  readonly settings: DecisionSettings;
};

type Asked = {
  readonly body: ConsultRequest;
  readonly caller: Caller;
  readonly at: Instant;
  readonly requestId: string;
  readonly address?: string;
};

export async function answerConsult(deps: ConsultDeps, asked: Asked): Promise<Result<JsonObject, Failure>> {
  const { context } = asked.body;
  const { settings } = deps;
  const requester = await resolveActor(deps.findByIdentifier, fromJson(context.actor), settings.ownBases);
  if (!requester.ok) return requester;
  const classes = askedClasses(context);
  const [decided] = await deps.decide([await accessRequest(deps, asked, requester.value, classes)]);
  if (!decided) throw new Error('a decision was asked and none came');
  const content = context.content as JsonObject | undefined;
  const settled = settle(decided, {
    asked: classes,
    hasContent: content !== undefined,
    unlabelledAs: settings.unlabelledAs,
  });
  await record(deps, asked, settled);
  return ok(describeCard(deps.issuer, settled, content && shownOf(deps, context, settled, content)));
}

async function accessRequest(
  { findPatient, settings }: ConsultDeps,
  { body: { context }, caller, at }: Asked,
  requester: Requester,
  classes: readonly AskedClass[] | undefined,
): Promise<AccessRequest> {
  const { patientId, purposeOfUse = [] } = context;
  const categories = categoriesOf(context);
  const resourceTypes = typesIn(classes);
  return {
    patient: await resolvePatient(findPatient, caller, fromJson(patientId), settings.ownBases),
    requester,
    action: 'access',
    purposes: typeof purposeOfUse === 'string' ? [purposeOfUse] : purposeOfUse,
    ...(resourceTypes ? { resourceTypes } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    at,
  };
}

/** EV-5; the track of 2020 named the scope of the consents instead. */
const categoriesOf = ({ category = [], scope }: Context): readonly Coding[] => [
  ...fromJson(category),
  ...(scope === undefined ? [] : [{ system: codeSystems.consentScope, code: scope }]),
];

/** Where nothing is permitted there is nothing to give back. */
function shownOf(
  { settings }: ConsultDeps,
  { patientId }: Context,
  { decided: { decision } }: Settled,
  content: JsonObject,
): JsonObject | undefined {
  if (decision.outcome === 'deny') return undefined;
  const patient = namesGiven(fromJson(patientId), settings.ownBases);
  return redactBundle(content, { filter: decision.filter, patient, settings });
}

async function record(deps: ConsultDeps, asked: Asked, { decided }: Settled): Promise<void> {
  const { caller, requestId, address } = asked;
  const circumstances: Circumstances = {
    door: 'cds-hooks',
    clientId: caller.clientId,
    requestId,
    tokenId: caller.tokenId,
    ...(address === undefined ? {} : { address }),
  };
  const content = asked.body.context.content as JsonObject | undefined;
  const candidates = elements(content, 'entry')
    .flatMap((entry) => element(entry, 'resource') ?? [])
    .map((resource) => factsOf(resource as Resource, deps.settings));
  await deps.transact(({ audit }) => audit.append([recordOf(decided, circumstances, candidates)]));
}
