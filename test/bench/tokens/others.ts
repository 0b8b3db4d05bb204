/** Tokens and approvals of others, made by the database: a million would take the service hours. */
import type { BenchService } from '../service.ts';

/** Live for longer than the bench, of a thousand apps and as many patients as there are tens of tokens. */
export async function tokensOfOthers({ client }: BenchService, from: number, to: number): Promise<void> {
  await client.unsafe(
    `with model as (select * from approval limit 1),
     made as (
       insert into token (key, id, kind, client_id, resource_server, patient, scopes, issued_at, expires_at)
       select gen_random_uuid(), gen_random_uuid()::text, 'rpt', 'app' || n % 1000, model.resource_server,
              'Patient/other' || n / 10, '{}', now(), now() + interval '3 hours'
         from model, generate_series($1::int, $2::int) as n
       returning id, client_id, patient)
     insert into approval (key, token_id, process, client_id, resource_server, patient, permissions, party, subject, expires_at)
     select gen_random_uuid(), made.id, gen_random_uuid()::text, made.client_id, model.resource_server, made.patient,
            model.permissions, model.party, model.subject, now() + interval '3 hours'
       from model, made`,
    [from, to - 1],
  );
  await client.unsafe('vacuum analyze token');
  await client.unsafe('vacuum analyze approval');
}
