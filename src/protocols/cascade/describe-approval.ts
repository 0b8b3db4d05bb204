/** What an enterprise server learns when it introspects our approval (cascaded-authorization.md §5, §10). */
import type { ConsentOnFile } from '../../access/decide-access.ts';
import { consentUrl, permittingConsents } from '../../access/describe-consent.ts';
import { earlier } from '../../base/instant.ts';
import type { JsonObject } from '../../base/json.ts';
import { allOf, type Filter } from '../../decision/filter.ts';
import { restrictToType } from '../../decision/restrict.ts';
import { settled } from '../../decision/settled.ts';
import { renderAst } from '../../enforcement/render-ast.ts';
import { renderPcf } from '../../enforcement/render-pcf.ts';
import { codeSystems } from '../../fhir/coding.ts';
import type { Confidentiality } from '../../labeling/vocabulary.ts';
import type { Support } from '../uma/assessment/decide-permissions.ts';
import type { ConfirmedApproval, DescribeApproval } from '../uma/protection/describe-rpt.ts';

export type ApprovalDescriptionDeps = {
  readonly issuer: string;
  /** How the deployment reads data without a label; N when nothing is said. */
  readonly unlabelledAs?: Confidentiality;
};

/** INVARIANT: for introspection alone; nothing of it may stand where the client can read it (§5). */
export const describeApproval =
  (deps: ApprovalDescriptionDeps): DescribeApproval =>
  (confirmed) => {
    const { approval, support } = confirmed;
    const { party, process } = approval;
    return {
      txn: process,
      purpose_of_use: party.purposes,
      rqp: { iss: party.issuer, sub: party.subject },
      obligations: obligationsOf(support),
      extensions: { ihe_iua: asJson(party.asserted), ihe_pcf: pcfOf(deps, confirmed) },
      residual_ver: 1,
      residual_ast: astOf(deps, support),
    };
  };

function pcfOf(
  { issuer, unlabelledAs }: ApprovalDescriptionDeps,
  { approval, support }: ConfirmedApproval,
): JsonObject {
  const consents = consentsOf(support);
  const policies = [...new Set(consents.flatMap((each) => each.policies))];
  return {
    patient_id: approval.patient,
    doc_id: consents.map((consent) => consentUrl(issuer, consent)),
    ...(policies.length === 0 ? {} : { acp: policies }),
    residual: renderPcf(everythingAsked(support), unlabelledAs).residual,
  };
}

/** Everything that PCF has no word for as well; where the two differ, this is the decision. */
function astOf({ unlabelledAs = 'N' }: ApprovalDescriptionDeps, support: readonly Support[]): JsonObject {
  const filters = support.map(({ decided: { decision }, types }) => ofTypes(decision.filter, types));
  const ends = support.flatMap(({ decided }) => decided.decision.holdsUntil ?? []);
  const basis = support.flatMap(({ decided }) => decided.decision.basis);
  return asJson(
    renderAst(settled(allOf(filters)), {
      basedOn: [...new Set(basis.map(({ consent, version }) => `Consent/${consent}/_history/${version}`))],
      notAfter: ends.length === 0 ? undefined : ends.reduce(earlier),
      unlabelledAs,
    }),
  );
}

const ofTypes = (filter: Filter, types: readonly string[] | undefined): Filter =>
  types ? allOf([{ op: 'is', atom: { kind: 'type', anyOf: types } }, filter]) : filter;

function consentsOf(support: readonly Support[]): readonly ConsentOnFile[] {
  const consents = support.flatMap(({ decided }) => permittingConsents(decided));
  return [...new Map(consents.map((consent) => [consent.id, consent])).values()];
}

/**
 * PCF rules know neither actions nor types, so what one of them hides is hidden for all that was granted together.
 * Types that were not granted need no rule: the permissions leave them out.
 */
const everythingAsked = (support: readonly Support[]): Filter =>
  allOf(
    support.flatMap(({ decided: { decision }, types }) =>
      types ? types.map((type) => restrictToType(decision.beforeLabels, type)) : [decision.beforeLabels],
    ),
  );

/** What a receiver does not understand it must treat as a refusal (D11), so each code comes with its system. */
const obligationsOf = (support: readonly Support[]): readonly JsonObject[] =>
  [...new Set(support.flatMap(({ decided }) => decided.decision.obligations))].map((code) => ({
    id: code,
    type: `${codeSystems.actCode}#${code}`,
  }));

/** A parsed claim is JSON already, apart from members that TypeScript thinks may be undefined. */
const asJson = (value: object): JsonObject => value as JsonObject;
