/** What holds where no consent speaks; one policy per deployment (IHE PCF 53.2.1, consent-decisioning.md §2). */
import { purposeAndBelow } from '../../labeling/vocabulary.ts';
import { isBreakGlass, isBreakGlassAlone, isWriting } from '../question.ts';
import type { AccessRequest } from '../request.ts';
import type { DecisionSettings } from '../settings.ts';

export function permitsInSilence({ implicitPolicy }: DecisionSettings, request: AccessRequest): boolean {
  // Breaking the glass only reads, unless a consent says what else.
  if (isBreakGlass(request) && isWriting(request)) return false;
  switch (implicitPolicy) {
    case 'deny':
      return false;
    case 'all-normal':
      return true;
    case 'basic-normal':
      return isOrdinaryTreatment(request);
    case 'break-glass-only':
      return isBreakGlassAlone(request);
  }
}

/** Clinicians, for treatment and what belongs to it, break-glass apart. */
function isOrdinaryTreatment({ requester, purposes }: AccessRequest): boolean {
  const treatment = purposeAndBelow('TREAT');
  const isTreatment = (purpose: string): boolean => treatment.has(purpose) && purpose !== 'BTG';
  return requester.type === 'practitioner' && purposes.length > 0 && purposes.every(isTreatment);
}

/** Payment and operations get no more than they need, treatment does (45 CFR 164.502(b), case 4). */
export function needsMinimumOnly({ purposes }: AccessRequest): boolean {
  const bounded = [...purposeAndBelow('HPAYMT'), ...purposeAndBelow('HOPERAT')];
  return purposes.some((purpose) => bounded.includes(purpose));
}
