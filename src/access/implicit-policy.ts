/** What holds where no consent speaks; one policy per deployment (IHE PCF 53.2.1, consent-decisioning.md §2). */
import type { AccessRequest } from '../decision/request.ts';
import { purposeAndBelow } from '../labeling/vocabulary.ts';

export const implicitPolicies = ['deny', 'basic-normal', 'all-normal', 'break-glass-only'] as const;
export type ImplicitPolicy = (typeof implicitPolicies)[number];

export function whenSilent(policy: ImplicitPolicy, request: AccessRequest): 'permit' | 'deny' {
  switch (policy) {
    case 'deny':
      return 'deny';
    case 'all-normal':
      return 'permit';
    case 'basic-normal':
      return isOrdinaryTreatment(request) ? 'permit' : 'deny';
    case 'break-glass-only':
      return asksToBreakGlass(request) ? 'permit' : 'deny';
  }
}

/** Clinicians, for treatment and what belongs to it, break-glass apart. */
function isOrdinaryTreatment({ requester, purposes }: AccessRequest): boolean {
  const treatment = purposeAndBelow('TREAT');
  const isTreatment = (purpose: string): boolean => treatment.has(purpose) && purpose !== 'BTG';
  return requester.type === 'practitioner' && purposes.length > 0 && purposes.every(isTreatment);
}

export const asksToBreakGlass = ({ purposes }: AccessRequest): boolean => purposes.includes('BTG');
