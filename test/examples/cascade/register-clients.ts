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
  registry: 'system/Organization.c system/Practitioner.c system/PractitionerRole.c system/Patient.c',
  patientApp: 'patient/Consent.cruds patient/AuditEvent.rs',
  exchange: 'b2b system/Consent.r',
  officer: 'system/AuditEvent.rs',
} as const;

export type ClientIds = Readonly<Record<(typeof holders)[number], string>>;

const machine = ['client_credentials'];
type Limits = Pick<Registration, 'patient' | 'organization' | 'resource'>;

export const administer = (headwater: Headwater, keys: Keys) => {
  const create = (name: string, holder: Holder, scope: string, grants = machine, limits: Limits = {}) =>
    headwater.createClient({ name, keys: keys[holder], grants, scope, ...limits });

  /** First: until the directory knows the patient, nobody can be limited to her. */
  async function registerRegistry(): Promise<Credentials & { readonly scope: string }> {
    const scope = scopes.registry;
    return { clientId: await create('Registry', 'registry', scope), keys: keys.registry, scope };
  }

  /** Clients that no patient and no organization limits, and whose word to believe about hospital staff. */
  async function registerUnlimited(hospitalUrl: string) {
    const [exchange, officer, clinicApp, researchApp] = await Promise.all([
      create('Exchange', 'exchange', scopes.exchange),
      create('Privacy officer', 'officer', scopes.officer),
      create('Clinic app', 'clinicApp', 'patient/Observation.rs', [umaTicketGrant]),
      create('Research app', 'researchApp', 'patient/Observation.rs', [umaTicketGrant]),
      headwater.trustIssuer(hospitalUrl, keys.identity),
    ]);
    return { exchange, officer, clinicApp, researchApp };
  }

  async function registerLimited({ organization, organizationId: resource, patient }: Directory) {
    const grants = [...machine, umaTicketGrant];
    const [patientApp, hospital] = await Promise.all([
      create('Patient app', 'patientApp', scopes.patientApp, machine, { patient }),
      create('Harbour Hospital', 'hospital', 'uma_protection', grants, { organization, resource }),
    ]);
    return { patientApp, hospital };
  }

  return { registerRegistry, registerUnlimited, registerLimited };
};
