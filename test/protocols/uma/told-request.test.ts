/** The sentence on which a patient decides: whatever an issuer says of its people, who says it stays clear. */
import { describe, expect, it } from 'vitest';
import { asInstant } from '../../../src/base/instant.ts';
import { approvingConsents } from '../../../src/protocols/uma/submitted/approving-consent.ts';
import { describeRequest } from '../../../src/protocols/uma/submitted/describe-request.ts';
import type { RequestOnFile } from '../../../src/protocols/uma/submitted/submitted-request-store.ts';
import type { IheIua } from '../../../src/protocols/uma/wire.ts';

const at = asInstant(0);
const issuer = 'https://idp.example';

const asking = (
  asserted: IheIua,
  { subject = 'dr-t', acting = 'c', behindName = '' } = {},
): RequestOnFile => ({
  id: 'r',
  process: 'p',
  patient: 'Patient/ann',
  about: 'Patient/ann',
  clientId: 'c',
  resourceServer: 's',
  permissions: [{ resourceId: '1', scopes: ['patient/Observation.rs'] }],
  party: {
    issuer,
    subject,
    requester: { type: 'practitioner', identifiers: [], clientId: acting },
    purposes: ['TREAT'],
    asserted,
    expiresAt: at,
  },
  submittedAt: at,
  expiresAt: at,
  intervalSeconds: 30,
  polledAt: at,
  client: { id: 'c', name: 'Clinic App' },
  ...(behindName === '' ? {} : { behindName }),
});
const told = (...given: Parameters<typeof asking>): string => describeRequest(asking(...given)).text;
const rest =
  ': look at: Observation. Purpose: treatment. Your approval would hold for 7 days, whichever app they use and wherever this data is kept. Who asks, for whom and why is on the word of https://idp.example alone.';

describe('a patient is told', () => {
  it('who asks, from where, through what, and last on whose word', () => {
    const text = told({ subject_name: 'Dr. T', subject_organization: 'Clinic A' });
    expect(text).toBe(`“Dr. T” of “Clinic A” asks through “Clinic App”${rest}`);
  });

  it('of an account without a name, the account', () => {
    expect(told({})).toBe(`“dr-t” asks through “Clinic App”${rest}`);
  });

  it('for which app a server asks: by its name here, else as its issuer calls it', () => {
    const server = { acting: 'app-1', behindName: 'My App' };
    expect(told({}, server)).toBe(`“dr-t” asks through “Clinic App” for “My App”${rest}`);
    expect(told({}, { acting: 'their-app' })).toContain('through “Clinic App” for “their-app”:');
  });
});

describe('a name that somebody asserts', () => {
  const name = (subject_name: string) => told({ subject_name }).split(' asks through')[0];

  it('cannot leave its quotation marks, of whatever kind', () => {
    expect(told({ subject_name: 'Dr. T” asks through “MyChart' })).toBe(
      `“Dr. T asks through MyChart” asks through “Clinic App”${rest}`,
    );
    expect(told({ subject_name: 'a“b”c„d‟e"f«g»h＂i〝j' })).toContain('“abcdefghij” asks');
    expect(told({ subject_name: 'a❝b❞c❛d❜eʺf˝gˮh״i″j🙶k🙸l' })).toContain('“abcdefghijkl” asks');
    expect(told({ subject_name: "a’’b''c’'’d" })).toContain('“a’b’c’d” asks');
    expect(told({ subject_name: '\u3164\u2800' })).toContain('“dr-t” asks');
    expect(told({ subject_organization: 'Clinic”. Purpose: “none' })).toContain(
      'of “Clinic. Purpose: none” asks',
    );
  });

  it('keeps its apostrophes', () => {
    expect(name("Dr. O’Neill-D'Arcy")).toBe("“Dr. O’Neill-D'Arcy”");
  });

  it.each([0x202e, 0x2066, 0x200b, 0x2028, 0x2029, 0x00ad, 0xfeff, 0xe0041, 0xd800])(
    'turns no text around, breaks no line and hides nothing: U+%d',
    (point) => {
      expect(name(`Dr. ${String.fromCodePoint(point)}T`)).toBe('“Dr. T”');
    },
  );

  it('is no wall of text', () => {
    expect(name(`${'a '.repeat(500)}`)).toBe(`“${'a '.repeat(50).trimEnd()}…”`);
    expect(name(`Dr.${'\u3000'.repeat(300)}T`)).toBe('“Dr. T”');
  });

  it('that holds nothing else is none', () => {
    expect(name('“\u200b”')).toBe('“dr-t”');
    expect(told({}, { subject: '\u200b' })).toContain('“”');
  });

  it('goes as plainly into what programs show, and into the consent of a yes', () => {
    const request = asking({ subject_name: 'Dr.\u202e T', subject_organization: '\u200b' });
    expect(describeRequest(request).requester).toEqual({ issuer, subject: 'dr-t', name: 'Dr. T' });
    expect(JSON.stringify(approvingConsents('https://us.example', request, at))).toContain(
      '"display":"Dr. T"',
    );
  });
});
