/** One evaluation as a question to the consents (authzen.md §8.1). */
import { ok, type Result } from '../../base/result.ts';
import type { AccessRequest } from '../../decision/request.ts';
import type { DecisionSettings } from '../../decision/settings.ts';
import { actionMeant } from './action-meaning.ts';
import { purposeFrom } from './read-code.ts';
import { type About, aboutFrom } from './read-resource.ts';
import { requesterFrom, strangerFrom } from './read-subject.ts';
import type { Evaluation, RequestContext } from './wire.ts';

export type Question = Pick<About, 'patients' | 'told'> & {
  readonly request: Omit<AccessRequest, 'patient' | 'at'>;
  /** Types of obligations that the client will fulfil. Saying nothing is no promise (§8.2). */
  readonly supported: readonly string[];
  readonly transaction?: string;
};

/** What nobody here has a word for is asked as a question for nothing, so that it is refused and recorded (C6). */
export function questionFrom(
  { subject, action, resource, context = {} }: Evaluation,
  settings: DecisionSettings,
): Result<Question, string> {
  const about = aboutFrom(resource, settings);
  if (!about.ok) return about;
  const { patients, facts, told } = about.value;
  const requester = requesterFrom(subject, settings);
  const meant = actionMeant(action.name);
  const resourceTypes = requester && meant ? about.value.resourceTypes : [];
  return ok({
    request: {
      requester: requester ?? strangerFrom(subject),
      action: meant ?? 'access',
      purposes: (context.purpose_of_use ?? []).map(purposeFrom),
      ...(resourceTypes === undefined ? {} : { resourceTypes }),
      ...(context.break_glass ? { breakGlass: context.break_glass } : {}),
      ...(facts ? { resource: facts } : {}),
    },
    patients,
    ...(told ? { told } : {}),
    supported: context.supported_obligations ?? [],
    ...transactionIn(context),
  });
}

/** Recorded as it came, so only what can stand in a log line. */
const transactionIn = ({ txn }: RequestContext) =>
  txn !== undefined && /^[\w.:-]{1,128}$/.test(txn) ? { transaction: txn } : {};
