/** Which API a token is for (RFC 8707): ours, or that of a resource server registered here. */
import { err, ok, type Result } from '../../base/result.ts';
import type { ClientStore } from './client-store.ts';
import type { TokenProblem } from './failures.ts';

export type TargetDeps = {
  readonly issuer: string;
  /** Of our own APIs, the FHIR bases: each of them means the issuer, which is what our tokens name as their audience. */
  readonly bases: readonly string[];
  readonly clients: Pick<ClientStore, 'serving'>;
};

/** `resourceServer` is the client that serves under the audience; absent for ourselves. */
export type Target = { readonly audience: string; readonly resourceServer?: string };

type Checked<T> = Result<T, TokenProblem>;

export const isResourceUri = (text: string): boolean =>
  URL.canParse(text) && !text.includes('#') && /^[\x21-\x7e]{1,2000}$/.test(text);

/** As asked at the authorization endpoint, where there may be several; all must be known. */
export async function knownTargets(
  { issuer, clients }: TargetDeps,
  resources: readonly string[],
): Promise<Checked<readonly Target[]>> {
  const malformed = resources.find((resource) => !isResourceUri(resource));
  if (malformed !== undefined) return err({ reason: 'target-not-known', resource: malformed });
  const foreign = resources.filter((resource) => resource !== issuer);
  const servers = foreign.length === 0 ? [] : await clients.serving(foreign);
  const serverOf = new Map(servers.map(({ id, resource }) => [resource, id]));
  const targets: Target[] = [];
  for (const resource of resources) {
    const server = serverOf.get(resource);
    if (server === undefined && resource !== issuer) return err({ reason: 'target-not-known', resource });
    targets.push({ audience: resource, ...(server === undefined ? {} : { resourceServer: server }) });
  }
  return ok(targets);
}

/**
 * The one audience of an access token (RFC 9068 §2.2). `granted` is what a user authorized, empty for our own APIs;
 * absent where nobody limits it but the registration.
 */
export async function targetOf(
  deps: TargetDeps,
  asked: readonly string[],
  granted?: readonly string[],
): Promise<Checked<Target>> {
  const allowed = granted?.length === 0 ? [deps.issuer] : granted;
  const named = asked.map((resource) => (deps.bases.includes(resource) ? deps.issuer : resource));
  const [resource = deps.issuer, another] = asked.length === 0 ? (allowed ?? []) : new Set(named);
  if (another !== undefined) return err({ reason: 'several-targets' });
  if (allowed && !allowed.includes(resource)) return err({ reason: 'target-not-granted', resource });
  const targets = await knownTargets(deps, [resource]);
  return targets.ok ? ok(targets.value[0] ?? { audience: deps.issuer }) : targets;
}
