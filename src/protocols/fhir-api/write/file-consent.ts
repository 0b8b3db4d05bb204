/** Files a consent that was drawn up here on a patient's word: checked, kept and recorded as one that came in. */
import type { Caller } from '../../../access/caller.ts';
import type { Asked } from '../../../base/endpoint.ts';
import type { Failure } from '../../../base/failure.ts';
import { randomId } from '../../../base/ids.ts';
import { ok, type Result } from '../../../base/result.ts';
import type { Resource } from '../../../fhir/resource.ts';
import type { FhirApiDeps, FhirStores } from '../base.ts';
import { consentKind } from '../resource-kind.ts';
import { acceptBody } from './accept-body.ts';
import { create } from './create-resource.ts';

export type FilingDeps = Pick<FhirApiDeps, 'issuer' | 'random' | 'resources'>;

type CheckedConsent = { readonly id: string; readonly file: (stores: FhirStores) => Promise<void> };

/** In R4. What comes back has its id, and writes it within a transaction. */
export const fileConsent =
  (deps: FilingDeps) =>
  async (
    resource: Resource,
    call: Asked & { readonly caller: Caller },
  ): Promise<Result<CheckedConsent, Failure>> => {
    const body = {
      id: randomId(deps.random),
      resource,
      text: JSON.stringify(resource),
      version: '4.0',
    } as const;
    const accepted = await acceptBody(deps, consentKind, body, call);
    if (!accepted.ok) return accepted;
    const act = { interaction: 'create', type: 'Consent' } as const;
    return ok({
      id: body.id,
      async file(stores) {
        await create(stores, { accepted: accepted.value, call, act, deps });
      },
    });
  };
