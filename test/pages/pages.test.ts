/** Every page: its sheet is the one its policy names, and what is put in stays text. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authorizePage } from '../../src/pages/authorize.ts';
import { developmentSignInPage } from '../../src/pages/development-sign-in.ts';
import { refusalPage } from '../../src/pages/refusal.ts';
import { signedOutPage } from '../../src/pages/signed-out.ts';
import { styleDigest } from '../../src/pages/style.ts';

const hostile = `"'></title></style><script>alert(1)</script>&amp;\u202e`;
const form = { action: hostile, hidden: { [hostile]: hostile } };
const pages = {
  authorize: authorizePage({
    app: hostile,
    patient: hostile,
    wishes: [{ what: hostile, why: hostile }],
    lasts: hostile,
    destination: hostile,
    decide: form,
    signOut: form,
  }),
  signIn: developmentSignInPage(form),
  refusal: refusalPage({ heading: hostile, detail: hostile }),
  signedOut: signedOutPage(),
};

describe.each(Object.entries(pages))('%s', (_, page) => {
  it('has the sheet that the policy names', () => {
    const sheet = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? '';
    expect(`sha256-${createHash('sha256').update(sheet).digest('base64')}`).toBe(styleDigest);
  });

  it('keeps what is put in as text', () => {
    expect(page.match(/<script|<\/title>.*<\/title>/gis)).toBeNull();
    expect(page.match(/<style>/g)).toHaveLength(1);
  });

  it('is a whole document in a language, with a heading, and every field has a label', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page.match(/<h1>/g)).toHaveLength(1);
    for (const [, id] of page.matchAll(/<input id="([^"]*)"/g)) expect(page).toContain(`<label for="${id}">`);
  });
});
