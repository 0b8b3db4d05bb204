/** Decision cases as data (the format of the published cases), put to the engine without a database. */
import { createDecideAccess, type Decided } from '../../src/access/decide-access.ts';
import { accessSettings, settingsSchema } from '../../src/access/settings.ts';
import { asInstant, type Instant, parseInstant } from '../../src/base/instant.ts';
import { factsOf } from '../../src/decision/facts.ts';
import type { AccessRequest, Requester } from '../../src/decision/request.ts';
import { isVisible } from '../../src/decision/visible.ts';
import { idOfReference } from '../../src/fhir/reference.ts';
import type { Resource, StoredResource } from '../../src/fhir/resource.ts';
import type { FhirVersion } from '../../src/fhir/version.ts';

export type DecisionCase = {
  readonly id: string;
  readonly title: string;
  readonly spec?: string;
  readonly now: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly resources?: readonly Resource[];
  readonly consents: readonly { readonly fhirVersion: FhirVersion; readonly resource: Resource }[];
  readonly request: {
    readonly patient: string;
    readonly requester: Requester;
    readonly action?: AccessRequest['action'];
    readonly purposes: readonly string[];
    readonly resourceTypes?: readonly string[];
    readonly breakGlass?: NonNullable<AccessRequest['breakGlass']>;
  };
  readonly candidates?: readonly Resource[];
  readonly expect: {
    readonly outcome: 'permit' | 'deny';
    readonly visible?: readonly string[];
    readonly hidden?: readonly string[];
    readonly reason?: string;
    readonly basis?: readonly { readonly consent: number; readonly path: string }[];
    readonly obligations?: readonly string[];
    readonly conflict?: boolean;
    readonly validUntil?: string;
  };
};

export type CaseAnswer = {
  readonly decided: Decided;
  readonly visible: readonly string[];
  readonly hidden: readonly string[];
};

export async function answerCase(given: DecisionCase): Promise<CaseAnswer> {
  const settings = accessSettings(settingsSchema.parse(given.settings ?? {}), []);
  const at = instant(given.now);
  const consents = given.consents.map(({ fhirVersion, resource }, index) =>
    stored(resource, fhirVersion, String(index), at),
  );
  const directory = (given.resources ?? []).map((resource) =>
    stored(resource, '4.0', resource.id ?? '-', at),
  );
  const decide = createDecideAccess({
    consents: {
      mayBeInForce: async () => consents.filter(({ status }) => status === undefined || status === 'active'),
    },
    directory: { around: async () => directory },
    settings,
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
  });
  const { action = 'access', ...request } = given.request;
  const [decided] = await decide([{ ...request, action, at }]);
  if (!decided) throw new Error('no decision came back');
  const facts = (given.candidates ?? []).map((candidate) => factsOf(candidate, settings));
  const visible = facts.filter((each) => isVisible(decided.decision.filter, each)).map(({ name }) => name);
  return {
    decided,
    visible,
    hidden: facts.map(({ name }) => name).filter((name) => !visible.includes(name)),
  };
}

function stored(resource: Resource, fhirVersion: FhirVersion, id: string, at: Instant): StoredResource {
  const subject = (resource['patient'] ?? resource['subject']) as { readonly reference?: string } | undefined;
  const status = resource['status'];
  return {
    type: resource.resourceType,
    id,
    version: 1,
    fhirVersion,
    patient: subject?.reference === undefined ? undefined : idOfReference(subject.reference),
    status: typeof status === 'string' ? status : undefined,
    resource,
    updatedAt: at,
    filedBy: 'test',
  };
}

function instant(text: string): Instant {
  return parseInstant(text) ?? asInstant(Number.NaN);
}
