// What Headwater's administrator does on the command line: one client for each program, limited to what it is for.

import type { Headwater, Registration } from './headwater.ts';
import { type Credentials, type KeyPair, makeKeyPair } from './parties/credentials.ts';
import { umaTicketGrant } from './parties/hospital/settings.ts';
import type { Directory } from './registry.ts';

const holders = [
  'registry',
  'patientApp',
  'exchange',
  'officer',
  'clinicApp',
  'researchApp',
  'hospital',
] as const;
/** Those who are no clients of Headwater have keys for the hospital all the same. */
const others = ['wardApp', 'records', 'identity'] as const;
type Holder = (typeof holders)[number] | (typeof others)[number];
export type Keys = Readonly<Record<Holder, KeyPair>>;

export async function makeKeys(): Promise<Keys> {
  const made = [...holders, ...others].map(
    async (holder) => [holder, await makeKeyPair(`${holder}-1`)] as const,
  );
  return Object.fromEntries(await Promise.all(made)) as Record<Holder, KeyPair>;
}

export const scopes = {
  registry: 'system/Organization.c system/Practitioner.c system/Patient.c',
  patientApp: 'patient/Consent.cruds patient/AuditEvent.rs',
  exchange: 'b2b system/Consent.r',
  officer: 'system/AuditEvent.rs',
} as const;

/** Alone and first: until the directory knows the patient, nobody can be limited to her. */
export async function registerRegistry(
  headwater: Headwater,
  keys: Keys,
): Promise<Credentials & { readonly scope: string }> {
  const scope = scopes.registry;
  const registration = { name: 'Registry', keys: keys.registry, grants: ['client_credentials'], scope };
  return { clientId: await headwater.createClient(registration), keys: keys.registry, scope };
}

export type ClientIds = Readonly<Record<(typeof holders)[number], string>>;

export async function registerClients(
  headwater: Headwater,
  keys: Keys,
  directory: Directory,
): Promise<Omit<ClientIds, 'registry'>> {
  const { organization, patient } = directory;
  const by = (name: string, holder: Holder, scope: string, grants: readonly string[], limits: Limits = {}) =>
    headwater.createClient({ name, keys: keys[holder], grants, scope, ...limits });
  const machine = ['client_credentials'];
  const [patientApp, exchange, officer, clinicApp, researchApp, hospital] = await Promise.all([
    by('Patient app', 'patientApp', scopes.patientApp, machine, { patient }),
    by('Exchange', 'exchange', scopes.exchange, machine),
    by('Privacy officer', 'officer', scopes.officer, machine),
    by('Clinic app', 'clinicApp', 'patient/Observation.rs', [umaTicketGrant]),
    by('Research app', 'researchApp', 'patient/Observation.rs', [umaTicketGrant]),
    by('Harbour Hospital', 'hospital', 'uma_protection', [...machine, umaTicketGrant], {
      organization,
      resource: directory.organizationId,
    }),
    headwater.trustIssuer(directory.organizationId, keys.identity),
  ]);
  return { patientApp, exchange, officer, clinicApp, researchApp, hospital };
}

type Limits = Pick<Registration, 'patient' | 'organization' | 'resource'>;
