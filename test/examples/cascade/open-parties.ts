// Tells every program what its own administrator would have configured.

import type { KeyPair } from './parties/credentials.ts';
import type { App, HospitalSettings } from './parties/hospital/settings.ts';
import { clinician, ordinary, recordId, researcher, sensitive } from './people.ts';
import { type ClientIds, type Keys, scopes } from './register-clients.ts';
import type { Directory } from './registry.ts';
import type { Cast } from './scene.ts';

export type Known = {
  readonly issuer: string;
  readonly keys: Keys;
  readonly directory: Directory;
  readonly clientIds: Omit<ClientIds, 'registry'>;
};

const recordServerId = 'record-server';

export async function openParties(cast: Cast, known: Known): Promise<void> {
  const { issuer, keys, clientIds } = known;
  const machine = (holder: 'patientApp' | 'exchange' | 'officer'): Promise<void> =>
    cast[holder].ask('open', {
      issuer,
      clientId: clientIds[holder],
      keys: keys[holder],
      scope: scopes[holder],
    });
  await Promise.all([
    cast.hospital.ask('open', hospitalSettings(known)),
    cast.records.ask('open', {
      authorizationServer: cast.hospital.url,
      clientId: recordServerId,
      keys: keys.records,
      recordId,
      resources: [ordinary, sensitive],
    }),
    machine('patientApp'),
    machine('exchange'),
    machine('officer'),
    ...openApps(cast, known),
  ]);
}

function openApps(cast: Cast, { issuer, keys, clientIds }: Known): readonly Promise<void>[] {
  const places = { hospital: cast.hospital.url, consents: issuer, recordServer: cast.records.url };
  const treating = { username: clinician.username, password: clinician.password, purpose: 'TREAT' };
  const studying = { username: researcher.username, password: researcher.password, purpose: 'HRESCH' };
  return [
    cast.clinicApp.ask('open', {
      ...places,
      keys: keys.clinicApp,
      user: treating,
      clientIdAtHospital: 'clinic-app',
      clientIdAtConsents: clientIds.clinicApp,
    }),
    cast.wardApp.ask('open', {
      ...places,
      keys: keys.wardApp,
      user: treating,
      clientIdAtHospital: 'ward-app',
    }),
    cast.researchApp.ask('open', {
      ...places,
      keys: keys.researchApp,
      user: studying,
      clientIdAtHospital: 'research-app',
      clientIdAtConsents: clientIds.researchApp,
    }),
  ];
}

const hospitalSettings = ({ issuer, keys, directory, clientIds }: Known): HospitalSettings => ({
  keys: keys.identity,
  organizationId: directory.organizationId,
  staff: [clinician, researcher],
  apps: [
    { ...app('clinic-app', keys.clinicApp), clientIdAtConsents: clientIds.clinicApp },
    { ...app('research-app', keys.researchApp), clientIdAtConsents: clientIds.researchApp },
    { ...app('ward-app', keys.wardApp), approval: 'back-channel' },
  ],
  recordServer: { clientId: recordServerId, publicJwk: keys.records.publicJwk },
  consents: { issuer, clientId: clientIds.hospital, keys: keys.hospital },
});

const app = (clientId: string, { publicJwk }: KeyPair): App => ({
  clientId,
  publicJwk,
  approval: 'referral',
  scopes: ['observation.read'],
});
