/** What a search found, and what comes along with it. */
import type { Caller } from '../../../access/caller.ts';
import type { Resource, StoredResource } from '../../../fhir/resource.ts';
import type { Presentation } from '../presentation.ts';
import type { ResourceKind } from '../resource-kind.ts';

/** What was found, of which kind, and who sees it how. */
export type Matches = {
  readonly kind: ResourceKind;
  readonly matches: readonly StoredResource[];
  readonly caller: Caller;
  readonly presentation: Presentation;
};

/** Whom it is about besides what it is, for the record of what was shown. */
export type Included = { readonly resource: Resource; readonly patient: string | undefined };
