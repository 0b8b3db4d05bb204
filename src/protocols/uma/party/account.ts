/** The name under which a consent means one account at one issuer: ours to give, so that no claim can carry it. */
import type { Identifier } from '../../../fhir/reference.ts';

type Account = { readonly issuer: string; readonly subject: string };

const systemOf = (ourIssuer: string): string => `${ourIssuer}/uma/accounts`;

/** An issuer is a URL and holds no space, so that no two accounts share a name. */
export const accountIdentifier = (ourIssuer: string, { issuer, subject }: Account): Identifier => ({
  system: systemOf(ourIssuer),
  value: `${issuer} ${subject}`,
});

/** INVARIANT: an issuer speaks for accounts of its own alone, whatever it says of the person behind one. */
export const isOursToGive = (ourIssuer: string, { system }: Identifier): boolean =>
  system === ourIssuer || system === systemOf(ourIssuer);
