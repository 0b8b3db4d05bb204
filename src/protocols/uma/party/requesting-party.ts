/** Who is asking, as a trusted issuer says it: the claims of IHE IUA in the words of a decision. */
import type { FindByIdentifier } from '../../../access/find-on-file.ts';
import {
  earlier as earlierOf,
  fromEpochSeconds,
  type Instant,
  toEpochSeconds,
} from '../../../base/instant.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { Requester } from '../../../decision/request.ts';
import { type Identifier, identifierToken, readLiteral } from '../../../fhir/reference.ts';
import { releaseOf } from '../../../fhir/version.ts';
import { purposeFromCoding } from '../../../labeling/purpose-of-use.ts';
import type { ClaimProblem } from '../failures.ts';
import type { ClaimTokenClaims, IheIua } from '../wire.ts';
import { accountIdentifier, isOursToGive } from './account.ts';

export type RequestingParty = {
  readonly issuer: string;
  readonly subject: string;
  readonly requester: Requester;
  /** v3 codes; empty as long as none was stated, and then the claims do not suffice. */
  readonly purposes: readonly string[];
  /** As asserted, for the resource server. */
  readonly asserted: IheIua;
  /** When the claims stop counting (uma2.md U24). */
  readonly expiresAt: Instant;
};

/** One account at one issuer. */
export const isSameParty = (
  one: Pick<RequestingParty, 'issuer' | 'subject'>,
  other: Pick<RequestingParty, 'issuer' | 'subject'>,
): boolean => one.issuer === other.issuer && one.subject === other.subject;

/** Whether anything can rest on the claims: a token lives for whole seconds, one of them at least. */
export const stillCounts = ({ expiresAt }: Pick<RequestingParty, 'expiresAt'>, at: Instant): boolean =>
  toEpochSeconds(expiresAt) > toEpochSeconds(at);

export type PartyDeps = { readonly issuer: string; readonly findByIdentifier: FindByIdentifier };

const uriSystem = 'urn:ietf:rfc:3986';
const npiSystem = 'http://hl7.org/fhir/sid/us-npi';

/** @param earlier what the same party was said to be in an earlier round; said again, a claim takes the place of that one */
export async function readParty(
  deps: PartyDeps,
  claims: ClaimTokenClaims,
  clientId: string,
  earlier?: RequestingParty,
): Promise<Result<RequestingParty, ClaimProblem>> {
  const asserted = { ...earlier?.asserted, ...claims.extensions.ihe_iua };
  const end = fromEpochSeconds(claims.exp);
  const purposes = (asserted.purpose_of_use ?? []).map((coding) => purposeFromCoding(withoutAbsent(coding)));
  // Leaving out the one we do not know would grant for fewer purposes than the data will be used for.
  if (!purposes.every((purpose) => purpose !== undefined)) return err('unknown-purpose');
  return ok({
    issuer: claims.iss,
    subject: claims.sub,
    requester: { ...(await requesterOf(deps, claims, asserted)), clientId },
    purposes: [...new Set(purposes)],
    asserted,
    expiresAt: earlier ? earlierOf(end, earlier.expiresAt) : end,
  });
}

async function requesterOf(deps: PartyDeps, claims: ClaimTokenClaims, asserted: IheIua): Promise<Requester> {
  const organization = await organizationOf(deps, asserted.subject_organization_id);
  const named = organization === undefined ? {} : { organization };
  const accounts: readonly Identifier[] = [
    { system: claims.iss, value: claims.sub },
    accountIdentifier(deps.issuer, { issuer: claims.iss, subject: claims.sub }),
  ];
  if (!isPerson(asserted) && organization !== undefined) {
    return { type: 'organization', ...referenceTo(organization), ...named, identifiers: accounts };
  }
  const person = personOf(deps, asserted);
  const npi = asserted.national_provider_identifier;
  return {
    type: 'practitioner',
    ...(person.reference === undefined ? {} : { reference: person.reference }),
    identifiers: [
      ...accounts,
      ...person.identifiers,
      ...(npi === undefined ? [] : [{ system: npiSystem, value: npi }]),
    ],
    ...named,
    ...(asserted.subject_role ? { roles: asserted.subject_role.map(withoutAbsent) } : {}),
  };
}

/** An organization speaks for itself when nothing says that a person is asking. */
const isPerson = (asserted: IheIua): boolean =>
  [
    asserted.person_id,
    asserted.subject_name,
    asserted.national_provider_identifier,
    asserted.subject_role,
  ].some((claim) => claim !== undefined);

/** The organization on file; else the identifier itself, under which a consent may name it all the same. */
async function organizationOf(deps: PartyDeps, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined;
  const { local } = readLiteral(id, ownBases(deps.issuer));
  if (local?.startsWith('Organization/')) return local;
  const tokens = theirs(deps, identifiersIn(id)).map(identifierToken);
  return (await deps.findByIdentifier('Organization', tokens)) ?? tokens[0];
}

const referenceTo = (organization: string): { readonly reference?: string } =>
  organization.startsWith('Organization/') ? { reference: organization } : {};

function personOf(deps: PartyDeps, { person_id: id }: IheIua) {
  if (id === undefined) return { reference: undefined, identifiers: [] };
  const { local } = readLiteral(id, ownBases(deps.issuer));
  // Only as a clinician: that a token names a patient here does not make its bearer that patient.
  if (local?.startsWith('Practitioner/')) return { reference: local, identifiers: [] };
  return { reference: undefined, identifiers: theirs(deps, identifiersIn(id)) };
}

const theirs = ({ issuer }: PartyDeps, identifiers: readonly Identifier[]): readonly Identifier[] =>
  identifiers.filter((identifier) => !isOursToGive(issuer, identifier));

/** An id as issuers write it: `system|value`, `system#value`, HL7 CX (`value^^^&oid&ISO`), a URI, or bare. */
function identifiersIn(id: string): readonly Identifier[] {
  const cx = /^(?<value>[^^]+)\^\^\^[^&]*&(?<oid>[\d.]+)&ISO$/.exec(id)?.groups;
  if (cx?.['value'] && cx['oid']) return [{ system: `urn:oid:${cx['oid']}`, value: cx['value'] }];
  const token = /^(?<system>[^|]+)\|(?<value>.+)$/.exec(id)?.groups;
  if (token?.['system'] && token['value']) return [{ system: token['system'], value: token['value'] }];
  if (!/^[a-z][a-z\d+.-]*:/i.test(id)) return [{ value: id }];
  const fragment = /^(?<system>[^#]+)#(?<value>[^#]+)$/.exec(id)?.groups;
  const split =
    fragment?.['system'] && fragment['value']
      ? [{ system: fragment['system'], value: fragment['value'] }]
      : [];
  return [{ system: uriSystem, value: id }, ...split];
}

const ownBases = (issuer: string): readonly string[] => [
  ...Object.values(releaseOf).map((release) => `${issuer}/fhir/${release}`),
  `${issuer}/fhir`,
];

const withoutAbsent = ({ system, code }: { readonly system?: string | undefined; readonly code: string }) =>
  system === undefined ? { code } : { system, code };
