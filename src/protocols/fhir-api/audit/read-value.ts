/** How a value of a search for AuditEvents is read: as the log has it, which knows codes and local references alone. */
import type { Coding } from '../../../fhir/coding.ts';
import { readLiteral, typeOfReference } from '../../../fhir/reference.ts';
import { readToken, unescaped } from '../search/search-parameters.ts';

/** Where it is read. */
export type Here = { readonly issuer: string; readonly ownBases: readonly string[] };
/** What of the log a written value stands for; undefined: it cannot be read. */
export type Read = (written: string, here: Here) => readonly string[] | undefined;

/** The element is a coding: by code, by `system|code`, or by `system|` all codes of the system. */
export const coding =
  (codes: readonly Coding[]): Read =>
  (written) => {
    const { system, value } = readToken(written);
    return codes
      .filter((one) => system === undefined || one.system === system)
      .filter(({ code }) => code === value || (value === '' && system !== undefined))
      .map(({ code }) => code);
  };

/** The element is a code, whose system is implied and the only one that may be named. */
export const codeOf = (names: readonly string[], codes: readonly string[]): Read =>
  coding(names.flatMap((system) => codes.map((code) => ({ system, code }))));

const bareId = /^[A-Za-z0-9\-.]{1,64}$/;

/** As it is recorded: local, with the version where one is named; what is elsewhere was never recorded. */
export const entity: Read = (written, { ownBases }) => {
  const reference = unescaped(written);
  if (bareId.test(reference)) return undefined;
  const { local, version } = readLiteral(reference, ownBases);
  if (local === undefined) return [];
  return [version === undefined ? local : `${local}/_history/${version}`];
};

/** Of one type, which a bare id need not name. */
export const entityOf =
  (type: string): Read =>
  (written, here) =>
    bareId.test(unescaped(written))
      ? [`${type}/${unescaped(written)}`]
      : entity(written, here)?.filter((reference) => typeOfReference(reference) === type);

/** Whoever is recorded without a version is found whichever was meant. */
export const withoutVersion = (reference: string): string => reference.replace(/\/_history\/.*$/, '');

export const patient: Read = (written, here) => entityOf('Patient')(written, here)?.map(withoutVersion);
