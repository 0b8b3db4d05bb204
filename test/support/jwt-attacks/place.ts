/** A place that takes a JWT, and the claim that it is moved by no attack on the list. */
import { type SQL, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { openPrivateKey } from '../../../src/protocols/authorization-server/signing-key.ts';
import type { Authority, Form, Reply } from '../authority.ts';
import { headerOf, payloadOf } from '../keys.ts';
import { genuine, type Key, type Statement } from './statement.ts';

export type Place = {
  /** What a party in good faith would state, fresh each time. */
  readonly statement: () => Promise<Statement>;
  /** Undefined where it cannot even be sent. */
  readonly present: (token: string) => Promise<Reply | undefined>;
  readonly expectRefused: (reply: Reply, token: string) => void;
  readonly expectAccepted: (reply: Reply) => void;
  /** What must be the same afterwards. */
  readonly written: () => Promise<unknown>;
};

type Attack = readonly [name: string, make: (of: Statement) => Promise<string> | string];

export function isMovedByNone(name: string, placed: () => Promise<Place>, attacks: readonly Attack[]): void {
  describe(name, () => {
    let place: Place;
    beforeAll(async () => {
      place = await placed();
    });

    it.each(attacks)('%s', async (_, make) => {
      const token = await make(await place.statement());
      const before = await place.written();
      const reply = await place.present(token);
      if (reply) place.expectRefused(reply, token);
      expect(await place.written()).toEqual(before);
    });

    // Last, so that it also tells whether an attack used up or took back what it was about.
    it('while the genuine one is taken', async () => {
      const reply = await place.present(await genuine(await place.statement()));
      expect(reply).toBeDefined();
      if (reply) place.expectAccepted(reply);
    });
  });
}

/** RFC 6749 §5.2: the code and one sentence, the same for every reason. */
export function expectExactly(reply: Reply, status: number, error: string, description: string): void {
  expect({ status: reply.status, body: reply.body }).toEqual({
    status,
    body: { error, error_description: description },
  });
  expect(reply.headers.get('cache-control')).toBe('no-store');
}

/** More than any request may weigh: refused before anybody looks. */
export const isTooLarge = (form: Form): boolean => new URLSearchParams(form).toString().length > 1024 * 1024;

/** A header holds one line of text. */
export const fitsHeader = (token: string): boolean => /^[\x20-\x7e]*$/.test(token);

export const counted = async ({ db }: Authority, tables: readonly string[]): Promise<unknown> => {
  const counts = tables.map(
    (table): SQL => sql`(select count(*) from ${sql.identifier(table)}) as ${sql.identifier(table)}`,
  );
  return await db.execute(sql`select ${sql.join(counts, sql`, `)}`);
};

/** What is revoked, beside what there is. */
export const tokensHeld = async ({ db }: Authority): Promise<unknown> =>
  await db.execute(sql`select count(*), count(revoked_at) as revoked from token`);

/** Where every request may write a token, and none may take one back. */
export const revokedTokens = async ({ db }: Authority): Promise<unknown> =>
  await db.execute(sql`select count(*) from token where revoked_at is not null`);

/** As we signed it: what nobody outside can state, so that even a slip of our own is refused. */
export async function ourStatement(
  { keyDeps }: Pick<Authority, 'keyDeps'>,
  token: string,
): Promise<Statement> {
  return { header: headerOf(token), payload: payloadOf(token), key: await ourKey(keyDeps) };
}

async function ourKey({ signingKeys, keySecret }: Authority['keyDeps']): Promise<Key> {
  const [sealed] = await signingKeys.list();
  if (!sealed) throw new Error('no signing key');
  const { key } = await openPrivateKey(sealed, keySecret);
  return { privateKey: key, publicJwk: sealed.publicJwk };
}
