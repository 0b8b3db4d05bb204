/** The invariants every resource is held to, alike in R4, R4B and R5 (FHIR R4 §2.27.3, R5 §2.1.27.3). */
import type { Invariant } from './invariants.ts';

const inContained = {
  severity: 'error',
  context: 'DomainResource',
  when: 'contained',
  each: 'contained',
} as const;

/** Without dom-3, which as published takes milliseconds: `local-references.ts` has it. */
export const domainResourceInvariants: readonly Invariant[] = [
  {
    ...inContained,
    key: 'dom-2',
    human: 'If the resource is contained in another resource, it SHALL NOT contain nested Resources',
    expression: 'contained.contained.empty()',
  },
  {
    ...inContained,
    key: 'dom-4',
    human:
      'If a resource is contained in another resource, it SHALL NOT have a meta.versionId or a meta.lastUpdated',
    expression: 'contained.meta.versionId.empty() and contained.meta.lastUpdated.empty()',
  },
  {
    ...inContained,
    key: 'dom-5',
    human: 'If a resource is contained in another resource, it SHALL NOT have a security label',
    expression: 'contained.meta.security.empty()',
  },
];

export const narrativeShouldExist: Invariant = {
  key: 'dom-6',
  severity: 'warning',
  context: 'DomainResource',
  human: 'A resource should have narrative for robust management',
  expression: 'text.`div`.exists()',
  wants: 'text',
};
