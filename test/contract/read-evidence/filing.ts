/** Files resources as the FHIR API does, with the entries they are found by; one minute passes with each write. */
import { randomBytes } from 'node:crypto';
import { asInstant, type Instant } from '../../../src/base/instant.ts';
import { element } from '../../../src/fhir/read-element.ts';
import { idOfReference, readReference, typeOfReference } from '../../../src/fhir/reference.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { everything, type ResourceWrite } from '../../../src/fhir/resource-store.ts';
import type { FhirVersion } from '../../../src/fhir/version.ts';
import { indexOf } from '../../../src/protocols/fhir-api/index-of.ts';
import { kindOf } from '../../../src/protocols/fhir-api/resource-kind.ts';
import type { Database } from '../../../src/storage/database.ts';
import { resourceStore } from '../../../src/storage/resources.ts';

export type Filed = Resource & { readonly id: string };
export type Filing = ReturnType<typeof filing>;

export function filing(database: Database) {
  const store = resourceStore(database, { random: (count) => new Uint8Array(randomBytes(count)) });
  const time = { at: asInstant(Date.UTC(2026, 0, 1)) };
  const tick = (): Instant => {
    time.at = asInstant(time.at + 60_000);
    return time.at;
  };
  const current = async (name: string) => {
    const found = await store.read(typeOfReference(name), idOfReference(name), everything);
    if (!found) throw new Error(`no ${name}`);
    return found.version;
  };
  return {
    store,
    /** When it was stored. */
    create: async (resource: Filed, version: FhirVersion = '5.0'): Promise<Instant> => {
      const created = await store.create(writeOf(resource, version, tick()));
      if (!created.ok) throw new Error(created.failure);
      return time.at;
    },
    update: async (resource: Filed, version: FhirVersion = '5.0'): Promise<Instant> => {
      const name = `${resource.resourceType}/${resource.id}`;
      const write = writeOf(resource, version, tick());
      const updated = await store.update(write, await current(name), everything);
      if (!updated.ok) throw new Error(updated.failure);
      return time.at;
    },
    put: async (...resources: readonly Filed[]): Promise<Instant> => {
      await store.putAll(resources.map((resource) => writeOf(resource, '5.0', tick())));
      return time.at;
    },
    remove: async (name: string): Promise<Instant> => {
      const removal = { type: typeOfReference(name), id: idOfReference(name), at: tick(), filedBy: 'test' };
      const removed = await store.remove(removal, await current(name), everything);
      if (!removed.ok) throw new Error(removed.failure);
      return time.at;
    },
  };
}

function writeOf(resource: Filed, version: FhirVersion, at: Instant): ResourceWrite {
  const kind = kindOf(resource.resourceType);
  if (!kind) throw new Error(`no kind ${resource.resourceType}`);
  const patient = patientOf(resource);
  const status = resource['status'];
  return {
    type: resource.resourceType,
    id: resource.id,
    fhirVersion: version,
    patient,
    status: typeof status === 'string' ? status : undefined,
    index: indexOf(kind, resource, version, { issuer: 'https://consent.example.org', patient }),
    text: JSON.stringify(resource),
    at,
    filedBy: 'test',
  };
}

function patientOf(resource: Resource & { readonly id: string }): string | undefined {
  if (resource.resourceType === 'Patient') return resource.id;
  const subject = element(resource, 'subject') ?? element(resource, 'patient');
  const { local } = readReference(subject ?? {}, []);
  return local && typeOfReference(local) === 'Patient' ? idOfReference(local) : undefined;
}

/** `to('Patient/ann')`. */
export const to = (reference: string) => ({ reference });
export const called = (value: string) => ({ system: 'urn:x', value });

export const aResource = (name: string, rest: Readonly<Record<string, unknown>> = {}): Filed =>
  ({ resourceType: typeOfReference(name), id: idOfReference(name), ...rest }) as Filed;

export const aConsent = (
  id: string,
  subject: Readonly<Record<string, unknown>>,
  rest: Readonly<Record<string, unknown>> = {},
): Filed => aResource(`Consent/${id}`, { status: 'active', subject, ...rest });
