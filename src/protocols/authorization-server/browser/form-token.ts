/** Ties a form to the browser it was shown to, so that no other site can send it in somebody's name. */
import { sha256 } from '../../../access/digest.ts';
import type { Failure } from '../../../base/failure.ts';
import { keyedHash } from '../hash.ts';
import type { Visitor } from './visitor.ts';

/** Made of the cookie, which no other site can read; the cookie cannot be made from it. */
export const formTokenOf = ({ secret }: Pick<Visitor, 'secret'>): Promise<string> =>
  keyedHash(secret, 'form token');

/** Compared by digest, so that how long it takes says nothing of the token. */
export async function isFormOf(
  visitor: Pick<Visitor, 'secret'>,
  formToken: string | undefined,
): Promise<boolean> {
  return (await sha256(formToken ?? '')) === (await sha256(await formTokenOf(visitor)));
}

export const foreignForm: Failure = {
  kind: 'forbidden',
  code: 'access_denied',
  detail: 'this form was not made for you, or is out of date',
  cause: 'foreign-form',
};
