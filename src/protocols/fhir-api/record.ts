/** The AuditEvents of an interaction: one for each patient it touched, or one that names none (audit.md §2, A-5 to A-7). */
import type { Caller } from '../../access/caller.ts';
import type { AuditLog, AuditOutcome, Interaction, InteractionEntry } from '../../audit/audit-log.ts';
import type { RandomBytes } from '../../base/clock.ts';
import type { Asked, Refusal } from '../../base/endpoint.ts';
import type { Failure } from '../../base/failure.ts';
import { randomId } from '../../base/ids.ts';
import type { StoredVersion } from '../../fhir/resource.ts';
import { isId } from './is-id.ts';

/** What is done, to which type; the same for every request to an endpoint. */
export type Act = { readonly interaction: Interaction; readonly type: string };

/** What came of it. */
export type Done = {
  /** Logical ids; undefined stands for what is about no patient. */
  readonly patients: readonly (string | undefined)[];
  /** `Consent/1/_history/2`. */
  readonly what?: string;
};

/** `Consent/1/_history/2`. */
export const whatOf = ({ type, id, version }: Pick<StoredVersion, 'type' | 'id' | 'version'>): string =>
  `${type}/${id}/_history/${version}`;

export type RecordDeps = { readonly issuer: string; readonly random: RandomBytes };
type Client = Pick<Caller, 'clientId' | 'tokenId' | 'patient'>;

export const done = (
  deps: RecordDeps,
  act: Act,
  call: Asked & { readonly caller: Client },
  { patients, what }: Done,
): readonly InteractionEntry[] => {
  const named = [...new Set(patients)];
  const known = named.filter((patient) => patient !== undefined);
  // Where nothing else names one, the patient of the token (A-5).
  const each = known.length > 0 ? known.map((patient) => `Patient/${patient}`) : [call.caller.patient];
  return each.map((patient) => ({
    ...entryOf(deps, act, call, call.caller),
    outcome: '0',
    ...(patient === undefined ? {} : { patient }),
    ...(what === undefined ? {} : { what }),
  }));
};

/** Of a request whose sender is not known there is nobody to record; the log has it. */
export async function recordRefusal(
  deps: RecordDeps & { readonly audit: AuditLog },
  act: Act,
  { failure, params, ...asked }: Refusal<Caller>,
): Promise<void> {
  const client: Client | undefined = asked.caller ?? failure.by;
  if (!client) return;
  const id = params['id'];
  const what = id !== undefined && isId(id) ? { what: `${act.type}/${id}` } : {};
  await deps.audit.append([
    {
      ...entryOf(deps, act, asked, client),
      ...what,
      ...patientOf(failure, asked.caller),
      outcome: outcomeOf(failure),
      problem: failure.code,
    },
  ]);
}

function patientOf({ about }: Failure, caller: Caller | undefined): { readonly patient?: string } {
  const patient = about ?? caller?.patient;
  return patient === undefined ? {} : { patient };
}

/** Serious where somebody wanted what is not theirs; minor where a request was merely wrong. */
const outcomeOf = ({ kind }: Failure): AuditOutcome =>
  kind === 'forbidden' || kind === 'unauthenticated' ? '8' : '4';

function entryOf({ issuer, random }: RecordDeps, act: Act, asked: Asked, { clientId, tokenId }: Client) {
  const { at, address, requestId } = asked;
  return {
    kind: 'interaction',
    id: randomId(random),
    recordedAt: at,
    ...act,
    ...(act.interaction === 'search-type' ? { query: searchAsReceived(issuer, asked) } : {}),
    ...(address === undefined ? {} : { address }),
    circumstances: { door: 'fhir', clientId, requestId, tokenId },
  } as const;
}

/** Longer searches are refused: what is kept of one is whole, and a link that carries it fits into a request line. */
export const longestSearch = 8192;

/** Of what was refused for its length, the beginning (audit.md §2). */
const longestRecorded = 65_536;

const searchAsReceived = (issuer: string, { target, text }: Asked): string => {
  const whole = `${issuer}${target}${text === '' ? '' : `\n\n${text}`}`;
  return whole.slice(0, longestRecorded);
};
