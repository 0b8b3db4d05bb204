/** Resource search: which types, or which of the resources that came along, this subject may have (AuthZEN 1.0 §8.5). */
import type { Failure } from '../../base/failure.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import { answerSearch, type Call, type Candidate, type SearchDeps, together } from './answer-search.ts';
import { paths } from './metadata.ts';
import { patientDataTypes } from './resource-types.ts';
import type { ResourceSearch } from './wire.ts';

export const searchResources = async (
  deps: SearchDeps,
  call: Call<ResourceSearch>,
): Promise<Result<Json, Failure>> =>
  await answerSearch(deps, call, {
    endpoint: paths.resources,
    candidates: candidatesOf(call.body),
    recorded: (evaluated) => (call.body.resource.properties?.candidates ? evaluated : together(evaluated)),
  });

/** `Patient` is the whole record, so that any type is a result. */
function candidatesOf(body: ResourceSearch): readonly Candidate[] {
  const { type, properties: { candidates, ...properties } = {} } = body.resource;
  if (!candidates) {
    const types = type === 'Patient' ? patientDataTypes : [type];
    return types.map((each) => candidate(body, { type: each, id: '*', properties }));
  }
  const { patient } = properties;
  const named = patient === undefined ? {} : { patient };
  return candidates
    .filter(({ resourceType }) => type === 'Patient' || type === resourceType)
    .map((resource) => {
      const about = { type: resource.resourceType, id: resource.id, properties: named };
      return {
        ...candidate(body, about),
        evaluation: evaluationOf(body, { ...about, properties: { ...named, resource } }),
      };
    });
}

type About = Candidate['evaluation']['resource'];

const candidate = (body: ResourceSearch, resource: About): Candidate => ({
  result: resource as JsonObject,
  evaluation: evaluationOf(body, resource),
});

const evaluationOf = (
  { subject, action, context }: ResourceSearch,
  resource: About,
): Candidate['evaluation'] => ({
  subject,
  action,
  resource,
  ...(context ? { context } : {}),
});
