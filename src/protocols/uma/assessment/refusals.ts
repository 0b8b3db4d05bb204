/** Decisions as the audit log must know them where a request was refused for more than what the consents said. */
import type { Decided } from '../../../access/decide-access.ts';
import { denial } from '../../../decision/decision.ts';
import { none } from '../../../decision/filter.ts';
import type { AccessRequest } from '../../../decision/request.ts';

/** A permit that came to nothing. */
export const refused = (decided: Decided): Decided => ({
  ...decided,
  decision: {
    ...decided.decision,
    outcome: 'deny',
    reason: 'outside-permitted-data',
    filter: none,
    beforeLabels: none,
  },
});

/** Refused whatever the consents say, so that none of them stands in the record. */
export const refusedUnweighed = ({
  id,
  request,
  inputs,
}: Pick<Decided, 'id' | 'request' | 'inputs'>): Decided => ({
  id,
  request,
  inputs,
  decision: denial('outside-permitted-data'),
  consents: [],
});

/**
 * Nothing was asked that a consent could answer: no scope, none that we understand, or none that is still registered.
 * An entry names an action, so it says `access`, the least there is to ask for.
 */
export const nothingAsked = (id: string, request: Omit<AccessRequest, 'action'>): Decided =>
  refusedUnweighed({ id, request: { ...request, action: 'access' }, inputs: '' });
