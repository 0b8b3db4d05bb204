/** What comes along with the matches: what they refer to, and what refers to them (FHIR R4 §3.1.1.5.4). */

import type { Caller } from '../../../access/caller.ts';
import { levelsAllowing } from '../../../access/scope.ts';
import type { Resource, StoredResource } from '../../../fhir/resource.ts';
import type { Follow, Inclusion } from '../../../fhir/resource-store.ts';
import { indexNames, type SearchParameter, shapeOf } from '../../../fhir/search-parameter.ts';
import type { FhirVersion } from '../../../fhir/version.ts';
import { auditOf } from '../audit/audit-of.ts';
import type { FhirApiDeps } from '../base.ts';
import { indexOf } from '../index-of.ts';
import type { Presentation } from '../presentation.ts';
import { represent } from '../represent.ts';
import { kindOf, type ResourceKind, resourceKinds } from '../resource-kind.ts';
import { reachIn, reachOf } from '../who-may.ts';
import type { FhirCall } from '../wire.ts';
import type { IncludeControl, SearchRequest } from './read-search.ts';

/** `Consent:actor:Organization`; a parameter `*` stands for all. */
type Path = { readonly type: string; readonly parameter: string; readonly target?: string };

/** More than a page of consents brings along; what is beyond is left to be read by itself. */
const mostIncluded = 1000;

export function isInclude(
  kind: ResourceKind,
  version: FhirVersion,
  control: IncludeControl,
  value: string,
): boolean {
  const path = readPath(value);
  if (!path) return false;
  if (control === '_revinclude') return value === revisedBy || refersTo(path, version, kind.type);
  const isOwn = control === '_include:iterate' || path.type === kind.type;
  return isOwn && parametersOf(path, version).length > 0;
}

const revisedBy = 'AuditEvent:entity';

function readPath(value: string): Path | undefined {
  const [type = '', parameter = '', target, ...rest] = value.split(':');
  if (rest.length > 0 || parameter === '') return undefined;
  return { type, parameter, ...(target === undefined ? {} : { target }) };
}

/** The reference parameters that a path names. */
const parametersOf = ({ type, parameter }: Path, version: FhirVersion): readonly SearchParameter[] =>
  (kindOf(type)?.parameters ?? []).filter(
    (known) =>
      known.type === 'reference' &&
      known.paths[shapeOf(version)] !== undefined &&
      (parameter === '*' || known.name === parameter),
  );

const refersTo = (path: Path, version: FhirVersion, target: string): boolean =>
  path.parameter !== '*' &&
  parametersOf(path, version).some(({ targets }) => targets === undefined || targets.includes(target));

type Result = {
  readonly matches: readonly StoredResource[];
  readonly search: SearchRequest;
  readonly presentation: Presentation;
};

/** Whom it is about besides what it is, for the record of what was shown. */
export type Included = { readonly resource: Resource; readonly patient: string | undefined };

/** INVARIANT: within the reach and the scopes of the caller, like anything that is read; what is not is left out silently. */
export async function includedWith(
  deps: FhirApiDeps,
  kind: ResourceKind,
  call: FhirCall,
  { matches, search, presentation }: Result,
): Promise<readonly Included[]> {
  if (search.include.length === 0 || matches.length === 0) return [];
  const asked = (control: IncludeControl) =>
    search.include.filter(([name]) => name === control).flatMap(([, value]) => readPath(value) ?? []);
  const [forward, referring, events] = await Promise.all([
    deps.resources.include(
      inclusionOf(deps, kind, call.caller, matches, presentation.version, asked),
      reachOf(call.caller),
    ),
    referringTo(deps, call.caller, matches, asked('_revinclude'), presentation.version),
    auditOf(deps, call.caller, matches, asked('_revinclude'), presentation.version),
  ]);
  const shown = new Set(matches.map(nameOf));
  const others = [...forward, ...referring].filter(
    (stored) => !shown.has(nameOf(stored)) && shown.add(nameOf(stored)),
  );
  const resources = others.flatMap((stored): Included[] => {
    const itsKind = kindOf(stored.type);
    const resource = itsKind && represent(stored, itsKind, presentation);
    return resource ? [{ resource, patient: stored.patient }] : [];
  });
  return [...resources, ...events];
}

const nameOf = ({ type, id }: StoredResource): string => `${type}/${id}`;

function inclusionOf(
  deps: FhirApiDeps,
  kind: ResourceKind,
  caller: Caller,
  matches: readonly StoredResource[],
  version: FhirVersion,
  asked: (control: IncludeControl) => readonly Path[],
): Inclusion {
  const readable = resourceKinds.filter(({ type }) => maySee(caller, type));
  return {
    references: referencesIn(deps, kind, matches, asked('_include'), version),
    follow: asked('_include:iterate').flatMap((path) => followed(path, version)),
    types: {
      open: readable.filter(({ ofPatients }) => !ofPatients).map(({ type }) => type),
      withinReach: readable.filter(({ ofPatients }) => ofPatients).map(({ type }) => type),
    },
    atMost: mostIncluded,
  };
}

const maySee = (caller: Caller, type: string): boolean =>
  levelsAllowing(caller.scopes, type, 'r').length > 0 || levelsAllowing(caller.scopes, type, 's').length > 0;

const followed = (path: Path, version: FhirVersion): readonly Follow[] =>
  parametersOf(path, version).flatMap(({ name }) =>
    namesInIndex(path.type, name, version).map((parameter) => ({
      type: path.type,
      parameter,
      ...(path.target === undefined ? {} : { target: path.target }),
    })),
  );

/** Under which names the values of a parameter of the type are indexed, as this version sees them. */
const namesInIndex = (type: string, name: string, version: FhirVersion): readonly string[] =>
  indexNames(kindOf(type)?.parameters ?? [], shapeOf(version), name);

function referencesIn(
  { issuer }: FhirApiDeps,
  kind: ResourceKind,
  matches: readonly StoredResource[],
  paths: readonly Path[],
  version: FhirVersion,
): readonly string[] {
  const wanted = paths.flatMap((path) =>
    parametersOf(path, version).flatMap(({ name }) =>
      namesInIndex(kind.type, name, version).map((indexed) => ({
        start: `${indexed}=`,
        target: path.target,
      })),
    ),
  );
  if (wanted.length === 0) return [];
  const references = matches.flatMap((stored) => {
    const { entries } = indexOf(kind, stored.resource, stored.fhirVersion, {
      issuer,
      patient: stored.patient,
    });
    return wanted.flatMap(({ start, target }) =>
      entries
        .filter((entry) => entry.startsWith(`${start}${target ?? ''}`))
        .map((entry) => entry.slice(start.length)),
    );
  });
  return [...new Set(references)].filter((reference) => /^[A-Z]\w+\/[A-Za-z0-9\-.]{1,64}$/.test(reference));
}

async function referringTo(
  { resources }: FhirApiDeps,
  caller: Caller,
  matches: readonly StoredResource[],
  paths: readonly Path[],
  version: FhirVersion,
): Promise<readonly StoredResource[]> {
  const found = await Promise.all(
    paths.map(async ({ type, parameter }) => {
      const kind = kindOf(type);
      if (!kind || !maySee(caller, type)) return [];
      const names = namesInIndex(type, parameter, version);
      const any = matches.flatMap((match) => names.map((name) => `${name}=${nameOf(match)}`));
      const page = { count: mostIncluded, total: false };
      const question = { type, all: [{ kind: 'entry', any } as const] };
      return (await resources.search(question, [], page, reachIn(kind, caller))).items;
    }),
  );
  return found.flat();
}
