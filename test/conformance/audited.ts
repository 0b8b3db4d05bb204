/** Requests, and what was recorded of them. */
import { expect } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type Api, entriesOf } from '../protocols/fhir-api/api.ts';

type Coding = { readonly system?: string; readonly code: string };
type Event = JsonObject & {
  readonly subtype: readonly Coding[];
  readonly outcome: string;
  readonly agent: readonly {
    readonly type: { readonly coding: readonly Coding[] };
    readonly who: JsonObject;
    readonly requestor: boolean;
    readonly policy?: readonly string[];
    readonly network?: JsonObject;
  }[];
  readonly entity: readonly {
    readonly type: Coding;
    readonly role?: Coding;
    readonly what?: JsonObject & { readonly reference?: string };
    readonly query?: string;
  }[];
};

let requests = 0;
export type Sent = NonNullable<Parameters<Api['call']>[2]>;

/** Sends a request under an id of its own, and finds what was recorded of it. */
export const recorder =
  (api: () => Api) =>
  async (method: string, path: string, { headers, ...sent }: Sent = {}) => {
    const requestId = `request-${++requests}`;
    const answer = await api().call(method, path, {
      ...sent,
      headers: { ...headers, 'x-request-id': requestId },
    });
    return { answer, requestId, events: await eventsOf(api(), requestId) };
  };

/** Through the API as well: newest first, so that those of the last request come first. */
async function eventsOf(api: Api, requestId: string): Promise<readonly Event[]> {
  const all = await api.call('GET', '/fhir/R4/AuditEvent?_count=50');
  return entriesOf(all)
    .map(({ resource }) => resource as unknown as Event)
    .filter(({ entity }) =>
      entity.some(
        ({ what }) => (what?.['identifier'] as { value?: string } | undefined)?.value === requestId,
      ),
    );
}

export const only = (events: readonly Event[]): Event => {
  expect(events).toHaveLength(1);
  return events[0] as Event;
};
export const subtypeOf = (event: Event) => event.subtype.map(({ code }) => code);
export const patientsOf = (events: readonly Event[]) =>
  events.map(({ entity }) => entity.find(({ type }) => type.code === '1')?.what?.reference).toSorted();
export const dataOf = ({ entity }: Event) => entity.find(({ role }) => role?.code === '4')?.what?.reference;
export const queryOf = ({ entity }: Event) => {
  const { query } = entity.find(({ role }) => role?.code === '24') ?? {};
  return query === undefined ? undefined : Buffer.from(query, 'base64').toString();
};
export const agentOf = ({ agent }: Event, code: string) =>
  agent.find(({ type }) => type.coding.some((coding) => coding.code === code));
