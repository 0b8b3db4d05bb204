/** Who may break the glass at all, whatever a consent says (consent-decisioning.md B-1). */
import { matchesActor, matchesPurpose, type Walk } from '../match.ts';
import type { CompiledConsent, CompiledProvision } from '../program.ts';
import { isBreakGlass } from '../question.ts';
import type { AccessRequest } from '../request.ts';
import type { DecisionSettings } from '../settings.ts';

/** An individual with a listed role, who gives a reason and acknowledges; absent settings entitle nobody. */
export function mayBreakGlass(
  { requester, breakGlass: said }: AccessRequest,
  { breakGlass: settings }: DecisionSettings,
): boolean {
  const isIndividual = requester.type === 'practitioner';
  const hasRole = (requester.roles ?? []).some(({ code }) => settings?.allowedRoles.includes(code));
  return isIndividual && hasRole && said?.acknowledged === true && (said.reason ?? '').trim() !== '';
}

/** Whether a consent opens a door for breaking the glass, only not to this party (case 30). */
export function opensToOthers<T>(consents: readonly CompiledConsent[], walk: Walk<T>): boolean {
  const { logic } = walk;
  const isDoor = ({ effect, condition, children }: CompiledProvision): boolean =>
    (effect === 'permit' &&
      condition.purposes !== undefined &&
      matchesPurpose(condition, walk) === logic.yes &&
      matchesActor(condition, walk) === logic.no) ||
    children.some(isDoor);
  return consents.some(({ rules }) => rules.some(({ exceptions }) => exceptions.some(isDoor)));
}

/** Details without the purpose are an ordinary request. */
export const isRefusedTheGlass = (request: AccessRequest, settings: DecisionSettings): boolean =>
  isBreakGlass(request) && !mayBreakGlass(request, settings);
