/** What a permit asks of whoever enforces it: obligations of consents, and the part of the data that stays hidden (§8.2). */
import type { JsonObject } from '../../base/json.ts';
import type { Decision } from '../../decision/decision.ts';
import { renderAst } from '../../enforcement/render-ast.ts';
import { renderPcf } from '../../enforcement/render-pcf.ts';
import { codeSystems } from '../../fhir/coding.ts';
import type { Confidentiality } from '../../labeling/vocabulary.ts';

export type Obligation = {
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
};

export type Wording = { readonly issuer: string; readonly unlabelledAs: Confidentiality };

const residualType = (issuer: string): string => `${issuer}/obl/residual`;

/** Obligations and refrains of v3 ActCode, in the spelling of our introspection. */
const codeType = (code: string): string => `${codeSystems.actCode}#${code}`;

export const obligationsOf = (
  decision: Decision,
  resourceTypes: readonly string[] | undefined,
  wording: Wording,
): readonly Obligation[] => [
  ...decision.obligations.map((code) => ({
    id: code,
    type: codeType(code),
    properties: { system: codeSystems.actCode, code },
  })),
  ...(decision.filter.op === 'all' ? [] : [residual(decision, resourceTypes, wording)]),
];

/** Twice the same, for either kind of receiver; where the two differ, `residual_ast` is the decision. */
function residual(
  { filter, beforeLabels, basis, holdsUntil }: Decision,
  resourceTypes: readonly string[] | undefined,
  { issuer, unlabelledAs }: Wording,
): Obligation {
  const basedOn = [...new Set(basis.map(({ consent, version }) => `Consent/${consent}/_history/${version}`))];
  const ast = renderAst(filter, { basedOn, notAfter: holdsUntil, unlabelledAs, resourceTypes });
  const { exact, residual: rules } = renderPcf(beforeLabels, unlabelledAs);
  return {
    id: 'residual',
    type: residualType(issuer),
    properties: { residual_ver: 1, residual_ast: { ...ast }, ihe_pcf: { exact, residual: rules } },
  };
}
