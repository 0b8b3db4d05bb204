/** Registers a client as an administrator describes it, or says what cannot be registered. */
import { z } from 'zod';
import type { RandomBytes } from '../../base/clock.ts';
import { randomId } from '../../base/ids.ts';
import type { Instant } from '../../base/instant.ts';
import { err, type Result } from '../../base/result.ts';
import type { Client, PublicJwk } from './client.ts';
import { assertionAlgorithms } from './client-assertion.ts';
import type { ClientStore } from './client-store.ts';
import { grantsForAnybody, grantTypes } from './grants.ts';
import { canAuthenticate } from './read-key-set.ts';
import { isRedirectUri } from './redirect-uri.ts';
import { isResourceUri } from './resource-indicators.ts';

export type RegistrationProblem = { readonly member: string; readonly expected: string };

export type ClientDescription = {
  readonly name: string;
  /** How it proves itself, by one of these; by none of them when it is public. */
  readonly jwks: readonly PublicJwk[];
  readonly jwksUri?: string | undefined;
  readonly secretHash?: string | undefined;
  readonly isPublic?: boolean;
  readonly redirectUris?: readonly string[];
  readonly claimsRedirectUris?: readonly string[];
  readonly tokenFormat?: string | undefined;
  readonly asynchronousApproval?: boolean;
  readonly grants: readonly string[];
  readonly scopes: readonly string[];
  readonly patients: readonly string[];
  readonly organizations: readonly string[];
  readonly resource: string | undefined;
  readonly may: readonly string[];
};

export type ClientRegistrationDeps = {
  readonly issuer: string;
  readonly clients: Pick<ClientStore, 'create'>;
  readonly random: RandomBytes;
};

const referenceTo = (type: string) =>
  z.string().regex(new RegExp(`^${type}/[A-Za-z0-9\\-.]{1,64}$`), `references such as \`${type}/1\``);

const authenticationKey = z.custom<PublicJwk>(
  (key) => canAuthenticate(key as PublicJwk, assertionAlgorithms),
  `keys for signatures by ${assertionAlgorithms.join(', ')}: P-256, RSA or Ed25519`,
);

const redirectUri = z
  .string()
  .refine(isRedirectUri, 'an https URI, http on a loopback host, or a private-use scheme; without fragment');

const description = z.object({
  name: z.string().min(1, 'a name').max(200, 'a name of at most 200 characters'),
  jwks: z.array(authenticationKey),
  jwksUri: z.string().refine(isKeySetUri, 'an https URI without fragment').optional(),
  secretHash: z.string().optional(),
  redirectUris: z.array(redirectUri).max(20, 'at most 20 URIs').optional(),
  claimsRedirectUris: z.array(redirectUri).max(20, 'at most 20 URIs').optional(),
  tokenFormat: z.enum(['jwt', 'opaque'], 'jwt or opaque').optional(),
  asynchronousApproval: z.boolean().optional(),
  grants: z
    .array(z.enum(Object.values(grantTypes), `one or more of ${Object.values(grantTypes).join(', ')}`))
    .min(1, 'at least one grant'),
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, 'scopes separated by spaces')),
  patients: z.array(referenceTo('Patient')),
  organizations: z.array(referenceTo('Organization')),
  resource: z.string().refine(isResourceUri, 'an absolute URI without fragment').optional(),
  may: z.array(z.enum(['file', 'activate'], 'file, activate or both')),
});

export async function registerClient(
  { issuer, clients, random }: ClientRegistrationDeps,
  described: ClientDescription,
  at: Instant,
): Promise<Result<Client, readonly RegistrationProblem[]>> {
  const parsed = description.safeParse(described);
  const problems = [...problemsIn(parsed.error), ...inconsistencies(described, issuer)];
  if (!parsed.success || problems.length > 0) return err(distinct(problems));
  const created = await clients.create({ id: randomId(random), ...membersIn(parsed.data), createdAt: at });
  return created.ok
    ? created
    : err([{ member: 'resource', expected: 'a URI that no other client serves under' }]);
}

const problemsIn = (error: z.ZodError | undefined): readonly RegistrationProblem[] =>
  (error?.issues ?? []).map(({ path, message }) => ({ member: String(path[0]), expected: message }));

/** What each member allows and all together do not (RFC 7591 §2.1). */
function inconsistencies(described: ClientDescription, issuer: string): readonly RegistrationProblem[] {
  const { grants, resource, isPublic = false, redirectUris = [], jwks, jwksUri, secretHash } = described;
  const proofs = [jwks.length > 0, jwksUri !== undefined, secretHash !== undefined, isPublic];
  const rules: readonly (readonly [boolean, string, string])[] = [
    [proofs.filter((proof) => proof).length === 1, 'jwks', 'one way to prove itself, or to be public'],
    [
      !isPublic || grants.every((grant) => grantsForAnybody.includes(grant)),
      'grants',
      `${grantsForAnybody.join(', ')} alone, since it is public`,
    ],
    [
      !grants.includes(grantTypes.refreshToken) || grants.includes(grantTypes.authorizationCode),
      'grants',
      `${grantTypes.authorizationCode} beside ${grantTypes.refreshToken}`,
    ],
    [
      !grants.includes(grantTypes.authorizationCode) || redirectUris.length > 0,
      'redirectUris',
      `at least one for ${grantTypes.authorizationCode}`,
    ],
    // A token meant for it would otherwise open our own APIs.
    [!isWithin(resource, issuer), 'resource', 'a URI that is not our own'],
  ];
  return rules.filter(([holds]) => !holds).map(([, member, expected]) => ({ member, expected }));
}

/** One for each member: what else is wrong with it shows when that is mended. */
const distinct = (problems: readonly RegistrationProblem[]): readonly RegistrationProblem[] =>
  [...new Map(problems.toReversed().map((problem) => [problem.member, problem])).values()].toReversed();

const isWithin = (resource: string | undefined, issuer: string): boolean =>
  resource !== undefined && (resource === issuer || resource.startsWith(`${issuer}/`));

function isKeySetUri(text: string): boolean {
  return isRedirectUri(text) && /^https?:/i.test(text);
}

/** An empty list, `false` and the usual format say what absence says. */
function membersIn(read: z.output<typeof description>): Omit<Client, 'id' | 'createdAt'> {
  const { name, jwks, grants, scopes, may, jwksUri, secretHash, resource } = read;
  const { redirectUris = [], claimsRedirectUris = [], patients, organizations } = read;
  return {
    name,
    jwks,
    grants,
    scopes,
    may,
    ...(jwksUri === undefined ? {} : { jwksUri }),
    ...(secretHash === undefined ? {} : { secretHash }),
    ...(redirectUris.length === 0 ? {} : { redirectUris }),
    ...(claimsRedirectUris.length === 0 ? {} : { claimsRedirectUris }),
    ...(patients.length === 0 ? {} : { patients }),
    ...(organizations.length === 0 ? {} : { organizations }),
    ...(resource === undefined ? {} : { resource }),
    ...(read.tokenFormat === 'opaque' ? { tokenFormat: read.tokenFormat } : {}),
    ...(read.asynchronousApproval ? { asynchronousApproval: true } : {}),
  };
}
