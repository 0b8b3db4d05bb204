/** The resource as what is asked about: whose record, which types, and how much of it is known (authzen.md §8.1). */
import { err, ok, type Result } from '../../base/result.ts';
import { factsOf, type ResourceFacts } from '../../decision/facts.ts';
import type { DecisionSettings } from '../../decision/settings.ts';
import type { Resource } from '../../fhir/resource.ts';
import { isResourceType } from './resource-types.ts';
import { type Told, toldOf } from './told.ts';
import type { AskedOf } from './wire.ts';

export type About = {
  /** Names that must all mean one patient; none means nobody. */
  readonly patients: readonly string[];
  /** Absent: any, of the whole record. Empty: nothing that there is. */
  readonly resourceTypes?: readonly string[];
  /** The whole resource came along. */
  readonly facts?: ResourceFacts;
  /** Something of it was told. */
  readonly told?: Told;
};

/** A failure is what the client is told. */
export function aboutFrom(resource: AskedOf, settings: DecisionSettings): Result<About, string> {
  const { type, properties = {} } = resource;
  if (!isResourceType(type)) return ok({ patients: patientsIn(properties.patient), resourceTypes: [] });
  const id = idOf(resource);
  if (!id.ok) return id;
  const patients = patientsIn(properties.patient, ...(type === 'Patient' ? [patientFrom(resource.id)] : []));
  if (properties.resource) return inlineOf(resource, id.value, patients, settings);
  if (type === 'Patient' && !attributes.some((name) => properties[name] !== undefined))
    return ok({ patients });
  const told = toldOf(type, id.value, properties, settings);
  return ok({ patients, resourceTypes: [type], told });
}

const attributes = ['security_labels', 'codes', 'author', 'created', 'period'] as const;

const patientsIn = (...names: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(names.filter((name) => name !== undefined)),
];

/** The logical id; undefined for all of the type (`*`), and for a business identifier. */
function idOf({ type, id }: AskedOf): Result<string | undefined, string> {
  if (id === '*' || id === '' || id.includes('|')) return ok(undefined);
  const slash = id.indexOf('/');
  if (slash < 0) return ok(id);
  if (id.slice(0, slash) !== type) return err('`resource.id` names another type than `resource.type`');
  return ok(id.slice(slash + 1));
}

function patientFrom(id: string): string | undefined {
  if (id === '*' || id === '') return undefined;
  return id.includes('|') || id.startsWith('Patient/') ? id : `Patient/${id}`;
}

/** It must be the one that the question names; whose it is says `patient`, where that is there. */
function inlineOf(
  { type, properties = {} }: AskedOf,
  id: string | undefined,
  patients: readonly string[],
  settings: DecisionSettings,
): Result<About, string> {
  // Checked by its schema, as parsed JSON; the type cannot say that a loose object holds JSON alone.
  const inline = properties.resource as Resource;
  if (inline.resourceType !== type)
    return err('`resource.properties.resource` is of another type than `resource.type`');
  if (id !== undefined && inline.id !== undefined && inline.id !== id)
    return err('`resource.properties.resource` has another id than `resource.id`');
  const resource = id === undefined || inline.id !== undefined ? inline : { ...inline, id };
  const named = properties.patient === undefined ? patients : [properties.patient];
  return ok({ patients: named, facts: factsOf(resource, settings) });
}
