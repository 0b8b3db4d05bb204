/** Requests that wait for patients, in PostgreSQL. */
import { and, asc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { RandomBytes } from '../base/clock.ts';
import { timeOrderedKey } from '../base/ids.ts';
import { formatInstant } from '../base/instant.ts';
import type {
  RecalledRequest,
  RequestOnFile,
  SubmittedRequest,
  SubmittedRequestStore,
} from '../protocols/uma/submitted/submitted-request-store.ts';
import type { Database } from './database.ts';
import { insertInto, rowsAsJson } from './insertion.ts';
import { isStorable, prepared, value } from './statement.ts';
import { client } from './tables/authorization.ts';
import { resource } from './tables/resources.ts';
import { submittedRequest } from './tables/uma.ts';

export function submittedRequestStore(
  db: Database,
  { random }: { readonly random: RandomBytes },
): SubmittedRequestStore {
  const onFile = () =>
    db
      .select({
        request: submittedRequest,
        client: {
          id: client.id,
          name: client.name,
          patients: client.patients,
          organizations: client.organizations,
        },
        behindName: behind.name,
      })
      .from(submittedRequest)
      .innerJoin(client, and(eq(client.id, submittedRequest.clientId), isNull(client.disabledAt)))
      .leftJoin(behind, eq(behind.id, submittedRequest.actingClient));
  const keyOf = (patient: string, id: string) =>
    db
      .select({ key: submittedRequest.key })
      .from(submittedRequest)
      .where(and(eq(submittedRequest.patient, patient), eq(submittedRequest.id, id)));
  return {
    async submit(request, most, { polledAfter }) {
      const key = timeOrderedKey(request.submittedAt, random);
      const rows = rowsAsJson(submittedRequest, [{ key, ...request, ...readOutOf(request) }]);
      return (
        (await insertWithin(db, { rows, ...most, polledAfter: formatInstant(polledAfter) })).length === 1
      );
    },
    async waiting(patient, { at, polledAfter }, { count, after }) {
      if (after !== undefined && !isStorable(after)) return [];
      const rows = await onFile()
        .where(
          and(
            eq(submittedRequest.patient, patient),
            isNull(behind.disabledAt),
            isNull(submittedRequest.answer),
            gt(submittedRequest.expiresAt, at),
            gt(submittedRequest.polledAt, polledAfter),
            after === undefined ? undefined : gt(submittedRequest.key, sql`(${keyOf(patient, after)})`),
          ),
        )
        .orderBy(asc(submittedRequest.key))
        .limit(count);
      return rows.map(onFileFrom);
    },
    async find(patient, id) {
      if (!isStorable(id)) return undefined;
      const [row] = await onFile().where(
        and(eq(submittedRequest.patient, patient), eq(submittedRequest.id, id), isNull(behind.disabledAt)),
      );
      return row && onFileFrom(row);
    },
    async answer(id, answer, { at, polledAfter }, consents) {
      const rows = await db
        .update(submittedRequest)
        .set({ answer, answeredAt: at, consents: [...consents] })
        .where(
          and(
            eq(submittedRequest.id, id),
            isNull(submittedRequest.answer),
            gt(submittedRequest.expiresAt, at),
            gt(submittedRequest.polledAt, polledAfter),
            mayAsk,
          ),
        )
        .returning({ id: submittedRequest.id });
      return rows.length === 1;
    },
  };
}

/** The client on whose behalf another asks, where it is one of ours. */
const behind = alias(client, 'behind');

/** As columns, since JSON of a stranger's may hold what PostgreSQL does not read. */
const readOutOf = ({ clientId, party }: SubmittedRequest) => ({
  account: `${party.issuer} ${party.subject}`,
  actingClient: party.requester.clientId === clientId ? null : (party.requester.clientId ?? null),
});

const mayAsk = sql`not exists (select from ${client} where ${client.disabledAt} is not null
  and ${client.id} in (${submittedRequest.clientId}, ${submittedRequest.actingClient}))`;

/** How many wait already: of the client that asks, in what else it asks; no further than it matters. */
const fewerWait = (than: SQL, among: SQL = sql``): SQL => sql`(select count(*) from (
    select from submitted_request as waiting where waiting.client_id = given.client_id ${among}
      and waiting.answer is null and waiting.expires_at > given.submitted_at::timestamptz
      and waiting.polled_at > ${value('polledAfter')}::timestamptz limit ${than}) as counted) < ${than}`;

/** Those who come at once do not see each other: as many more as there are connections may get in. */
const insertWithin = prepared(sql`${insertInto(submittedRequest, 'rows')}
  where ${fewerWait(sql`${value('ofAccount')}::integer`, sql`and waiting.about = given.about and waiting.account = given.account`)}
    and ${fewerWait(sql`${value('ofPatient')}::integer`, sql`and waiting.about = given.about`)}
    and ${fewerWait(sql`${value('ofClient')}::integer`)}
  returning id`);

type Row = typeof submittedRequest.$inferSelect;

type Found = {
  readonly request: Row;
  readonly client: Pick<typeof client.$inferSelect, 'id' | 'name' | 'patients' | 'organizations'>;
  readonly behindName: string | null;
};

const onFileFrom = ({ request, client: asking, behindName }: Found): RequestOnFile => ({
  ...submittedRequestFrom(request),
  client: {
    id: asking.id,
    name: asking.name,
    ...(asking.patients === null ? {} : { patients: asking.patients }),
    ...(asking.organizations === null ? {} : { organizations: asking.organizations }),
  },
  ...(behindName === null ? {} : { behindName }),
});

/** Beside a row of `submitted_request`, in whatever statement reads it: whether each consent is still as it was filed. */
export const isStanding = sql<boolean>`coalesce(cardinality(${submittedRequest.consents}) > 0
  and cardinality(${submittedRequest.consents}) = (
    select count(*) from ${resource} where ${resource.type} = 'Consent'
      and ${resource.id} = any(${submittedRequest.consents}) and ${resource.version} = 1), false)`;

export const recalledRequestFrom = (row: Row, standing: boolean): RecalledRequest => ({
  ...submittedRequestFrom(row),
  isStanding: standing,
});

const submittedRequestFrom = ({
  key: _,
  consents: __,
  actingClient: ___,
  account: ____,
  answer,
  answeredAt,
  ...row
}: Row): SubmittedRequest => ({
  ...row,
  ...(answer === null ? {} : { answer }),
  ...(answeredAt === null ? {} : { answeredAt }),
});
