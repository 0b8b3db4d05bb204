/** `headwater client create|list|disable`: who may talk to this service. */
import { sha256 } from '../../access/digest.ts';
import { randomSecret } from '../../base/ids.ts';
import { asInstant, formatInstant } from '../../base/instant.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { Client, PublicJwk } from '../../protocols/authorization-server/client.ts';
import { grantTypes } from '../../protocols/authorization-server/grants.ts';
import {
  type ClientDescription,
  registerClient,
} from '../../protocols/authorization-server/register-client.ts';
import { clientStore } from '../../storage/clients.ts';
import { withConfiguredDatabase } from '../configured-database.ts';
import { random } from '../random.ts';
import { type Arguments, type Command, columns, UsageError } from './command.ts';
import { discardKeyFile, generateKeyFile, keysIn } from './key-file.ts';

const now = () => asInstant(Date.now());

const create: Command = {
  words: 'client create',
  summary: 'Register a client and print it as JSON',
  options: {
    name: { type: 'string', value: 'NAME', help: 'what people call it' },
    jwks: { type: 'string', value: 'FILE', help: 'its public keys, a JWK Set' },
    'jwks-uri': { type: 'string', value: 'URI', help: 'or: where it publishes them' },
    'generate-key': { type: 'string', value: 'FILE', help: 'or: make a key and write its private JWK there' },
    secret: { type: 'boolean', help: 'or: draw a secret for it, printed this once' },
    public: { type: 'boolean', help: 'or: an app that cannot keep a secret' },
    grant: {
      type: 'string',
      multiple: true,
      value: 'GRANT,…',
      help: `client_credentials, code, refresh, uma-ticket; client_credentials when absent`,
    },
    'redirect-uri': {
      type: 'string',
      multiple: true,
      value: 'URI',
      help: 'where codes may be sent',
    },
    'claims-redirect-uri': {
      type: 'string',
      multiple: true,
      value: 'URI',
      help: 'where tickets may be sent after claims were gathered',
    },
    scope: { type: 'string', multiple: true, value: '"SCOPE …"', help: 'what it may ask for' },
    patient: { type: 'string', multiple: true, value: 'Patient/ID', help: 'only about this patient' },
    organization: {
      type: 'string',
      multiple: true,
      value: 'Organization/ID',
      help: 'only for this organization',
    },
    resource: { type: 'string', value: 'URI', help: 'where it serves, when it is a resource server' },
    'token-format': { type: 'string', value: 'jwt|opaque', help: 'of its tokens; jwt when absent' },
    'asynchronous-approval': { type: 'boolean', help: 'ask the patient where no consent permits' },
    may: {
      type: 'string',
      multiple: true,
      value: 'file,activate',
      help: 'file consents of others; file them active',
    },
  },
  async run(given) {
    const secret = given.flag('secret') ? randomSecret(random) : undefined;
    const secretHash = secret === undefined ? undefined : sha256(secret);
    const client = await withKeys(given, (jwks) => register({ ...descriptionIn(given, jwks), secretHash }));
    const json = { ...shown(client), ...(secret === undefined ? {} : { client_secret: secret }) };
    return { json, text: JSON.stringify(json, undefined, 2) };
  },
};

const list: Command = {
  words: 'client list',
  summary: 'List all clients, oldest first',
  options: {},
  async run() {
    const clients = await withConfiguredDatabase((database) => clientStore(database, { random }).list());
    const rows = clients.map(({ id, name, scopes, disabledAt }) => [
      id,
      disabledAt === undefined ? '' : 'disabled',
      name,
      scopes.join(' '),
    ]);
    return { json: clients.map(shown), text: rows.length === 0 ? 'no clients' : columns(rows) };
  },
};

const disable: Command = {
  words: 'client disable',
  operands: 'CLIENT_ID',
  summary: 'Believe a client no longer, and none of its tokens',
  options: {},
  async run({ positionals: [id = ''] }) {
    const isDone = await withConfiguredDatabase((database) =>
      clientStore(database, { random }).disable(id, now()),
    );
    if (!isDone) throw new UsageError(`there is no client \`${id}\``);
    return { json: { client_id: id, disabled: true }, text: `disabled ${id}` };
  },
};

export const clientCommands: readonly Command[] = [create, list, disable];

async function withKeys(
  given: Arguments,
  use: (jwks: readonly PublicJwk[]) => Promise<Client>,
): Promise<Client> {
  const [jwks, file] = [given.text('jwks'), given.text('generate-key')];
  const proofs = [jwks, file, given.text('jwks-uri')].map((option) => option !== undefined);
  if ([...proofs, given.flag('secret'), given.flag('public')].filter((one) => one).length !== 1) {
    throw new UsageError('expected one of --jwks, --generate-key, --jwks-uri, --secret and --public');
  }
  if (file === undefined) return await use(jwks === undefined ? [] : await keysIn(jwks));
  const key = await generateKeyFile(file);
  try {
    return await use([key]);
  } catch (error) {
    await discardKeyFile(file);
    throw error;
  }
}

/** For what is long to type. */
const shortGrants: Readonly<Record<string, string>> = {
  'uma-ticket': grantTypes.umaTicket,
  code: grantTypes.authorizationCode,
  refresh: grantTypes.refreshToken,
};

function descriptionIn(given: Arguments, jwks: readonly PublicJwk[]): ClientDescription {
  const grants = given.list('grant', ',').map((grant) => shortGrants[grant] ?? grant);
  return {
    name: given.text('name') ?? '',
    jwks,
    jwksUri: given.text('jwks-uri'),
    isPublic: given.flag('public'),
    redirectUris: given.list('redirect-uri'),
    claimsRedirectUris: given.list('claims-redirect-uri'),
    tokenFormat: given.text('token-format'),
    asynchronousApproval: given.flag('asynchronous-approval'),
    grants: grants.length === 0 ? [grantTypes.clientCredentials] : grants,
    scopes: [...new Set(given.list('scope', /\s+/))],
    patients: given.list('patient', ','),
    organizations: given.list('organization', ','),
    resource: given.text('resource'),
    may: given.list('may', ','),
  };
}

const optionOf: Readonly<Record<string, string>> = {
  grants: 'grant',
  scopes: 'scope',
  patients: 'patient',
  organizations: 'organization',
  redirectUris: 'redirect-uri',
  claimsRedirectUris: 'claims-redirect-uri',
  jwksUri: 'jwks-uri',
  tokenFormat: 'token-format',
};

async function register(description: ClientDescription): Promise<Client> {
  return await withConfiguredDatabase(async (database, { issuer }) => {
    const clients = clientStore(database, { random });
    const client = await registerClient({ issuer, clients, random }, description, now());
    if (client.ok) return client.value;
    const problems = client.failure.map(
      ({ member, expected }) => `--${optionOf[member] ?? member}: expected ${expected}`,
    );
    throw new UsageError(problems.join('; '));
  });
}

/** `client_id` beside `id`, since that is what it is called wherever it is used. */
const shown = ({ id, jwks, secretHash: _, createdAt, disabledAt, ...client }: Client): JsonObject => ({
  client_id: id,
  id,
  ...client,
  jwks: { keys: jwks as readonly Json[] },
  createdAt: formatInstant(createdAt),
  ...(disabledAt === undefined ? {} : { disabledAt: formatInstant(disabledAt) }),
});
