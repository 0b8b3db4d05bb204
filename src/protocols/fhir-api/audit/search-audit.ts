/** AuditEvents over REST: read by id, searched, newest first; reading them is recorded as well (audit.md A-8). */
import type { AuditEntry, AuditQuery } from '../../../audit/audit-log.ts';
import type { Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { searchset } from '../../../fhir/bundle.ts';
import { idOfReference } from '../../../fhir/reference.ts';
import { shortened } from '../../../fhir/shorten.ts';
import type { FhirApiDeps, FhirBase } from '../base.ts';
import { notFound } from '../failures.ts';
import { isId } from '../is-id.ts';
import { preferenceIn } from '../prefer.ts';
import { type Presentation, presentationOf } from '../presentation.ts';
import { type Act, done } from '../record.ts';
import { fhirReply } from '../represent.ts';
import { pageLinks } from '../search/links.ts';
import { askedFor, pagedBy } from '../search/paging.ts';
import { type Pair, readSearch, type Searchable } from '../search/read-search.ts';
import type { FhirCall } from '../wire.ts';
import { auditParameters, auditQueryFrom } from './audit-criteria.ts';
import { findAuditEvents, renderedAudit } from './read-audit.ts';

export async function readAuditEvent(
  deps: FhirApiDeps,
  base: FhirBase,
  act: Act,
  call: FhirCall<{ readonly id: string }>,
): Promise<Result<Reply, Failure>> {
  const presentation = presentationOf(base, call);
  if (!presentation.ok) return presentation;
  const { id } = call.params;
  if (!isId(id)) return err(notFound);
  const { items } = await findAuditEvents(deps, call.caller, { id: [id] }, { count: 1, total: false });
  const [entry] = items;
  if (!entry) return err(notFound);
  await deps.audit.append(done(deps, act, call, { patients: patientsIn(items), what: `AuditEvent/${id}` }));
  return ok(fhirReply(200, presentation.value, shown(entry, presentation.value, deps.issuer)));
}

export async function searchAuditEvents(
  deps: FhirApiDeps,
  base: FhirBase,
  act: Act,
  call: FhirCall,
  form?: readonly Pair[],
): Promise<Result<Reply, Failure>> {
  const address = `${deps.issuer}${base.path}/AuditEvent`;
  const asked = await askedFor(deps, address, call, form);
  if (!asked.ok) return asked;
  const presentation = presentationOf(base, { headers: call.headers, query: asked.value.query });
  if (!presentation.ok) return presentation;
  const { version } = presentation.value;
  const search = readSearch(asked.value.pairs, searchable(version), preferenceIn(call.headers).handling);
  if (!search.ok) return search;
  const query = auditQueryFrom(search.value.criteria, version, deps.issuer, call.at);
  if (!query.ok) return query;
  const page = { ...search.value.page, ...asked.value.from };
  const found = await findAuditEvents(deps, call.caller, query.value, page);
  const entries = found.items.map((entry) => ({
    fullUrl: `${address}/${entry.id}`,
    resource: shown(entry, presentation.value, deps.issuer),
    mode: 'match' as const,
  }));
  const links = await pageLinks(
    pagedBy(deps, address, call, asked.value, {
      used: search.value.used,
      version,
    }),
    found,
  );
  await deps.audit.append(
    done(deps, act, call, { patients: [...patientsIn(found.items), ...patientsNamed(query.value)] }),
  );
  return ok(fhirReply(200, presentation.value, searchset(entries, found.total, links)));
}

function shown(entry: AuditEntry, { version, shape }: Presentation, issuer: string) {
  const event = renderedAudit(entry, version, issuer);
  return shape ? shortened(event, shape, version) : event;
}

/** Asked for, whether or not there is anything of them (audit.md A-6). */
const patientsNamed = ({ patient = [] }: AuditQuery): readonly string[] =>
  patient.map(idOfReference).filter(isId);

/** `Patient/ann` of the entries as logical ids. */
const patientsIn = (entries: readonly AuditEntry[]): readonly (string | undefined)[] =>
  entries.map(({ patient }) => patient?.replace('Patient/', ''));

/** Always newest first, and nothing comes along. */
const searchable = (version: Presentation['version']): Searchable => ({
  knows: (name) => {
    const names = auditParameters(version).map((parameter) => parameter.name);
    if (names.includes(name)) return 'yes';
    return names.some((known) => wordOf(known) === wordOf(name)) ? 'modifier' : 'no';
  },
  sortedBy: () => undefined,
  included: () => false,
});

/** `patient` of `patient:missing` and of `patient.identifier`. */
const wordOf = (name: string): string => name.split(/[:.]/, 1).join('');
