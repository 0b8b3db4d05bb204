/** What a resource is found by, in the shape of every version in which it can be said. */

import type { Resource } from '../../fhir/resource.ts';
import { indexResource } from '../../fhir/search/index-resource.ts';
import type { SearchIndex } from '../../fhir/search/search.ts';
import { type Shape, shapeOf } from '../../fhir/search/search-parameter.ts';
import type { FhirVersion } from '../../fhir/version.ts';
import { ownFhirBases } from './base.ts';
import type { ResourceKind } from './resource-kind.ts';

export const indexOf = (
  kind: Pick<ResourceKind, 'parameters' | 'elementsIn'>,
  resource: Resource,
  version: FhirVersion,
  { issuer, patient }: { readonly issuer: string; readonly patient: string | undefined },
): SearchIndex =>
  indexResource(kind.parameters, viewsOf(kind, resource, version), {
    ownBases: ownFhirBases(issuer),
    patient,
  });

function viewsOf(
  { elementsIn }: Pick<ResourceKind, 'elementsIn'>,
  resource: Resource,
  version: FhirVersion,
): Partial<Record<Shape, Resource>> {
  const other: FhirVersion = shapeOf(version) === 'R5' ? '4.0' : '5.0';
  const converted = elementsIn(resource, version, other);
  return {
    [shapeOf(version)]: resource,
    ...(converted ? { [shapeOf(other)]: converted.resource } : {}),
  };
}
