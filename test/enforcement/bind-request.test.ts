/** fhir-consent.md M-14: what an expression asks about the request, put in its place. */
import { expect, test } from 'vitest';
import { bindRequest } from '../../src/enforcement/bind-request.ts';
import { evaluateExpression, readExpression } from '../../src/fhir/expression.ts';

const request = {
  action: 'access',
  purpose: ['TREAT', 'COC'],
  resourceType: [],
  requester: { type: 'practitioner', reference: "Practitioner/o'neill", role: [{ code: 'doctor' }] },
};

test.each([
  ["%request.action = 'access'", "'access' = 'access'"],
  ["%request.purpose contains 'COC'", "('TREAT' | 'COC') contains 'COC'"],
  ['%request.purpose.exists()', "('TREAT' | 'COC').exists()"],
  ['%request.resourceType.empty()', '({}).empty()'],
  ['%request.requester.role.code = code', "'doctor' = code"],
  [
    'performer.reference contains %request.requester.reference',
    "performer.reference contains 'Practitioner/o\\'neill'",
  ],
])('%s', (written, bound) => {
  expect(bindRequest(written, request)).toBe(bound);
});

test.each([
  "note = 'say %request.action'",
  '%request.requester.exists()',
  '%request.exists()',
  '%request.`action` = 1',
  '%requester',
])('what is no word, or stands in a text, is not made one: %s', (written) => {
  const bound = bindRequest(written, request);
  expect(bound === undefined || bound === written).toBe(true);
  expect(bound?.includes('%request.') ?? false).toBe(false);
});

test.each([
  "%request.action = 'access'",
  "%request.purpose contains 'COC'",
  "%request.requester.role.code = 'nurse'",
])('and says what it said before: %s', (expression) => {
  const read = (text: string) => readExpression({ language: 'text/fhirpath', expression: text });
  const [before, after] = [read(expression), read(bindRequest(expression, request) ?? '')];
  if (!before || !after) throw new Error('not understood');
  const resource = { resourceType: 'Observation' };
  expect(evaluateExpression(after, resource, {})).toBe(evaluateExpression(before, resource, request));
});
