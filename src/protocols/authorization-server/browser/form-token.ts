/** Ties a form to the browser it was shown to, so that no other site can send it in somebody's name. */
import type { Failure } from '../../../base/failure.ts';
import { equalInConstantTime, keyedHash } from '../hash.ts';
import type { Visitor } from './visitor.ts';

/** Made of the cookie, which no other site can read; the cookie cannot be made from it. */
export const formTokenOf = ({ secret }: Pick<Visitor, 'secret'>): string => keyedHash(secret, 'form token');

export const isFormOf = (visitor: Pick<Visitor, 'secret'>, formToken: string | undefined): boolean =>
  equalInConstantTime(formToken ?? '', formTokenOf(visitor));

export const foreignForm: Failure = {
  kind: 'forbidden',
  code: 'access_denied',
  detail: 'this form was not made for you, or is out of date',
  cause: 'foreign-form',
};
