// The audit log as the privacy officer reads it: AuditEvents over the FHIR API, cut down to what was decided and why.

import { isObject, type Json, type JsonObject } from '../../../src/base/json.ts';
import type { Scene } from './scene.ts';

export type RecordedDecision = {
  readonly recorded: string;
  readonly outcome: 'permit' | 'deny';
  readonly reason: string;
  /** `uma`, `introspection`, `b2b` … */
  readonly door: string;
  readonly purposes: readonly string[];
  readonly basis: readonly { readonly consent: string; readonly path: string }[];
};

/** Newest first. */
export async function decisionsAbout(scene: Scene): Promise<readonly RecordedDecision[]> {
  const url = `/fhir/R4/AuditEvent?type=110113&patient=${encodeURIComponent(scene.directory.patient)}&_count=100`;
  const { status, body } = await scene.officer.ask('call', { method: 'GET', url });
  scene.check.equal(status, 200, `reading the audit log (${JSON.stringify(body).slice(0, 300)})`);
  const entries = objectsIn(body['entry']).map((entry) => entry['resource']);
  return entries.filter((resource) => isObject(resource)).map(readEvent);
}

function readEvent(event: JsonObject): RecordedDecision {
  const about = objectsIn(event['extension']).find(({ url }) => String(url).endsWith('/decision-basis'));
  const parts = objectsIn(about?.['extension']);
  const code = (name: string): string => String(parts.find(({ url }) => url === name)?.['valueCode']);
  return {
    recorded: String(event['recorded']),
    outcome: event['outcome'] === '0' ? 'permit' : 'deny',
    reason: code('reason'),
    door: code('door'),
    purposes: objectsIn(event['purposeOfEvent']).flatMap(({ coding }) =>
      objectsIn(coding).map((one) => String(one['code'])),
    ),
    basis: parts.filter(({ url }) => url === 'provision').map(readBasis),
  };
}

function readBasis(provision: JsonObject): RecordedDecision['basis'][number] {
  const parts = objectsIn(provision['extension']);
  const consent = parts.find(({ url }) => url === 'consent')?.['valueReference'];
  const path = parts.find(({ url }) => url === 'path')?.['valueString'];
  return { consent: isObject(consent) ? String(consent['reference']) : '', path: String(path) };
}

const objectsIn = (value: Json | undefined): readonly JsonObject[] =>
  (Array.isArray(value) ? value : []).filter((item) => isObject(item));
