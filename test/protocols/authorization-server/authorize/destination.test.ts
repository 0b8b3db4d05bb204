/** Where a form may end and how that is told; which redirect URIs are registered is proved in `test/conformance/`. */
import { expect, it } from 'vitest';
import {
  describeDestination,
  formTargetOf,
} from '../../../../src/protocols/authorization-server/authorize/destination.ts';

it.each([
  ['https://app.example.org/cb?x=1', 'https://app.example.org', 'app.example.org'],
  ['https://app.example.org:8443/cb', 'https://app.example.org:8443', 'app.example.org:8443'],
  ['https://exämple.org/cb', 'https://xn--exmple-cua.org', 'xn--exmple-cua.org'],
  ['http://127.0.0.1:51234/cb', 'http://127.0.0.1:51234', 'an app on this computer (127.0.0.1:51234)'],
  ['http://localhost:3000/cb', 'http://localhost:3000', 'an app on this computer (localhost:3000)'],
  // No policy can name these.
  ['http://[::1]:51234/cb', 'http:', 'an app on this computer ([::1]:51234)'],
  ['https://10.0.0.5/cb', 'https:', '10.0.0.5'],
  ['com.example.app:/cb', 'com.example.app:', 'an app on this device (com.example.app)'],
  // What would end the directive, or begin another.
  ["https://a;script-src'self'/cb", 'https:', "a;script-src'self'"],
])('%s', (uri, target, words) => {
  expect([formTargetOf(uri), describeDestination(uri)]).toEqual([target, words]);
});
