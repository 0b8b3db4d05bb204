/** May this body be stored in the directory: structure as far as it is read (400), then our own rules (422). */
import type { Failure, FailurePart } from '../../base/failure.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Resource } from '../resource.ts';
import { type DirectoryType, directorySchemas } from '../schemas/directory-schemas.ts';
import { domainResourceInvariants } from './invariant-tables.ts';
import { brokenInvariants } from './invariants.ts';
import { localReferenceProblems } from './local-references.ts';
import { narrativeProblems } from './narrative.ts';
import { refusalOf, structureProblems, type Validated } from './validate.ts';

export function validateDirectoryResource(
  type: DirectoryType,
  resource: Resource,
): Result<Validated, Failure> {
  const structure = structureProblems(directorySchemas[type], resource);
  const faults = structure.length > 0 ? structure : invariantFaults(resource);
  if (faults.length > 0) return err(refusalOf('malformed', type, faults));
  const rules = narrativeProblems(resource);
  return rules.length > 0 ? err(refusalOf('unprocessable', type, rules)) : ok({ warnings: [] });
}

/** Without dom-6: what machines keep about who is who need not be told to people. */
const invariantFaults = (resource: Resource): readonly FailurePart[] => [
  ...brokenInvariants(domainResourceInvariants, resource).map(({ part }) => part),
  ...localReferenceProblems(resource),
];
