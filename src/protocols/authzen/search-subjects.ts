/** Subject search: who may see this? Of those whom the patient's consents and record name (AuthZEN 1.0 §8.4). */
import { patientInReach } from '../../access/patient-in-reach.ts';
import type { Failure } from '../../base/failure.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { err, type Result } from '../../base/result.ts';
import { type RequesterType, requesterTypes } from '../../decision/request.ts';
import { answerSearch, type Call, type Candidate, type SearchDeps, together } from './answer-search.ts';
import type { Evaluated } from './evaluate.ts';
import { malformed } from './failures.ts';
import { paths } from './metadata.ts';
import { type NamedParty, namedParties, type PartiesDeps } from './named-parties.ts';
import { aboutFrom } from './read-resource.ts';
import type { Asked } from './record.ts';
import type { SubjectSearch } from './wire.ts';

export async function searchSubjects(
  deps: SearchDeps & PartiesDeps,
  call: Call<SubjectSearch>,
): Promise<Result<Json, Failure>> {
  const about = aboutFrom(call.body.resource, deps.settings);
  if (!about.ok) return err(malformed(about.failure));
  const parties = await partiesFor(deps, call, about.value.patients);
  return await answerSearch(deps, call, {
    endpoint: paths.subjects,
    candidates: parties.map((party) => candidate(call.body, party)),
    recorded: askedByClient,
  });
}

async function partiesFor(
  deps: SearchDeps & PartiesDeps,
  { body, caller, at }: Call<SubjectSearch>,
  names: readonly string[],
): Promise<readonly NamedParty[]> {
  const type = requesterTypes.find((each): each is RequesterType => each === body.subject.type);
  const [name] = names;
  if (!type || name === undefined) return [];
  const patient = await patientInReach(deps.findPatient, caller, name);
  return await namedParties(deps, patient, type, at);
}

/** What is said of all subjects is said of each; the organization is that of the role. */
function candidate(body: SubjectSearch, { reference, organization }: NamedParty): Candidate {
  const { subject, action, resource, context } = body;
  const properties = {
    ...(organization === undefined ? {} : { organization_id: organization }),
    ...subject.properties,
  };
  const named = {
    type: subject.type,
    id: reference,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
  };
  return {
    result: named as JsonObject,
    evaluation: { subject: named, action, resource, ...(context ? { context } : {}) },
  };
}

/** Nobody of them asked for anything: the client did. */
const askedByClient = (evaluated: readonly Evaluated[], { caller }: Asked): readonly Evaluated[] =>
  together(evaluated).map((one) => ({
    ...one,
    decided: {
      ...one.decided,
      request: { ...one.decided.request, requester: { type: 'client', clientId: caller.clientId } },
    },
  }));
