/** Discovery (AuthZEN 1.0 §9): what is served here, and nothing that is not. */
import type { JsonObject } from '../../base/json.ts';

export const paths = {
  configuration: '/.well-known/authzen-configuration',
  evaluation: '/access/v1/evaluation',
  evaluations: '/access/v1/evaluations',
  subjects: '/access/v1/search/subject',
  resources: '/access/v1/search/resource',
  actions: '/access/v1/search/action',
} as const;

/** The identifier is the issuer, below which the document is found: whoever reads it compares the two (C10). */
export const configurationOf = (issuer: string): JsonObject => ({
  policy_decision_point: issuer,
  access_evaluation_endpoint: issuer + paths.evaluation,
  access_evaluations_endpoint: issuer + paths.evaluations,
  search_subject_endpoint: issuer + paths.subjects,
  search_resource_endpoint: issuer + paths.resources,
  search_action_endpoint: issuer + paths.actions,
});
