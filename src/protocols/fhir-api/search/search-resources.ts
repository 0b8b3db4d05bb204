/** GET [base]/[type]?…, POST [base]/[type]/_search and GET [base]/Patient/[id]/[type]: what matches within the caller's reach, a page at a time (FHIR R4 §3.1.1). */
import type { Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import { ok, type Result } from '../../../base/result.ts';
import { type SearchEntry, searchset } from '../../../fhir/bundle.ts';
import type { StoredResource } from '../../../fhir/resource.ts';
import type { PageOf, Question } from '../../../fhir/search.ts';
import type { FhirApiDeps, FhirBase } from '../base.ts';
import { isId } from '../is-id.ts';
import { preferenceIn } from '../prefer.ts';
import { type Presentation, presentationOf } from '../presentation.ts';
import { type Act, done } from '../record.ts';
import { fhirReply, represent } from '../represent.ts';
import type { ResourceKind } from '../resource-kind.ts';
import { reachIn } from '../who-may.ts';
import type { FhirCall } from '../wire.ts';
import { questionFrom } from './criteria.ts';
import { type Included, includedWith } from './include.ts';
import { pageLinks } from './links.ts';
import { askedFor, pagedBy } from './paging.ts';
import { type Pair, readSearch } from './read-search.ts';
import { searchableBy } from './searchable.ts';

/** What surrounds the criteria: the form of a POST, the patient whose compartment is searched. */
export type Around = { readonly form?: readonly Pair[]; readonly compartment?: string };

export async function searchResources(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  act: Act,
  call: FhirCall,
  { form, compartment }: Around = {},
): Promise<Result<Reply, Failure>> {
  const path = compartment === undefined ? kind.type : `Patient/${compartment}/${kind.type}`;
  const address = `${deps.issuer}${base.path}/${path}`;
  const asked = await askedFor(deps, address, call, form);
  if (!asked.ok) return asked;
  const presentation = presentationOf(base, { headers: call.headers, query: asked.value.query });
  if (!presentation.ok) return presentation;
  const { version } = presentation.value;
  const searchable = searchableBy(kind, version);
  const search = readSearch(asked.value.pairs, searchable, preferenceIn(call.headers).handling);
  if (!search.ok) return search;
  const { criteria, order, page, used } = search.value;
  const context = { issuer: deps.issuer, at: call.at };
  const question = questionFrom(kind.type, kind.parameters, version, criteria, context);
  if (!question.ok) return question;
  const asking = inCompartment(question.value, compartment);
  const found = await deps.resources.search(
    asking,
    order,
    { ...page, ...asked.value.from },
    reachIn(kind, call.caller),
  );
  const included = await includedWith(deps, kind, call, {
    matches: found.items,
    search: search.value,
    presentation: presentation.value,
  });
  const entries = entriesFor(deps, base, kind, { found, included, presentation: presentation.value });
  const links = await pageLinks(pagedBy(deps, address, call, asked.value, used), found);
  const patients = [...patientsIn(found, asking), ...included.map(({ patient }) => patient)];
  await deps.audit.append(done(deps, act, call, { patients }));
  return ok(fhirReply(200, presentation.value, searchset(entries, found.total, links)));
}

/** What cannot be an id is nobody's. */
const inCompartment = (question: Question, id: string | undefined): Question =>
  id === undefined
    ? question
    : { ...question, all: [{ kind: 'patient', any: isId(id) ? [id] : [] }, ...question.all] };

/** Those it shows and those it asks for, whether or not there is anything of them (audit.md ). */
const patientsIn = ({ items }: PageOf<StoredResource>, { all }: Question) => [
  ...items.map(({ patient }) => patient),
  ...all.flatMap((condition) => (condition.kind === 'patient' ? condition.any.filter(isId) : [])),
];

type SearchResult = {
  readonly found: PageOf<StoredResource>;
  readonly included: readonly Included[];
  readonly presentation: Presentation;
};

function entriesFor(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  { found, included, presentation }: SearchResult,
): readonly SearchEntry[] {
  const urlOf = (type: string, id: unknown): string => `${deps.issuer}${base.path}/${type}/${String(id)}`;
  const matches = found.items.flatMap((stored): SearchEntry[] => {
    const resource = represent(stored, kind, presentation);
    return resource ? [{ fullUrl: urlOf(kind.type, stored.id), resource, mode: 'match' }] : [];
  });
  return [
    ...matches,
    ...included.map(
      ({ resource }): SearchEntry => ({
        fullUrl: urlOf(resource.resourceType, resource.id),
        resource,
        mode: 'include',
      }),
    ),
  ];
}
