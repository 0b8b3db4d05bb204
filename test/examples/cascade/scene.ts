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
import type { Party, Processes } from './processes.ts';
import { makeKeys, registerClients, registerRegistry } from './register-clients.ts';
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
  const registry = await registerRegistry(headwater, keys);
  await cast.registry.ask('open', { issuer: headwater.issuer, ...registry });
  const directory = await fileDirectory(cast.registry, cast.hospital.url);
  const clientIds = await registerClients(headwater, keys, directory);
  await openParties(cast, { issuer: headwater.issuer, keys, directory, clientIds });
  return { ...narrator, ...emptyNotebook(), ...cast, check: countingChecks(), headwater, directory };
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
