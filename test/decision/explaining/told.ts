/** An explanation as a reader gets it: the answer, each consent with its rules below it, each resource. */
import { accessSettings, type Settings, settingsSchema } from '../../../src/access/settings.ts';
import { asInstant } from '../../../src/base/instant.ts';
import type { Explanation } from '../../../src/decision/explain.ts';
import type { AccessRequest } from '../../../src/decision/request.ts';
import type { Resource, StoredResource } from '../../../src/fhir/resource.ts';
import { engineOver } from '../../support/engine.ts';

export type Story = {
  /** R5, each under its key as id; subject, status and grantor are added. */
  readonly consents: Readonly<Record<string, object>>;
  readonly directory?: readonly (Resource & { readonly id: string })[];
  readonly settings?: Partial<Settings>;
  readonly request?: Partial<AccessRequest>;
  readonly candidates?: readonly Resource[];
};

const noon = asInstant(Date.UTC(2026, 5, 15, 12));
const ann = { reference: 'Patient/ann' };

export function explained(story: Story): Explanation {
  const { consents, directory = [], settings = {}, request = {}, candidates = [] } = story;
  const engine = engineOver(
    Object.entries(consents).map(([id, given]) => stored({ ...consentOf(given), id })),
    directory.map(stored),
    accessSettings(settingsSchema.parse(settings), []),
  );
  const requester = { type: 'practitioner', reference: 'Practitioner/t' } as const;
  const usual = {
    patient: 'Patient/ann',
    requester,
    action: 'access',
    purposes: ['TREAT'],
    at: noon,
  } as const;
  return engine.explain({ ...usual, ...request }, candidates);
}

export function told(story: Story): string {
  const { summary, consents, resources } = explained(story);
  const lines = [
    ...summary,
    ...consents.flatMap((consent) => [
      `- ${consent.summary.join(' ')}`,
      ...consent.rules.map((rule) => `  - ${rule.summary}`),
    ]),
    ...resources.map((one) => `- ${one.resource}: ${one.summary}`),
  ];
  return `\n${lines.join('\n')}\n`;
}

const consentOf = (given: object): Resource => ({
  resourceType: 'Consent',
  status: 'active',
  subject: ann,
  grantor: [ann],
  ...given,
});

const stored = (resource: Resource & { readonly id?: string }): StoredResource => ({
  type: resource.resourceType,
  id: String(resource.id),
  version: 1,
  fhirVersion: '5.0',
  patient: resource.resourceType === 'Consent' ? 'ann' : undefined,
  status: typeof resource['status'] === 'string' ? resource['status'] : undefined,
  resource,
  updatedAt: noon,
  filedBy: 'test',
});

const system = (name: string) => `http://terminology.hl7.org/CodeSystem/${name}`;
export const purpose = (...codes: readonly string[]) => ({
  purpose: codes.map((code) => ({ system: system('v3-ActReason'), code })),
});
export const labelled = (...codes: readonly string[]) => ({
  securityLabel: codes.map((code) => ({
    system: system(code.length === 1 ? 'v3-Confidentiality' : 'v3-ActCode'),
    code,
  })),
});
export const by = (...references: readonly string[]) => ({
  actor: references.map((reference) => ({
    role: { coding: [{ system: system('v3-ParticipationType'), code: 'IRCP' }] },
    reference: { reference },
  })),
});
export const action = (code: string) => ({
  action: [{ coding: [{ system: system('consentaction'), code }] }],
});
export const observation = (id: string, code: string): Resource => ({
  resourceType: 'Observation',
  id,
  meta: { security: labelled(code).securityLabel },
});
