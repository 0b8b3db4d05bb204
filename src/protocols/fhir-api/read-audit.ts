/** AuditEvent, to read and to search: the record of decisions in the version asked for (audit.md §4). */
import type { Caller } from '../../access/caller.ts';
import type { AuditQuery, DecisionEntry } from '../../audit/audit-log.ts';
import { renderDecisionR4 } from '../../audit/render-r4.ts';
import { renderDecisionR5 } from '../../audit/render-r5.ts';
import type { Reply } from '../../base/endpoint.ts';
import type { Failure } from '../../base/failure.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { searchset } from '../../fhir/bundle.ts';
import { type FhirVersion, isR5 } from '../../fhir/version.ts';
import type { FhirApiDeps, FhirBase } from './base.ts';
import { meeting, patientNamed } from './criteria.ts';
import { notFound } from './failures.ts';
import { pageLinks } from './links.ts';
import { answerVersion } from './negotiate.ts';
import { preferenceIn } from './prefer.ts';
import { isId } from './read-resource.ts';
import { readSearch, type SearchRequest } from './read-search.ts';
import { fhirReply } from './represent.ts';
import { readToken, unescaped } from './search-parameters.ts';
import type { FhirCall } from './wire.ts';

export async function readAuditEvent(
  deps: FhirApiDeps,
  base: FhirBase,
  call: FhirCall<{ readonly id: string }>,
): Promise<Result<Reply, Failure>> {
  const version = answerVersion(base, call);
  if (!version.ok) return version;
  if (!isId(call.params.id)) return err(notFound);
  const query = withinReach({ id: [call.params.id] }, call.caller);
  const { entries } = await deps.audit.find(query, { count: 1, offset: 0 });
  const [entry] = entries;
  return entry
    ? ok(fhirReply(200, version.value, rendered(entry, version.value, deps.issuer)))
    : err(notFound);
}

/** `agent` takes the modifier `:identifier` alone: of agents we know the client by its identifier. */
export const auditSearchParameters = ['_id', 'patient', 'outcome', 'agent:identifier'] as const;

export async function searchAuditEvents(
  deps: FhirApiDeps,
  base: FhirBase,
  call: FhirCall,
): Promise<Result<Reply, Failure>> {
  const version = answerVersion(base, call);
  if (!version.ok) return version;
  const asked = readSearch(call.query, auditSearchParameters, preferenceIn(call.headers).handling);
  if (!asked.ok) return asked;
  const page = asked.value.countOnly ? { count: 0, offset: 0 } : asked.value.page;
  const query = withinReach(auditQuery(asked.value.criteria, deps.issuer), call.caller);
  const { entries, total } = await deps.audit.find(query, page);
  const address = `${deps.issuer}${base.path}/AuditEvent`;
  const matches = entries.map((entry) => ({
    fullUrl: `${address}/${entry.id}`,
    resource: rendered(entry, version.value, deps.issuer),
  }));
  return ok(fhirReply(200, version.value, searchset(matches, total, pageLinks(address, asked.value, total))));
}

function auditQuery(criteria: SearchRequest['criteria'], issuer: string): AuditQuery {
  const id = meeting(criteria.get('_id'), unescaped);
  const patient = meeting(criteria.get('patient'), (value) => patientNamed(value, issuer));
  const outcome = meeting(criteria.get('outcome'), (value) => outcomes.get(readToken(value).value));
  const client = meeting(criteria.get('agent:identifier'), (value) => readToken(value).value);
  return {
    ...(id ? { id } : {}),
    ...(patient ? { patient: patient.map((one) => `Patient/${one}`) } : {}),
    ...(outcome ? { outcome: outcome as AuditQuery['outcome'] } : {}),
    ...(client ? { client } : {}),
  } as AuditQuery;
}

const outcomes: ReadonlyMap<string, string> = new Map([
  ['0', 'permit'],
  ['8', 'deny'],
]);

/** INVARIANT: a client limited to patients or organizations is answered about these alone. */
function withinReach(query: AuditQuery, { patients, organizations }: Caller): AuditQuery {
  if (patients)
    return { ...query, patient: query.patient?.filter((patient) => patients.includes(patient)) ?? patients };
  return organizations ? { ...query, managedBy: organizations } : query;
}

const rendered = (entry: DecisionEntry, version: FhirVersion, issuer: string) =>
  isR5(version) ? renderDecisionR5(entry, issuer) : renderDecisionR4(entry, issuer);
