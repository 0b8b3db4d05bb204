/** What the certification scenario of AuthZEN asks with (authzen.md §10), over the consent of the desk. */
import type { Desk } from '../protocols/authzen/desk.ts';

export const endpoints = ['evaluation', 'evaluations', 'search/subject', 'search/resource', 'search/action'];

type Fixture = readonly (readonly [name: string, over: object, expected: boolean])[];

export function fixtureOf(desk: Desk): Fixture {
  const bob = { type: 'organization', id: 'Organization/bob' };
  return [
    ['alice reads', {}, true],
    ['alice reads what is restricted', { resource: desk.labelled('R') }, false],
    ['alice searches', { action: { name: 'search' } }, true],
    ['alice deletes', { action: { name: 'delete' } }, true],
    ['alice reads for research', { context: { purpose_of_use: ['HRESCH'] } }, false],
    ['bob reads', { subject: bob }, false],
    ['bob deletes', { subject: bob, action: { name: 'delete' } }, false],
    [
      'alice reads of somebody else',
      { resource: { ...desk.labelled('N'), properties: { patient: 'Patient/else' } } },
      false,
    ],
  ];
}

export const without = (body: object, name: string) =>
  Object.fromEntries(Object.entries(body).filter(([member]) => member !== name));
export const decisions = (body: { readonly evaluations: readonly { readonly decision: boolean }[] }) =>
  body.evaluations.map(({ decision }) => decision);
