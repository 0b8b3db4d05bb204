/** Authorization assessment (UMA Grant §3.3.4; uma2.md §8, U11): the worked example, its edges, and its law. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AssessmentInput,
  grantedPermissions,
  type Policy,
  requestedPermissions,
} from '../../../src/protocols/uma/permission/assess.ts';

const photo = ['view', 'resize', 'print', 'download'];
const vector: AssessmentInput = {
  registered: ['download'],
  requested: ['download'],
  ticket: [
    { resourceId: 'album', scopes: ['edit'] },
    { resourceId: 'photo1', scopes: ['view'] },
    { resourceId: 'photo2', scopes: ['view'] },
  ],
  available: new Map([
    ['photo1', photo],
    ['photo2', photo],
    ['album', ['view', 'edit', 'download']],
  ]),
};

const requested = (input: Partial<AssessmentInput> = {}) => requestedPermissions({ ...vector, ...input });
const granted = (permits: Policy, input: Partial<AssessmentInput> = {}) => {
  const wanted = requested(input);
  return wanted.ok ? grantedPermissions(wanted.value, permits) : undefined;
};

describe('the worked example (U11)', () => {
  it('requests what the ticket and the request name', () => {
    expect(requested()).toEqual({
      ok: true,
      value: [
        { resourceId: 'album', scopes: ['edit', 'download'] },
        { resourceId: 'photo1', scopes: ['view', 'download'] },
        { resourceId: 'photo2', scopes: ['view', 'download'] },
      ],
    });
  });

  it('grants photo1/view when the policy permits that alone', () => {
    expect(granted((id, scope) => id === 'photo1' && scope === 'view')).toEqual([
      { resourceId: 'photo1', scopes: ['view'] },
    ]);
  });
});

describe('its edges', () => {
  it('a ticket without scopes and no usable request asks for nothing (a)', () => {
    const input = { ticket: [{ resourceId: 'album', scopes: [] }], requested: [] };
    expect(granted(() => true, input)).toEqual([]);
  });

  it('a requested scope that fits no resource of the ticket is said to (b)', () => {
    expect(requested({ registered: ['fly'], requested: ['fly'] })).toEqual({
      ok: false,
      failure: { scope: 'fly' },
    });
  });

  it('a requested scope the client is not registered for is ignored (c)', () => {
    expect(requested({ registered: [] })).toMatchObject({ ok: true, value: [{ scopes: ['edit'] }, {}, {}] });
    expect(requested({ registered: [], requested: ['fly'] }).ok).toBe(true);
  });

  it('a resource on which nothing passes is left out (d)', () => {
    expect(granted(() => false)).toEqual([]);
  });

  it('a resource that is gone offers nothing any more', () => {
    expect(granted(() => true, { available: new Map([['album', ['edit']]]), requested: [] })).toEqual([
      { resourceId: 'album', scopes: ['edit'] },
    ]);
  });

  it('a scope counts only on the resources that offer it', () => {
    const input = { registered: ['print'], requested: ['print'] };
    expect(requested(input)).toMatchObject({
      value: [{ scopes: ['edit'] }, { scopes: ['view', 'print'] }, { scopes: ['view', 'print'] }],
    });
  });
});

describe('its law: granted ⊆ requested ⊆ available (U11)', () => {
  const scope = fc.constantFrom('a', 'b', 'c', 'd');
  const scopes = fc.uniqueArray(scope);
  const ids = ['r1', 'r2', 'r3'];
  const inputs = fc.record({
    registered: scopes,
    requested: scopes,
    ticket: fc.uniqueArray(fc.record({ resourceId: fc.constantFrom(...ids), scopes }), {
      selector: ({ resourceId }) => resourceId,
    }),
    available: fc.array(fc.tuple(fc.constantFrom(...ids), scopes)).map((entries) => new Map(entries)),
    permitted: fc.func(fc.boolean()),
  });

  it('holds whatever is asked and permitted', () => {
    fc.assert(
      fc.property(inputs, ({ permitted, ...input }) => {
        const wanted = requestedPermissions(input);
        if (!wanted.ok) return;
        const passed = grantedPermissions(wanted.value, (id, name) => permitted(id, name));
        for (const { resourceId, scopes: names } of wanted.value) {
          for (const name of names) expect(input.available.get(resourceId)).toContain(name);
        }
        for (const { resourceId, scopes: names } of passed) {
          expect(names.length).toBeGreaterThan(0);
          const asked = wanted.value.find((each) => each.resourceId === resourceId)?.scopes;
          for (const name of names) expect(asked).toContain(name);
        }
      }),
      { numRuns: 500 },
    );
  });
});
