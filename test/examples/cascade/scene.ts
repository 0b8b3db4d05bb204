// Sets the scene: every process started, every client registered, everybody knowing whom they work with.

import { type Checks, countingChecks } from './checks.ts';
import type { Headwater } from './headwater.ts';
import type { Narrator } from './narrator.ts';
import { emptyNotebook, type Notebook } from './notebook.ts';
import { openParties } from './open-parties.ts';
import type { ClinicApp } from './parties/clinic-app.ts';
import type { HeadwaterClient } from './parties/headwater-client.ts';
import type { Hospital } from './parties/hospital/main.ts';
import type { RecordServer } from './parties/record-server.ts';
import type { Party } from './party-line.ts';
import type { Processes } from './processes.ts';
import { administer, makeKeys } from './register-clients.ts';
import { type Directory, fileDirectory } from './registry.ts';

export type Cast = {
  readonly registry: Party<HeadwaterClient>;
  readonly patientApp: Party<HeadwaterClient>;
  readonly exchange: Party<HeadwaterClient>;
  readonly officer: Party<HeadwaterClient>;
  readonly hospital: Party<Hospital>;
  readonly records: Party<RecordServer>;
  readonly clinicApp: Party<ClinicApp>;
  readonly wardApp: Party<ClinicApp>;
  readonly researchApp: Party<ClinicApp>;
};

export type Scene = Narrator &
  Notebook &
  Cast & { readonly check: Checks; readonly headwater: Headwater; readonly directory: Directory };

/** The processes outlive a failure in here, so whoever calls it stops them in any case. */
export async function setScene(
  processes: Processes,
  starting: Promise<Headwater>,
  narrator: Narrator,
): Promise<Scene> {
  const [headwater, cast, keys] = await Promise.all([starting, startCast(processes), makeKeys()]);
  const administrator = administer(headwater, keys);
  const [unlimited, { directory, limited }] = await Promise.all([
    administrator.registerUnlimited(cast.hospital.url),
    introduceEverybody(administrator, cast, headwater.issuer),
  ]);
  const clientIds = { ...unlimited, ...limited };
  await openParties(cast, { issuer: headwater.issuer, keys, directory, clientIds });
  return { ...narrator, ...emptyNotebook(), ...cast, check: countingChecks(), headwater, directory };
}

/** The registry files who is who; then clients can be limited to the patient and to the hospital. */
async function introduceEverybody(administrator: ReturnType<typeof administer>, cast: Cast, issuer: string) {
  await cast.registry.ask('open', { issuer, ...(await administrator.registerRegistry()) });
  const directory = await fileDirectory(cast.registry, cast.hospital.url);
  return { directory, limited: await administrator.registerLimited(directory) };
}

async function startCast(processes: Processes): Promise<Cast> {
  const client = () => processes.party<HeadwaterClient>('headwater-client.ts');
  const app = () => processes.party<ClinicApp>('clinic-app.ts');
  const [hospital, records, registry, patientApp, exchange, officer, clinicApp, wardApp, researchApp] =
    await Promise.all([
      processes.party<Hospital>('hospital/main.ts'),
      processes.party<RecordServer>('record-server.ts'),
      ...([client(), client(), client(), client()] as const),
      ...([app(), app(), app()] as const),
    ]);
  return { hospital, records, registry, patientApp, exchange, officer, clinicApp, wardApp, researchApp };
}
