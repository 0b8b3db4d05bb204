/** The client on the other end of a request, once its token was believed: what it may ask for, and about whom. */
import type { Guard } from '../base/endpoint.ts';

export type Caller = {
  readonly clientId: string;
  readonly tokenId: string;
  readonly scopes: readonly string[];
  /** Registered for this one patient alone: `Patient/ID`. */
  readonly patient?: string;
  /** The patient who authorized the token, where it was not the client in its own name: `Patient/ID`, then `patient` as well. */
  readonly authorizedBy?: string;
  /** Registered for these patients alone; absent means any that the organizations allow. */
  readonly patients?: readonly string[];
  /** Registered for these organizations alone; absent means all. */
  readonly organizations?: readonly string[];
  /** The URI under which the client serves resources, when it is a resource server. */
  readonly resource?: string;
  /** May file consents of others; may file them active. */
  readonly may: readonly WriteAuthority[];
};

export type WriteAuthority = 'file' | 'activate';

/** Admits callers whose token carries at least one of the scopes. Fulfilled by the authorization server. */
export type RequireScope = (...scopes: readonly string[]) => Guard<Caller>;
