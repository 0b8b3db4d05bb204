/** `headwater key rotate|list`: the keys that sign our tokens. */
import { asInstant, formatInstant, type Instant } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import {
  currentKey,
  isPublished,
  openPrivateKey,
  rotateSigningKey,
  type SigningKeyDeps,
} from '../../protocols/authorization-server/signing-key.ts';
import type { SealedKey } from '../../protocols/authorization-server/signing-key-store.ts';
import { signingKeyStore } from '../../storage/signing-keys.ts';
import { withConfiguredDatabase } from '../configured-database.ts';
import { keySecret } from '../key-secret.ts';
import { random } from '../random.ts';
import { type Command, columns } from './command.ts';

const rotate: Command = {
  words: 'key rotate',
  summary: 'Make a new signing key; the old one stays published until all it signed has expired',
  options: {
    now: {
      type: 'boolean',
      help: 'the old key is not trusted any more: it, and all it signed, ends at once',
    },
  },
  async run(given) {
    const at = asInstant(Date.now());
    const key = await withConfiguredDatabase(async (database, config) => {
      const deps = { signingKeys: signingKeyStore(database), keySecret: await keySecret(config), random };
      if (!given.flag('now')) await refuseOtherSecret(deps, at);
      return await rotateSigningKey(deps, at, given.flag('now'));
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
    const rows = keys.map((key) => [key.kid, stateOf(key, keys, at), formatInstant(key.activeFrom)]);
    return {
      json: keys.map((key) => shown(key, keys, at)),
      text: rows.length === 0 ? 'no keys' : columns(rows),
    };
  },
};

/** A key sealed with a secret that the service does not have would silence it as soon as that key is to sign. */
async function refuseOtherSecret({ signingKeys, keySecret }: SigningKeyDeps, at: Instant): Promise<void> {
  const current = currentKey(await signingKeys.list(), at);
  if (current) await openPrivateKey(current, keySecret);
}

export const keyCommands: readonly Command[] = [rotate, list];

function stateOf(key: SealedKey, keys: readonly SealedKey[], at: Instant): string {
  if (!isPublished(key, at)) return 'retired';
  if (key.activeFrom > at) return 'published, signs later';
  return currentKey(keys, at)?.kid === key.kid ? 'signing' : 'published';
}

const shown = (key: SealedKey, keys: readonly SealedKey[], at: Instant): JsonObject => ({
  kid: key.kid,
  state: stateOf(key, keys, at),
  createdAt: formatInstant(key.createdAt),
  activeFrom: formatInstant(key.activeFrom),
  ...(key.retiredAt === undefined ? {} : { retiredAt: formatInstant(key.retiredAt) }),
});
