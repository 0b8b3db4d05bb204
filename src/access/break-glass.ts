/** Who may break the glass at all, whatever a consent says (consent-decisioning.md B-1). */
import type { AccessRequest } from '../decision/request.ts';

export type BreakGlassSettings = { readonly allowedRoles: readonly string[] };

/** An individual with a listed role, who gives a reason and acknowledges; absent settings entitle nobody. */
export function mayBreakGlass(
  { requester, breakGlass }: AccessRequest,
  settings: BreakGlassSettings | undefined,
): boolean {
  const isIndividual = requester.type === 'practitioner';
  const hasRole = (requester.roles ?? []).some(({ code }) => settings?.allowedRoles.includes(code));
  return (
    isIndividual && hasRole && breakGlass?.acknowledged === true && (breakGlass.reason ?? '').trim() !== ''
  );
}
