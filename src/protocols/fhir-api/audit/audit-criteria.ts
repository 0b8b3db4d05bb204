/** From the criteria of a search for AuditEvents to what is asked of the audit log (FHIR R4 §3.1.1.4; audit.md §1). */
import { observerEntries } from '../../../audit/agent-entries.ts';
import type { AuditQuery } from '../../../audit/audit-log.ts';
import type { Failure } from '../../../base/failure.ts';
import type { Instant } from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { FhirVersion } from '../../../fhir/version.ts';
import { ownFhirBases } from '../base.ts';
import { malformedQuery, unsupportedParameter } from '../failures.ts';
import { readEach, shown } from '../search/criterion.ts';
import { readDateTest } from '../search/criterion-date.ts';
import { alternatives, unescaped } from '../search/search-parameters.ts';
import { type AuditParameter, auditParameters, type Column, type List } from './audit-parameters.ts';
import type { Here } from './read-value.ts';

export { auditParameters };

type Pair = readonly [name: string, value: string];
type Context = Here & { readonly at: Instant };

/** Repeats are joined by and, the commas within a value by or. */
export function auditQueryFrom(
  pairs: readonly Pair[],
  version: FhirVersion,
  issuer: string,
  at: Instant,
): Result<AuditQuery, Failure> {
  const context = { issuer, ownBases: ownFhirBases(issuer), at };
  let query: AuditQuery = {};
  for (const [name, value] of pairs) {
    if (value === '') continue;
    const parameter = auditParameters(version).find((known) => known.name === name);
    if (!parameter) return err(unsupportedParameter(name));
    const narrowed = narrow(query, parameter, alternatives(value), context);
    if (!narrowed.ok) return narrowed;
    query = narrowed.value;
  }
  return isTooMuch(query) ? err(tooMuch) : ok(query);
}

function narrow(
  query: AuditQuery,
  parameter: AuditParameter,
  written: readonly string[],
  context: Context,
): Result<AuditQuery, Failure> {
  const { asks } = parameter;
  // A comma alone: ignored, it would widen the answer.
  if (written.length === 0) return err(unreadable(parameter, ''));
  if (asks.of === 'recorded') {
    const tests = readEach(written, (value) => {
      const test = readDateTest(unescaped(value), context.at);
      return test ? ok([test]) : err(unreadable(parameter, value));
    });
    return tests.ok ? ok({ ...query, recorded: [...(query.recorded ?? []), tests.value] }) : tests;
  }
  const values = readEach(written, (value) => {
    const read = asks.read(value, context);
    return read ? ok(read) : err(unreadable(parameter, value));
  });
  if (!values.ok) return values;
  return ok(
    isList(asks.of)
      ? { ...query, ...besides(query, asks.of, values.value, context) }
      : { ...query, ...meeting(query, asks.of, values.value) },
  );
}

const isList = (of: List | Column): of is List => of === 'entity' || of === 'agent' || of === 'review';

/** Ourselves take part in every event, so that to ask for us narrows nothing. */
function besides(query: AuditQuery, list: List, any: readonly string[], { issuer }: Here): AuditQuery {
  const isOfAll = list === 'agent' && observerEntries(issuer).some((entry) => any.includes(entry));
  return isOfAll ? query : { [list]: [...(query[list] ?? []), any] };
}

/** An event has one value of each: what satisfies two conditions is named in both. */
function meeting(query: AuditQuery, column: Column, values: readonly string[]): AuditQuery {
  const earlier: readonly string[] | undefined = query[column];
  const meant = earlier ? earlier.filter((value) => values.includes(value)) : [...new Set(values)];
  return { [column]: meant };
}

const unreadable = ({ name, type }: AuditParameter, value: string): Failure =>
  malformedQuery(`${shown(value)} cannot be a value of ${shown(name)}: it takes ${expected[type]}`);

const expected = {
  token: 'a code or `system|code`',
  reference: '`Type/id`',
  date: 'a date such as `2026`, `ge2026-05-01` or `lt2026-05-01T10:30:00Z`',
} as const satisfies Record<AuditParameter['type'], string>;

/** Each is an index to look into. */
const mostLists = 10;

const isTooMuch = ({ entity = [], agent = [], review = [] }: AuditQuery): boolean =>
  entity.length + agent.length + review.length > mostLists;

const tooMuch = malformedQuery(
  `\`entity\`, \`consent\`, \`agent\`, \`agent-role\` and \`review\` can be given ${mostLists} times together`,
  'too-costly',
);
