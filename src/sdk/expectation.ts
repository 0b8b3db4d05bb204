/** What a transaction must find confirmed by the approval that is presented with it. */
import type { RequesterId } from './approval.ts';
import type { Coding } from './coding.ts';
import type { ScopeMap } from './narrow.ts';

/** What this server knows by itself about the transaction; none of it comes from the approval (§3.2 rule 2). */
export type Expectation = {
  /** The resource URI under which the authority knows this server: the only `aud` it accepts (D2). */
  readonly audience: string;
  /** The resource that the transaction's upstream ticket was requested for (D6). */
  readonly resourceId: string;
  /** What the client asked for and what the organization's own policy allows it, in this server's words (D5). */
  readonly requestedScopes: readonly string[];
  readonly organizationalScopes: readonly string[];
  readonly scopeMap: ScopeMap;
  /** Whom this server authenticated as the requesting party (D7). */
  readonly requester: RequesterId;
  /** How the authority names the presenting client; in the back channel, how it names this server (D8). */
  readonly clientId: string;
  /** Thumbprint of the DPoP key that the client just proved, when it did (D8). */
  readonly keyThumbprint?: string;
  /** As asserted to this server; the approval must be for exactly these (D9). */
  readonly purposes: readonly Coding[];
  /** Types of obligation that whoever acts on the grant will honour (D11). */
  readonly understoodObligations: readonly string[];
  /** The grant lives at most this long before the authority is asked again (D12); 300 unless said. */
  readonly longestSeconds?: number;
};
