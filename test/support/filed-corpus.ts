/** The corpus on a server: filed as clients file it, and read back in each version. */
import fc from 'fast-check';
import type { JsonObject } from '../../src/base/json.ts';
import { kindOf, type ResourceKind } from '../../src/protocols/fhir-api/resource-kind.ts';
import { writeOf } from '../../src/protocols/fhir-api/write/accept-body.ts';
import { type Api, issuer, start } from '../protocols/fhir-api/api.ts';
import { directory, submission } from './consent-corpus.ts';
import type { Release } from './published-parameters.ts';
import type { World } from './scan-search.ts';

export const releases = ['R4', 'R5'] as const;

/** What each release sees; a consent that it cannot say is not there. */
export type Seen = Readonly<
  Record<Release, { readonly world: World; readonly resources: readonly JsonObject[] }>
>;

/** v3 PurposeOfUse, as far as the corpus goes (security-labels.md §2). */
const below = {
  PurposeOfUse: ['TREAT', 'ETREAT', 'BTG', 'HPAYMT', 'HRESCH', 'CLINTRCH'],
  TREAT: ['TREAT', 'ETREAT', 'BTG'],
  ETREAT: ['ETREAT', 'BTG'],
  HRESCH: ['HRESCH', 'CLINTRCH'],
  BTG: ['BTG'],
};

/** INVARIANT: deterministic, so that a property that fails is replayed by its seed alone; ids alone are random. */
export async function fileCorpus(api: Api, count: number): Promise<Seen> {
  for (const resource of directory) {
    const kind = kindOf(resource.resourceType) as ResourceKind;
    const body = {
      id: String(resource.id),
      resource,
      text: JSON.stringify(resource),
      version: '4.0',
    } as const;
    const patient = kind.type === 'Patient' ? body.id : undefined;
    await api.resources.create(writeOf({ issuer }, kind, body, { patient, at: start, filedBy: 'import' }));
  }
  const filedAs = new Map<string, string>();
  for (const { release, resource } of fc.sample(submission(issuer), { numRuns: count, seed: 7 })) {
    api.later(3600);
    const answer = await api.call('POST', `/fhir/${release}/Consent`, { body: resource });
    if (answer.status === 201) filedAs.set(String(answer.json['id']), String(resource['status']));
  }
  return { R4: await seenIn(api, 'R4', filedAs), R5: await seenIn(api, 'R5', filedAs) };
}

async function seenIn(api: Api, release: Release, filedAs: ReadonlyMap<string, string>) {
  const resources: JsonObject[] = [];
  for (const id of filedAs.keys()) {
    const answer = await api.call('GET', `/fhir/${release}/Consent/${id}`);
    if (answer.status === 200) resources.push(asItIsFiled(answer.json));
  }
  return { world: { release, issuer, directory, filedAs, below }, resources };
}

/** The tag that what is shown is not all there is speaks of the answer, not of the resource. */
function asItIsFiled(resource: JsonObject): JsonObject {
  const { tag = [], ...meta } = resource['meta'] as JsonObject;
  const own = (tag as readonly JsonObject[]).filter(({ code }) => code !== 'SUBSETTED');
  return { ...resource, meta: { ...meta, ...(own.length > 0 ? { tag: own } : {}) } };
}
