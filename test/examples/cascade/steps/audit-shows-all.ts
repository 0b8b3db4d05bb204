// Step 10: the record of it all.

import { decisionsAbout, type RecordedDecision } from '../audit-trail.ts';
import type { Step } from './step.ts';

export const auditShowsAll: Step = {
  title: 'The audit log shows every decision and what decided it',
  narration:
    'The privacy officer reads the log: each decision with its door, its purpose, and the consent, version and ' +
    'provision it rests on.',
  async run(scene) {
    const decisions = [...(await decisionsAbout(scene))].reverse();
    for (const decision of decisions) scene.show(decision.door.padEnd(13), line(decision));
    const { treatment, research } = {
      treatment: scene.recall('treatment').id,
      research: scene.recall('research').id,
    };
    const permits = decisions.filter(({ outcome }) => outcome === 'permit');
    const opening = { consent: `Consent/${treatment}/_history/1`, path: '/provision/0' };
    for (const { basis } of permits) {
      scene.check.that(
        basis.some((one) => one.consent === opening.consent),
        'a permit names the consent it rests on',
      );
      scene.check.equal(basis[0]?.path, opening.path, 'and the provision that decided');
    }
    const refused = decisions.filter(({ outcome, basis }) => outcome === 'deny' && basis.length > 0);
    const deciding = new Set(refused.map(({ basis }) => `${basis[0]?.consent} ${basis[0]?.path}`));
    scene.check.equal([...deciding], [`Consent/${research}/_history/1 /provision`], 'what refusals rest on');
    const outcomesAt = (wanted: string): readonly string[] =>
      decisions.filter(({ door }) => door === wanted).map(({ outcome }) => outcome);
    scene.check.equal(outcomesAt('uma'), ['permit', 'permit', 'deny'], 'both variants, and the researcher');
    scene.check.equal(outcomesAt('b2b'), ['permit', 'deny'], 'the exchange, before and after the revocation');
    scene.check.equal(
      outcomesAt('introspection').at(-1),
      'deny',
      'the last time anybody asked about an approval',
    );
  },
};

const line = ({ outcome, reason, purposes, basis }: RecordedDecision): string =>
  [
    outcome.padEnd(6),
    purposes.join(','),
    reason,
    ...basis.map(({ consent, path }) => `${consent.slice(0, 16)}…${consent.slice(-11)} ${path}`),
  ].join('  ');
