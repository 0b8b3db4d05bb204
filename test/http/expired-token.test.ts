/** An expired token, through the doors that say it in words of their own (fhir-consent.md §8, RFC 6750 §3.1). */
import { expect, test } from 'vitest';
import { fhirFace } from '../../src/http/fhir-face.ts';
import { oauthFace } from '../../src/http/oauth-face.ts';
import { type BearerProblem, invalidToken } from '../../src/protocols/authorization-server/failures.ts';
import { startService } from '../support/service.ts';

const codeFor = async (problem: BearerProblem) => {
  const response = fhirFace('4.0').render(invalidToken(problem));
  const { issue } = (await response.json()) as { readonly issue: readonly { readonly code: string }[] };
  return [response.status, issue.map(({ code }) => code)];
};

test('FHIR tells an expired token from one that is not valid otherwise', async () => {
  expect(await codeFor('expired')).toEqual([401, ['expired']]);
  for (const other of ['revoked', 'bad-signature', 'unknown', 'disabled-client'] as const)
    expect(await codeFor(other)).toEqual([401, ['login']]);
});

test('a token of ours that has expired is told so', async () => {
  const service = await startService();
  const client = await service.clientWith(['system/Consent.s']);
  expect((await client.get('/fhir/R4/Consent')).status).toBe(200);
  service.wait(24 * 60 * 60);
  const { status, body } = await client.get('/fhir/R4/Consent');
  expect([status, body.issue[0].code]).toEqual([401, 'expired']);
  const refusal = service.logged.find((line) => line.startsWith('request.refused'));
  expect(refusal).toContain(
    '"endpoint":"fhirR4SearchConsent","status":401,"code":"invalid_token","cause":"expired"',
  );
  await service.stop();
});

test('OAuth says `invalid_token` to both', async () => {
  const shown = async (problem: BearerProblem) => {
    const response = oauthFace.render(invalidToken(problem));
    return [response.headers.get('www-authenticate'), await response.json()];
  };
  expect(await shown('expired')).toEqual(await shown('revoked'));
});
