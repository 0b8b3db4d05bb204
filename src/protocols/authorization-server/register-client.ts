/** Registers a client as an administrator describes it, or says what cannot be registered. */
import { z } from 'zod';
import type { RandomBytes } from '../../base/clock.ts';
import { randomId } from '../../base/ids.ts';
import type { Instant } from '../../base/instant.ts';
import { err, type Result } from '../../base/result.ts';
import { assertionAlgorithms } from './authenticate-client.ts';
import type { Client, PublicJwk } from './client.ts';
import type { ClientStore } from './client-store.ts';
import { grantTypes } from './grants.ts';
import { canAuthenticate } from './read-key-set.ts';

export type RegistrationProblem = { readonly member: string; readonly expected: string };

export type ClientDescription = {
  readonly name: string;
  readonly jwks: readonly PublicJwk[];
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

const description = z.object({
  name: z.string().min(1, 'a name').max(200, 'a name of at most 200 characters'),
  jwks: z.array(authenticationKey).min(1, 'at least one key'),
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
  if (!parsed.success) return err(problemsIn(parsed.error));
  const { patients, organizations, resource, ...rest } = parsed.data;
  if (isOurOwn(resource, issuer)) return err([{ member: 'resource', expected: 'a URI that is not our own' }]);
  const created = await clients.create({
    id: randomId(random),
    ...rest,
    ...(patients.length === 0 ? {} : { patients }),
    ...(organizations.length === 0 ? {} : { organizations }),
    ...(resource === undefined ? {} : { resource }),
    createdAt: at,
  });
  return created.ok
    ? created
    : err([{ member: 'resource', expected: 'a URI that no other client serves under' }]);
}

function problemsIn(error: z.ZodError): readonly RegistrationProblem[] {
  const byMember = new Map(error.issues.map(({ path, message }) => [String(path[0]), message]));
  return [...byMember].map(([member, expected]) => ({ member, expected }));
}

/** A token meant for it would otherwise open our own APIs. */
const isOurOwn = (resource: string | undefined, issuer: string): boolean =>
  resource !== undefined && (resource === issuer || resource.startsWith(`${issuer}/`));

function isResourceUri(text: string): boolean {
  return URL.canParse(text) && !text.includes('#') && /^[\x21-\x7e]{1,2000}$/.test(text);
}
