/** Whom a token names as its subject (RFC 9068 §2.2): the client, or the patient under a name that this client alone knows. */
import { keyedHash } from './hash.ts';
import type { IssuedToken } from './token-store.ts';

export type SubjectDeps = {
  /** From it the names of people are made that nobody else can connect with them. */
  readonly pairwiseSecret: string;
};

export function subjectOf(
  { pairwiseSecret }: SubjectDeps,
  { clientId, patient, authorization }: Pick<IssuedToken, 'clientId' | 'patient' | 'authorization'>,
): string {
  if (authorization === undefined || patient === undefined) return clientId;
  return keyedHash(pairwiseSecret, JSON.stringify(['patient', clientId, patient]));
}
