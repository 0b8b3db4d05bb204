/** What the OAuth endpoints take and give (RFC 6749 §5, RFC 7009 §2, RFC 7662 §2, RFC 8414 §2). */
import { z } from 'zod';
import { formOf } from '../../base/form.ts';

/** RFC 7521 §4.2. */
const clientCredentials = z.object({
  client_id: z.string().optional(),
  client_assertion: z.string().optional(),
  client_assertion_type: z.string().optional(),
  /** Read only to refuse it: beside another it is a second method (RFC 6749 §2.3), alone it is not accepted in a body. */
  client_secret: z.string().optional(),
});
export type ClientCredentials = z.output<typeof clientCredentials>;

/** RFC 6749 §4: the rest of the parameters belongs to the grant that reads them. */
const tokenRequest = clientCredentials.extend({ grant_type: z.string() }).catchall(z.string());
export type TokenRequest = z.output<typeof tokenRequest>;

/**
 * A request in which `resource` alone may be repeated (RFC 6749 §3.2, RFC 8707 §2): that one apart, the others as the
 * schema reads them.
 */
const withResources = <Schema extends z.ZodType>(schema: Schema) =>
  z.array(z.tuple([z.string(), z.string()])).transform((pairs, context) => {
    const [named, others] = [pairs.filter(isResource), pairs.filter((pair) => !isResource(pair))];
    const form = formOf(others);
    const read = form.ok ? schema.safeParse(form.value) : repeated(form.failure.repeated);
    for (const { path, message } of read.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [...path], message });
    if (!read.success) return z.NEVER;
    return { parameters: read.data, resources: named.map(([, uri]) => uri).filter((uri) => uri !== '') };
  });

const isResource = ([name]: readonly [string, string]): boolean => name === 'resource';

const repeated = (name: string) => ({
  success: false as const,
  error: { issues: [{ path: [name.slice(0, 64)], message: 'must not be repeated' }] },
});

export const tokenBody = {
  as: 'parameters',
  mediaTypes: ['application/x-www-form-urlencoded'],
  schema: withResources(tokenRequest),
  shown: tokenRequest.extend({ resource: z.union([z.string(), z.array(z.string())]).optional() }),
} as const;

/** RFC 6749 §4.4.2. */
export const clientCredentialsRequest = z.object({ scope: z.string().optional() });

/** RFC 6749 §4.1.3, RFC 7636 §4.5; a verifier that is missing is a wrong one (RFC 7636 §4.6). */
export const codeRequest = z.object({
  code: z.string(),
  redirect_uri: z.string().optional(),
  code_verifier: z.string().optional(),
});
export type CodeRequest = z.output<typeof codeRequest>;

/** RFC 6749 §6. */
export const refreshRequest = z.object({ refresh_token: z.string(), scope: z.string().optional() });

/** RFC 6749 §5.1. */
export const tokenResponse = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
  scope: z.string().optional(),
  refresh_token: z.string().optional(),
  /** UMA Grant §3.3.5. */
  pct: z.string().optional(),
  upgraded: z.boolean().optional(),
});

/** RFC 7662 §2.1; the hint changes nothing, since every token of ours is found the same way. */
export const introspectionRequest = clientCredentials.extend({
  token: z.string(),
  token_type_hint: z.string().optional(),
});

/** RFC 7662 §2.2: the other members depend on the kind of token. */
export const introspectionResponse = z.looseObject({ active: z.boolean() });

/** RFC 7009 §2.1. */
export const revocationRequest = clientCredentials.extend({
  token: z.string(),
  token_type_hint: z.string().optional(),
});

/** RFC 7517 §5. */
export const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) });

/** RFC 8414 §2, with the members of the protocols that are served. */
export const discoveryDocument = z.looseObject({
  issuer: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  grant_types_supported: z.array(z.string()),
  response_types_supported: z.array(z.string()),
});
