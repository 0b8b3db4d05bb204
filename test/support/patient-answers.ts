/** The patient of an UMA story answers the request that was put to her last; what her consents say is scripted. */
import { liveAt } from '../../src/protocols/uma/submitted/submitted-request.ts';
import { resourceStore } from '../../src/storage/resources.ts';
import { submittedRequest } from '../../src/storage/tables/uma.ts';
import type { Authority } from './authority.ts';
import type { Story } from './uma-story.ts';

type Asked = Pick<Story, 'authority'>;

export const requestsOf = ({ authority: { db } }: Asked) => db.select().from(submittedRequest);

export const latestRequest = async (story: Asked) =>
  (await requestsOf(story)).toSorted((a, b) => (a.key < b.key ? -1 : 1)).at(-1);

export async function theyAnswer(story: Asked, said: 'approved' | 'refused'): Promise<void> {
  const { id } = (await latestRequest(story)) ?? { id: '' };
  const { world, deps } = story.authority;
  const consents = said === 'approved' ? [await aFiledConsent(story.authority)] : [];
  const counts = await deps.submittedRequests.answer(id, said, liveAt(world.at), consents);
  if (!counts) throw new Error('the answer does not count');
}

/** What a yes leaves on file. */
async function aFiledConsent({ db, deps, world }: Authority): Promise<string> {
  const written = await resourceStore(db, deps).create({
    type: 'Consent',
    id: crypto.randomUUID(),
    fhirVersion: '4.0',
    text: '{}',
    patient: 'Patient/ann',
    status: 'active',
    at: world.at,
    filedBy: 'test',
    index: { entries: [], dates: [] },
  });
  if (!written.ok) throw new Error(written.failure);
  return written.value.id;
}
