/** What comes along with the matches: what they refer to, and what refers to them (FHIR R4 §3.1.1.5.4). */
import type { StoredResource } from '../../../fhir/resource.ts';
import { auditOf } from '../audit/audit-of.ts';
import type { FhirApiDeps } from '../base.ts';
import type { Presentation } from '../presentation.ts';
import { represent } from '../represent.ts';
import { kindOf } from '../resource-kind.ts';
import { referredToBy, referringTo } from './follow-references.ts';
import { readIncludePath } from './include-path.ts';
import type { Included, Matches } from './matches.ts';
import type { IncludeControl, SearchRequest } from './read-search.ts';

/** INVARIANT: within the reach and the scopes of the caller, like anything that is read; what is not is left out silently. */
export async function includedWith(
  deps: FhirApiDeps,
  found: Matches,
  include: SearchRequest['include'],
): Promise<readonly Included[]> {
  const { matches, caller, presentation } = found;
  if (include.length === 0 || matches.length === 0) return [];
  const asked = (control: IncludeControl) =>
    include.filter(([name]) => name === control).flatMap(([, value]) => readIncludePath(value) ?? []);
  const [forward, backward, events] = await Promise.all([
    referredToBy(deps, found, { first: asked('_include'), onward: asked('_include:iterate') }),
    referringTo(deps, found, asked('_revinclude')),
    auditOf(deps, caller, matches, asked('_revinclude'), presentation.version),
  ]);
  return [...besides(matches, [...forward, ...backward]).flatMap(shownAs(presentation)), ...events];
}

/** Each once, and none that is a match. */
function besides(
  matches: readonly StoredResource[],
  others: readonly StoredResource[],
): readonly StoredResource[] {
  const shown = new Set(matches.map(nameOf));
  return others.filter((stored) => !shown.has(nameOf(stored)) && shown.add(nameOf(stored)));
}

const nameOf = ({ type, id }: StoredResource): string => `${type}/${id}`;

const shownAs =
  (presentation: Presentation) =>
  (stored: StoredResource): readonly Included[] => {
    const kind = kindOf(stored.type);
    const resource = kind && represent(stored, kind, presentation);
    return resource ? [{ resource, patient: stored.patient }] : [];
  };
