/** How somebody at a browser signs in to this deployment. */
import type { FindPatient } from '../../access/find-on-file.ts';
import type { Endpoint } from '../../base/endpoint.ts';
import { developmentSignInPage } from '../../pages/development-sign-in.ts';
import {
  developmentSignIn,
  isForDevelopment,
} from '../../protocols/authorization-server/browser/development-sign-in.ts';
import { nobodySignsIn, type SignIn } from '../../protocols/authorization-server/browser/sign-in.ts';
import type { VisitorDeps } from '../../protocols/authorization-server/browser/visitor.ts';
import type { Parts } from './parts.ts';

type SignInDeps = VisitorDeps & { readonly findPatient: FindPatient };

/** Nobody, until an OpenID provider can be configured; on a developer's own machine anybody. */
export function signInFor(
  { issuer, keySecret, log }: Parts,
  deps: SignInDeps,
): SignIn & { readonly endpoints: readonly Endpoint[] } {
  if (!isForDevelopment(issuer)) return { ...nobodySignsIn, endpoints: [] };
  const { endpoint, ...signIn } = developmentSignIn({
    ...deps,
    issuer,
    keySecret,
    pages: { developmentSignIn: developmentSignInPage },
    tellCode: (code) => log('sign-in.development', { code }),
  });
  return { ...signIn, endpoints: [endpoint] };
}
