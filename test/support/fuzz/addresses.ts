/** Methods and paths that exist, nearly exist, or should never be sent. */
import fc from 'fast-check';
import { someHeaders } from './headers.ts';
import { query } from './queries.ts';
import { base, encodedPart, type Fuzzed, limited, one } from './request.ts';
import { anyText, anyValue } from './values.ts';

const segment = fc.oneof(
  {
    weight: 3,
    arbitrary: one(
      'Consent',
      'Patient',
      '{own}',
      '{hidden}',
      '_history',
      '_search',
      '1',
      '0',
      '-1',
      '99999999999999999999',
      '$versions',
      '$everything',
      'metadata',
      '',
    ),
  },
  {
    weight: 2,
    arbitrary: one(
      '..',
      '.',
      '%2e%2e',
      '%00',
      '%ff',
      '%2f',
      '%',
      'a'.repeat(9000),
      ':id',
      '*',
      '{id}',
      'consent',
      '.well-known',
    ),
  },
  { weight: 1, arbitrary: anyText.map(encodedPart) },
);

const paths = [
  ...['Consent', 'Consent/{own}', 'Consent/{own}/_history/1', 'Consent/{own}/_history'],
  ...['Patient/ann/Consent', 'metadata', 'Consent/{hidden}', 'Consent/{hidden}/_history/1'],
  ...['Consent/{deleted}', 'Patient/eve/Consent', '$versions', 'AuditEvent'],
].map((path) => path.split('/'));

export const requests: fc.Arbitrary<Fuzzed> = fc
  .record({
    as: limited,
    method: one('GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'BREW', 'PROPFIND', 'get'),
    base,
    segments: fc.oneof(
      { weight: 1, arbitrary: one(...paths) },
      { weight: 1, arbitrary: fc.array(segment, { maxLength: 5 }) },
    ),
    query,
    headers: someHeaders,
    body: anyValue,
  })
  .map(
    ({ as, method, base: at, segments, query: asked, headers, body }): Fuzzed => ({
      as,
      method,
      path: `${[at, ...segments].join('/')}${asked === '' ? '' : `?${asked}`}`,
      headers,
      ...(['GET', 'get', 'HEAD'].includes(method) ? {} : { body: JSON.stringify(body) }),
    }),
  );
