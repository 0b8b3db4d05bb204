/** `headwater key rotate|list|retire`: the keys that sign our tokens. */
import { asInstant, formatInstant, type Instant } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import {
  algorithmOf,
  currentKey,
  isPublished,
  openPrivateKey,
  type RetirementProblem,
  retireSigningKey,
  rotateSigningKey,
  type SigningAlgorithm,
  type SigningKeyDeps,
  signingAlgorithms,
} from '../../protocols/authorization-server/signing-key.ts';
import type { SealedKey } from '../../protocols/authorization-server/signing-key-store.ts';
import { signingKeyStore } from '../../storage/signing-keys.ts';
import { withConfiguredDatabase } from '../configured-database.ts';
import { keySecret } from '../key-secret.ts';
import { random } from '../random.ts';
import { type Arguments, type Command, columns, UsageError } from './command.ts';

const rotate: Command = {
  words: 'key rotate',
  summary: 'Make a new signing key; the old one stays published until all it signed has expired',
  options: {
    alg: {
      type: 'string',
      value: signingAlgorithms.join('|'),
      help: 'what it signs by; as the key before it when absent',
    },
    now: {
      type: 'boolean',
      help: 'the old keys are not trusted any more: they, and all they signed, end at once',
    },
  },
  async run(given) {
    const at = asInstant(Date.now());
    const [atOnce, algorithm] = [given.flag('now'), algorithmIn(given)];
    const key = await withKeys(async (deps) => {
      if (!atOnce) await refuseOtherSecret(deps, at);
      return await rotateSigningKey(deps, at, { atOnce, ...(algorithm === undefined ? {} : { algorithm }) });
    });
    return { json: shown(key, [key], at), text: `${key.kid} signs from ${formatInstant(key.activeFrom)}` };
  },
};

const list: Command = {
  words: 'key list',
  summary: 'List the signing keys, newest first',
  options: {},
  async run() {
    const at = asInstant(Date.now());
    const keys = await withConfiguredDatabase((database) => signingKeyStore(database).list());
    const rows = keys.map((key) => [
      key.kid,
      algorithmOf(key),
      stateOf(key, keys, at),
      formatInstant(key.activeFrom),
    ]);
    return {
      json: keys.map((key) => shown(key, keys, at)),
      text: rows.length === 0 ? 'no keys' : columns(rows),
    };
  },
};

const retire: Command = {
  words: 'key retire',
  operands: 'KID',
  summary: 'End one key at once, and all it signed; another one has to be signing',
  options: {},
  async run({ positionals: [kid = ''] }) {
    const at = asInstant(Date.now());
    const retired = await withKeys((deps) => retireSigningKey(deps, kid, at));
    if (!retired.ok) throw new UsageError(complaints[retired.failure](kid));
    return { json: shown(retired.value, [retired.value], at), text: `retired ${kid}` };
  },
};

const complaints = {
  'unknown-key': (kid) => `there is no key \`${kid}\``,
  'retired-already': (kid) => `\`${kid}\` is retired already`,
  'last-key': (kid) =>
    `without \`${kid}\` no key would be left to sign: replace it with \`headwater key rotate\`, or with \`headwater key rotate --now\` when it is not trusted any more`,
} satisfies Record<RetirementProblem, (kid: string) => string>;

const withKeys = <T>(work: (deps: SigningKeyDeps) => Promise<T>): Promise<T> =>
  withConfiguredDatabase(async (database, config) =>
    work({ signingKeys: signingKeyStore(database), keySecret: await keySecret(config), random }),
  );

function algorithmIn(given: Arguments): SigningAlgorithm | undefined {
  const named = given.text('alg');
  const algorithm = signingAlgorithms.find((known) => known === named);
  if (named !== undefined && !algorithm)
    throw new UsageError(`--alg: expected one of ${signingAlgorithms.join(', ')}`);
  return algorithm;
}

/** A key sealed with a secret that the service does not have would silence it as soon as that key is to sign. */
async function refuseOtherSecret({ signingKeys, keySecret }: SigningKeyDeps, at: Instant): Promise<void> {
  const current = currentKey(await signingKeys.list(), at);
  if (current) await openPrivateKey(current, keySecret);
}

export const keyCommands: readonly Command[] = [rotate, list, retire];

function stateOf(key: SealedKey, keys: readonly SealedKey[], at: Instant): string {
  if (!isPublished(key, at)) return 'retired';
  if (key.activeFrom > at) return 'published, signs later';
  return currentKey(keys, at)?.kid === key.kid ? 'signing' : 'published';
}

const shown = (key: SealedKey, keys: readonly SealedKey[], at: Instant): JsonObject => ({
  kid: key.kid,
  alg: algorithmOf(key),
  state: stateOf(key, keys, at),
  createdAt: formatInstant(key.createdAt),
  activeFrom: formatInstant(key.activeFrom),
  ...(key.retiredAt === undefined ? {} : { retiredAt: formatInstant(key.retiredAt) }),
});
