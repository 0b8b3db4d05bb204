/** May this body be stored in the directory: structure as far as it is read (400), then our own rules (422). */
import type { Failure } from '../base/failure.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type DirectoryType, directorySchemas } from './directory-schemas.ts';
import { containedProblems } from './domain-resource.ts';
import { narrativeProblems } from './narrative.ts';
import type { Resource } from './resource.ts';
import { refusalOf, structureProblems, type Validated } from './validate.ts';

export function validateDirectoryResource(
  type: DirectoryType,
  resource: Resource,
): Result<Validated, Failure> {
  const structure = structureProblems(directorySchemas[type], resource);
  const faults = structure.length > 0 ? structure : containedProblems(resource);
  if (faults.length > 0) return err(refusalOf('malformed', type, faults));
  const rules = narrativeProblems(resource);
  return rules.length > 0 ? err(refusalOf('unprocessable', type, rules)) : ok({ warnings: [] });
}
