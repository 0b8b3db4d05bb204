/** Resources that the matches refer to, directly and from one to the next, and those that refer to the matches. */
import type { Caller } from '../../../access/caller.ts';
import { levelsAllowing } from '../../../access/scope.ts';
import type { StoredResource } from '../../../fhir/resource.ts';
import type { Follow, Inclusion } from '../../../fhir/resource-store.ts';
import type { FhirVersion } from '../../../fhir/version.ts';
import type { FhirApiDeps } from '../base.ts';
import { indexOf } from '../index-of.ts';
import { kindOf, resourceKinds } from '../resource-kind.ts';
import { reachIn, reachOf } from '../who-may.ts';
import { type IncludePath, namesInIndex } from './include-path.ts';
import type { Matches } from './matches.ts';

/** More than a page of consents brings along; what is beyond is left to be read by itself. */
const mostIncluded = 1000;

/** `_include` from the matches on, `_include:iterate` from whatever is included on. */
type Paths = { readonly first: readonly IncludePath[]; readonly onward: readonly IncludePath[] };

export async function referredToBy(
  deps: FhirApiDeps,
  found: Matches,
  { first, onward }: Paths,
): Promise<readonly StoredResource[]> {
  const { caller, presentation } = found;
  const inclusion = {
    references: referencesIn(deps, found, first),
    follow: onward.flatMap((path) => followed(path, presentation.version)),
    types: typesFor(caller),
    atMost: mostIncluded,
  };
  return await deps.resources.include(inclusion, reachOf(caller));
}

function typesFor(caller: Caller): Inclusion['types'] {
  const readable = resourceKinds.filter(({ type }) => maySee(caller, type));
  return {
    open: readable.filter(({ ofPatients }) => !ofPatients).map(({ type }) => type),
    withinReach: readable.filter(({ ofPatients }) => ofPatients).map(({ type }) => type),
  };
}

const maySee = (caller: Caller, type: string): boolean =>
  levelsAllowing(caller.scopes, type, 'r').length > 0 || levelsAllowing(caller.scopes, type, 's').length > 0;

const followed = (path: IncludePath, version: FhirVersion): readonly Follow[] =>
  namesInIndex(path, version).map((parameter) => ({
    type: path.type,
    parameter,
    ...(path.target === undefined ? {} : { target: path.target }),
  }));

/** Taken from what a match is found by, so that they are the references a search would follow. */
function referencesIn(
  { issuer }: FhirApiDeps,
  { kind, matches, presentation }: Matches,
  paths: readonly IncludePath[],
): readonly string[] {
  const wanted = paths.flatMap((path) =>
    namesInIndex(path, presentation.version).map((name) => ({
      start: `${name}=`,
      target: path.target ?? '',
    })),
  );
  if (wanted.length === 0) return [];
  const references = matches.flatMap(({ resource, fhirVersion, patient }) => {
    const { entries } = indexOf(kind, resource, fhirVersion, { issuer, patient });
    return wanted.flatMap(({ start, target }) =>
      entries.filter((entry) => entry.startsWith(start + target)).map((entry) => entry.slice(start.length)),
    );
  });
  return [...new Set(references)].filter((reference) => localReference.test(reference));
}

const localReference = /^[A-Z]\w+\/[A-Za-z0-9\-.]{1,64}$/;

export async function referringTo(
  { resources }: FhirApiDeps,
  { matches, caller, presentation }: Matches,
  paths: readonly IncludePath[],
): Promise<readonly StoredResource[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const kind = kindOf(path.type);
      if (!kind || !maySee(caller, kind.type)) return [];
      const names = namesInIndex(path, presentation.version);
      const any = matches.flatMap(({ type, id }) => names.map((name) => `${name}=${type}/${id}`));
      const question = { type: kind.type, all: [{ kind: 'entry', any } as const] };
      const page = { count: mostIncluded, total: false };
      return (await resources.search(question, [], page, reachIn(kind, caller))).items;
    }),
  );
  return found.flat();
}
