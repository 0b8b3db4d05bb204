/** The only place that builds things: from a database, a configuration, a clock and chance to one application. */
import { recordInTurns } from '../access/record-in-turns.ts';
import { createApp, type Group } from '../http/app.ts';
import { authzenFace } from '../http/authzen-face.ts';
import { fhirFace } from '../http/fhir-face.ts';
import { healthEndpoints } from '../http/health.ts';
import type { App } from '../http/mount.ts';
import { oauthFace } from '../http/oauth-face.ts';
import { pageFace } from '../http/page-face.ts';
import { problemFace } from '../http/problem-face.ts';
import { authzenEndpoints } from '../protocols/authzen/routes.ts';
import { b2bEndpoints } from '../protocols/b2b/routes.ts';
import { cdsHooksEndpoints } from '../protocols/cds-hooks/routes.ts';
import { decisionEndpoints } from '../protocols/decisions/routes.ts';
import { fhirBases, usualVersion } from '../protocols/fhir-api/base.ts';
import { fhirEndpoints } from '../protocols/fhir-api/routes.ts';
import { createContinuation } from '../protocols/fhir-api/search/continuation.ts';
import { authorizationServerOf } from './compose/authorization-server.ts';
import { limitingOf } from './compose/limiting.ts';
import type { Parts } from './compose/parts.ts';
import { readiness } from './compose/readiness.ts';
import { sharedBy } from './compose/shared.ts';

export type { Parts } from './compose/parts.ts';

export function composeApp(parts: Parts): App {
  return createApp(compose(parts), { ...parts, ...limitingOf(parts) });
}

function compose(parts: Parts): readonly Group[] {
  const shared = sharedBy(parts);
  const server = authorizationServerOf(parts, shared);
  const { settings } = shared;
  const continuation = createContinuation(parts.keySecret, shared.random);
  // Doors that write nothing else: whoever records at once shares a statement.
  const asking = { ...shared, transact: recordInTurns(shared.audit), pageTokens: continuation };
  return [
    { endpoints: healthEndpoints({ isReady: readiness(parts, shared.keys) }), face: problemFace },
    // Before the other OAuth endpoints, which answer for what is not there beside both.
    { endpoints: server.pages, face: pageFace },
    { endpoints: authzenEndpoints(asking), face: authzenFace },
    { endpoints: server.oauth, face: oauthFace },
    { endpoints: server.uma, face: oauthFace },
    { endpoints: server.user, face: problemFace },
    { endpoints: decisionEndpoints(asking), face: problemFace },
    { endpoints: cdsHooksEndpoints(asking), face: problemFace },
    {
      endpoints: b2bEndpoints({ ...shared, timezone: settings.timezone, ownBases: settings.ownBases }),
      face: oauthFace,
    },
    ...fhirBases.map((base) => ({
      endpoints: fhirEndpoints({ ...shared, continuation }, base),
      face: fhirFace(usualVersion(base)),
    })),
  ];
}
