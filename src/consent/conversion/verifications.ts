/** R5 dates a verification more than once, and says who made it and how (fhir-consent.md §5). */
import type { Json, JsonObject } from '../../base/json.ts';
import { carry, unpacked } from './carrier.ts';
import { ofR5 } from './carriers.ts';
import { withExtensions, withMembers } from './rewrite.ts';

export function verificationToR5(verification: JsonObject): JsonObject {
  const { verificationDate, _verificationDate, ...others } = verification;
  const { dates, rest } = withoutDates(unpacked(others, [ofR5.verificationType, ofR5.verifiedBy]));
  const first = { value: verificationDate, sibling: _verificationDate };
  const isDated = verificationDate !== undefined || _verificationDate !== undefined || dates.length > 0;
  return withMembers(rest, isDated ? datesOf([first, ...dates]) : {});
}

type Dated = { readonly value: Json | undefined; readonly sibling: Json | undefined };

function datesOf(dates: readonly Dated[]): Readonly<Record<string, Json | undefined>> {
  const list = (values: readonly (Json | undefined)[]): readonly Json[] | undefined =>
    values.some((value) => value !== undefined) ? values.map((value) => value ?? null) : undefined;
  return {
    verificationDate: list(dates.map(({ value }) => value)),
    _verificationDate: list(dates.map(({ sibling }) => sibling)),
  };
}

function withoutDates(verification: JsonObject): {
  readonly dates: readonly Dated[];
  readonly rest: JsonObject;
} {
  const { url } = ofR5.verificationDate;
  const all = listOf(verification['extension']) as readonly JsonObject[];
  const { carried = [], others = [] } = Object.groupBy(all, (each) =>
    each?.['url'] === url ? 'carried' : 'others',
  );
  return {
    dates: carried.map((each) => ({ value: each['valueDateTime'], sibling: each['_valueDateTime'] })),
    rest: withMembers(verification, { extension: others }),
  };
}

const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

export function verificationToR4(verification: JsonObject): JsonObject {
  const { verificationDate, _verificationDate, verificationType, verifiedBy, ...others } = verification;
  const [first, ...further] = datesIn(listOf(verificationDate), listOf(_verificationDate));
  const carried = [
    ...carry(ofR5.verificationType, verificationType),
    ...carry(ofR5.verifiedBy, verifiedBy),
    ...further.flatMap(({ value, sibling }) => carry(ofR5.verificationDate, value, sibling)),
  ];
  return withMembers(withExtensions(others, 'extension', carried), {
    verificationDate: first?.value,
    _verificationDate: first?.sibling,
  });
}

/** A list of primitives leaves null where only the other of value and sibling is there. */
const datesIn = (values: readonly Json[], siblings: readonly Json[]): readonly Dated[] =>
  Array.from({ length: Math.max(values.length, siblings.length) }, (_, index) => ({
    value: values[index] ?? undefined,
    sibling: siblings[index] ?? undefined,
  }));
