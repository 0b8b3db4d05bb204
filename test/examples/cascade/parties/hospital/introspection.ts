// What the record server hears about a token: oidc-provider's answer, cut down to what Headwater says at this moment.

import type { KoaContextWithOIDC } from 'oidc-provider';
import { earlier, fromEpochSeconds, toEpochSeconds } from '../../../../../src/base/instant.ts';
import type { JsonObject } from '../../../../../src/base/json.ts';
import type { NarrowedGrant } from '../../../../../src/sdk/index.ts';
import type { Backing, Cascade } from './cascade.ts';

/** A token that rests on an approval is worth what the approval is worth now, and nothing without it (D4, T8). */
export async function describeToken(
  cascade: Cascade,
  backings: ReadonlyMap<string, Backing>,
  ctx: KoaContextWithOIDC,
): Promise<JsonObject> {
  const told = ctx.body as JsonObject;
  const token = ctx.oidc.entities.ClientCredentials;
  if (told['active'] !== true || !token) return told;
  const backing = backings.get(token.jti);
  // Our own PATs and the like rest on nobody's consent.
  if (!backing) return token.scope === 'uma_protection' ? told : { active: false };
  const review = await cascade.review(backing);
  return review.ok ? describe(told, token.scopes, review.value, backing.recordId) : { active: false };
}

function describe(
  told: JsonObject,
  issued: ReadonlySet<string>,
  grant: NarrowedGrant,
  recordId: string,
): JsonObject {
  const scopes = grant.scopes.filter((scope) => issued.has(scope));
  if (scopes.length === 0) return { active: false };
  const expiry = earlier(grant.expiresAt, fromEpochSeconds(Number(told['exp'])));
  const { scope: _, ...rest } = told;
  return {
    ...rest,
    exp: toEpochSeconds(expiry),
    permissions: [{ resource_id: recordId, resource_scopes: scopes }],
    obligations: grant.obligations.map(({ wire }) => wire),
    extensions: {
      ihe_iua: { purpose_of_use: grant.purposes },
      ihe_pcf: { patient_id: grant.patient ?? '', doc_id: grant.consents, residual: grant.residual },
    },
  };
}
