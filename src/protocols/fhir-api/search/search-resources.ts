/** GET [base]/[type]?…, POST [base]/[type]/_search and GET [base]/Patient/[id]/[type]: what matches within the caller's reach, a page at a time (FHIR R4 §3.1.1). */
import type { Caller } from '../../../access/caller.ts';
import type { Call, Reply } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import { ok, type Result } from '../../../base/result.ts';
import { type SearchEntry, searchset } from '../../../fhir/bundle.ts';
import type { Resource, StoredResource } from '../../../fhir/resource.ts';
import type { Condition, PageOf, Question } from '../../../fhir/search/search.ts';
import type { FhirApiDeps, FhirBase } from '../base.ts';
import { isId } from '../is-id.ts';
import { preferenceIn } from '../prefer.ts';
import { type Presentation, presentationOf } from '../presentation.ts';
import { type Act, done } from '../record.ts';
import { fhirReply, represent } from '../represent.ts';
import type { ResourceKind } from '../resource-kind.ts';
import { reachIn } from '../who-may.ts';
import { questionFrom } from './criteria.ts';
import { includedWith } from './include.ts';
import { pageLinks } from './links.ts';
import type { Included } from './matches.ts';
import { type Asked, askedFor, pagedBy } from './paging.ts';
import { type Pair, readSearch, type SearchRequest } from './read-search.ts';
import { searchableBy } from './searchable.ts';

/** What surrounds the criteria: the form of a POST, the patient whose compartment is searched. */
type Around = { readonly form?: readonly Pair[]; readonly compartment?: string };
type SearchCall = Call<unknown, unknown, Caller>;

export async function searchResources(
  deps: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  act: Act,
  call: SearchCall,
  { form, compartment }: Around = {},
): Promise<Result<Reply, Failure>> {
  const path = compartment === undefined ? kind.type : `Patient/${compartment}/${kind.type}`;
  const address = `${deps.issuer}${base.path}/${path}`;
  const asked = await askedFor(deps, address, call, form);
  if (!asked.ok) return asked;
  const understood = understand(deps, base, kind, call, asked.value);
  if (!understood.ok) return understood;
  const { presentation, search } = understood.value;
  const question = inCompartment(understood.value.question, compartment);
  const result = await find(deps, kind, call.caller, { ...asked.value, presentation, search, question });
  const links = await pageLinks(
    pagedBy(deps, address, call, asked.value, {
      used: search.used,
      version: presentation.version,
    }),
    result.found,
  );
  await deps.audit.append(done(deps, act, call, { patients: patientsOf(result, question) }));
  const entries = entriesFor(`${deps.issuer}${base.path}`, kind, presentation, result);
  return ok(fhirReply(200, presentation, searchset(entries, result.found.total, links)));
}

type Understood = {
  readonly presentation: Presentation;
  readonly search: SearchRequest;
  readonly question: Question;
};

function understand(
  { issuer }: FhirApiDeps,
  base: FhirBase,
  kind: ResourceKind,
  { headers, at }: SearchCall,
  { pairs, query }: Asked,
): Result<Understood, Failure> {
  const presentation = presentationOf(base, { headers, query });
  if (!presentation.ok) return presentation;
  const { version } = presentation.value;
  const search = readSearch(pairs, searchableBy(kind, version), preferenceIn(headers).handling);
  if (!search.ok) return search;
  const { criteria } = search.value;
  const question = questionFrom(kind.type, kind.parameters, version, criteria, { issuer, at });
  if (!question.ok) return question;
  return ok({ presentation: presentation.value, search: search.value, question: question.value });
}

/** What cannot be an id is nobody's. */
const inCompartment = (question: Question, id: string | undefined): Question =>
  id === undefined
    ? question
    : { ...question, all: [{ kind: 'patient', any: isId(id) ? [id] : [] }, ...question.all] };

type SearchResult = { readonly found: PageOf<StoredResource>; readonly included: readonly Included[] };

async function find(
  deps: FhirApiDeps,
  kind: ResourceKind,
  caller: Caller,
  { presentation, search, question, from }: Understood & Pick<Asked, 'from'>,
): Promise<SearchResult> {
  const page = { ...search.page, ...from };
  const found = await deps.resources.search(question, search.order, page, reachIn(kind, caller));
  const matches = { kind, matches: found.items, caller, presentation };
  return { found, included: await includedWith(deps, matches, search.include) };
}

/** Those it shows and those it asks for, whether or not there is anything of them (audit.md ). */
const patientsOf = ({ found, included }: SearchResult, { all }: Question) => [
  ...found.items.map(({ patient }) => patient),
  ...all.flatMap(patientsNamed),
  ...included.map(({ patient }) => patient),
];

const namesPatient = /^(?:patient|subject)(?:@R\d)?=Patient\/([A-Za-z0-9\-.]{1,64})$/;

function patientsNamed(condition: Condition): readonly string[] {
  if (condition.kind === 'patient') return condition.any.filter(isId);
  return condition.kind === 'entry'
    ? condition.any.flatMap((entry) => namesPatient.exec(entry)?.[1] ?? [])
    : [];
}

function entriesFor(
  address: string,
  kind: ResourceKind,
  presentation: Presentation,
  { found, included }: SearchResult,
): readonly SearchEntry[] {
  const entryOf = (mode: SearchEntry['mode'], resource: Resource): SearchEntry => ({
    fullUrl: `${address}/${resource.resourceType}/${resource.id}`,
    resource,
    mode,
  });
  return [
    ...found.items
      .flatMap((stored) => represent(stored, kind, presentation) ?? [])
      .map((resource) => entryOf('match', resource)),
    ...included.map(({ resource }) => entryOf('include', resource)),
  ];
}
