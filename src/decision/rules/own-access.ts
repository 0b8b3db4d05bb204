/** What patients see of themselves, and those who act for them, without any consent (consent-decisioning.md §§8, 10). */
import { codeSystems } from '../../fhir/coding.ts';
import { minorProtectedLabels } from '../../labeling/limiting-labels.ts';
import { purposeAndBelow } from '../../labeling/vocabulary.ts';
import { type Authority, isHeldNow } from '../authority.ts';
import type { Party } from '../party.ts';
import type { Program } from '../program.ts';
import type { Question } from '../question.ts';
import type { AccessRequest } from '../request.ts';

/** `patient`: comes before a refusal of the patient's own; `representative`: yields to one. */
export type OwnAccess<T> = { readonly by: 'patient' | 'representative' | undefined; readonly region: T };

export function ownAccess<T>({ program, party, request, logic }: Question<T>): OwnAccess<T> {
  const { type } = request.requester;
  if (request.action !== 'access' || (type !== 'patient' && type !== 'related-person'))
    return { by: undefined, region: logic.no };
  if (isPatient(program, party, request)) return { by: 'patient', region: logic.yes };
  const [authority] = authoritiesFor(program, party).filter((each) => isHeld(each, program, request));
  if (!authority || !asksForPatient(request)) return { by: undefined, region: logic.no };
  return { by: 'representative', region: logic.yes };
}

/**
 * What a minor may consent to alone is hidden from a parent, whoever else permits it, unless the minor does (PR-4).
 *
 * @param byPatient where consents that the patient gave permit
 */
export function openToParent<T>({ program, party, request, logic, about }: Question<T>, byPatient: T): T {
  const { subject } = program;
  const isOfAge = subject.majority !== undefined && request.at >= subject.majority;
  const isParent = authoritiesFor(program, party).some(({ isParental }) => isParental);
  if (!isParent || isOfAge) return logic.yes;
  return logic.or(byPatient, logic.not(logic.test(protectedOfMinors, about)));
}

/** In person and for no other purpose (45 CFR 164.524, case 64). */
const isPatient = ({ subject }: Program, { requester, self }: Party, { purposes }: AccessRequest): boolean =>
  requester.type === 'patient' &&
  [...self].some((name) => subject.names.has(name)) &&
  purposes.length > 0 &&
  purposes.every((purpose) => purposeAndBelow('PATRQT').has(purpose));

/** Of those on file for the requester, past and present, those for this patient. */
export const authoritiesFor = ({ subject }: Program, { authorities }: Party): readonly Authority[] =>
  authorities.filter(({ patient }) => [...patient].some((name) => subject.names.has(name)));

/** At this moment, and by a parent only until the child is of age (PR-3). */
function isHeld(authority: Authority, { subject }: Program, { at }: AccessRequest): boolean {
  const isOver = authority.isParental && subject.majority !== undefined && at >= subject.majority;
  return isHeldNow(authority, at) && !isOver;
}

/** PR-5. */
const asksForPatient = ({ requester, purposes }: AccessRequest): boolean =>
  requester.type === 'related-person' &&
  purposes.length > 0 &&
  purposes.every((purpose) => purpose === 'FAMRQT' || purpose === 'PWATRNY');

/** Of services that minors may consent to alone. */
const protectedOfMinors = {
  kind: 'label',
  anyOf: minorProtectedLabels.map((code) => ({ system: codeSystems.actCode, code })),
} as const;
