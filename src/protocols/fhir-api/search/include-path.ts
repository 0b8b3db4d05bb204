/** What `_include` and `_revinclude` name: references of a type, by their search parameters (FHIR R4 §3.1.1.5.4). */
import { indexNames, type SearchParameter, shapeOf } from '../../../fhir/search/search-parameter.ts';
import type { FhirVersion } from '../../../fhir/version.ts';
import { kindOf, type ResourceKind } from '../resource-kind.ts';
import type { IncludeControl } from './read-search.ts';

/** `Consent:actor:Organization`; a parameter `*` stands for all. */
export type IncludePath = { readonly type: string; readonly parameter: string; readonly target?: string };

export function readIncludePath(value: string): IncludePath | undefined {
  const [type = '', parameter = '', target, ...rest] = value.split(':');
  if (rest.length > 0 || parameter === '') return undefined;
  return { type, parameter, ...(target === undefined ? {} : { target }) };
}

export function isInclude(
  kind: ResourceKind,
  version: FhirVersion,
  control: IncludeControl,
  value: string,
): boolean {
  const path = readIncludePath(value);
  if (!path) return false;
  if (control === '_revinclude') return value === recordedIn || refersTo(path, version, kind.type);
  const isOwn = control === '_include:iterate' || path.type === kind.type;
  return isOwn && parametersOf(path, version).length > 0;
}

/** The audit log is no store of resources: see `audit/audit-of.ts`. */
const recordedIn = 'AuditEvent:entity';

const refersTo = (path: IncludePath, version: FhirVersion, target: string): boolean =>
  path.parameter !== '*' &&
  parametersOf(path, version).some(({ targets }) => targets === undefined || targets.includes(target));

/** The reference parameters that a path names. */
const parametersOf = ({ type, parameter }: IncludePath, version: FhirVersion): readonly SearchParameter[] =>
  (kindOf(type)?.parameters ?? []).filter(
    (known) =>
      known.type === 'reference' &&
      known.paths[shapeOf(version)] !== undefined &&
      (parameter === '*' || known.name === parameter),
  );

/** Under which names the references are indexed, as this version sees them. */
export const namesInIndex = (path: IncludePath, version: FhirVersion): readonly string[] =>
  parametersOf(path, version).flatMap(({ name }) =>
    indexNames(kindOf(path.type)?.parameters ?? [], shapeOf(version), name),
  );
