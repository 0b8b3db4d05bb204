/** An app that uses the service: an OAuth client on a loopback port that the system picked, as a native app has it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'openid-client';

export type App = Awaited<ReturnType<typeof startApp>>;

export async function startApp(issuer: string, clientId: string) {
  let start = '';
  // A page of another site than the service, which is 127.0.0.1.
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(request.url === '/start' ? start : '<h1>Back at the app</h1>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const redirectUri = `http://127.0.0.1:${port}/cb`;
  const configuration = await oauth.discovery(new URL(issuer), clientId, undefined, oauth.None(), {
    algorithm: 'oauth2',
    execute: [oauth.allowInsecureRequests],
  });

  return {
    redirectUri,
    /** A page of the app, on a site that is not the service's. */
    page: (html: string): string => {
      start = html;
      return `http://localhost:${port}/start`;
    },
    async ask(scope: string) {
      const verifier = oauth.randomPKCECodeVerifier();
      const state = oauth.randomState();
      const url = oauth.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope,
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return {
        url,
        /** Checks state and issuer of what came back, and exchanges the code. */
        finish: (back: string) =>
          oauth.authorizationCodeGrant(configuration, new URL(back), {
            pkceCodeVerifier: verifier,
            expectedState: state,
          }),
      };
    },
    async stop(): Promise<void> {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
