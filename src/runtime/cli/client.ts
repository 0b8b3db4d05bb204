/** `headwater client create|list|disable`: who may talk to this service. */
import { asInstant, formatInstant } from '../../base/instant.ts';
import type { Json } from '../../base/json.ts';
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
    'generate-key': { type: 'string', value: 'FILE', help: 'or: make a key and write its private JWK there' },
    grant: {
      type: 'string',
      multiple: true,
      value: 'GRANT,…',
      help: `client_credentials, uma-ticket; client_credentials when absent`,
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
    may: {
      type: 'string',
      multiple: true,
      value: 'file,activate',
      help: 'file consents of others; file them active',
    },
  },
  async run(given) {
    const client = await withKeys(given, (jwks) => register(descriptionIn(given, jwks)));
    const json = shown(client);
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
  if ((jwks === undefined) === (file === undefined)) {
    throw new UsageError('expected either --jwks FILE or --generate-key FILE');
  }
  if (file === undefined) return await use(await keysIn(jwks ?? ''));
  const key = await generateKeyFile(file);
  try {
    return await use([key]);
  } catch (error) {
    await discardKeyFile(file);
    throw error;
  }
}

/** The URN of the UMA grant is long to type. */
const shortGrants: Readonly<Record<string, string>> = { 'uma-ticket': grantTypes.umaTicket };

function descriptionIn(given: Arguments, jwks: readonly PublicJwk[]): ClientDescription {
  const grants = given.list('grant', ',').map((grant) => shortGrants[grant] ?? grant);
  return {
    name: given.text('name') ?? '',
    jwks,
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
const shown = ({ id, jwks, createdAt, disabledAt, ...client }: Client): Json => ({
  client_id: id,
  id,
  ...client,
  jwks: { keys: jwks as readonly Json[] },
  createdAt: formatInstant(createdAt),
  ...(disabledAt === undefined ? {} : { disabledAt: formatInstant(disabledAt) }),
});
