/** The policies of R4, of which R5 names one and carries the others (fhir-consent.md §5). */
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { element, elements, text } from '../../fhir/read-element.ts';
import { carry, unpacked, urlOf } from './carrier.ts';
import { ofR4, ofR5 } from './carriers.ts';
import { type Holder, withExtensions, withMembers } from './rewrite.ts';

const url = urlOf('4.0', 'policy');
const parts = ['authority', 'uri'];

/** A whole policy as an extension of the resource; its modifiers would be lost there, so they go up with it. */
function carryPolicy(policy: JsonObject): Readonly<Record<Holder, readonly JsonObject[]>> {
  const said = parts.flatMap((name) => partOf(policy, name));
  const extension = [...said, ...elements(policy, 'extension')];
  const carried = withMembers({}, { id: policy['id'], url, extension });
  return {
    extension: extension.length > 0 ? [carried] : [],
    modifierExtension: elements(policy, 'modifierExtension'),
  };
}

function partOf(policy: JsonObject, name: string): readonly JsonObject[] {
  const part = withMembers({}, { valueUri: policy[name], _valueUri: policy[`_${name}`] });
  return Object.keys(part).length > 0 ? [{ url: name, ...part }] : [];
}

export function unpackPolicies(body: JsonObject): JsonObject {
  const all = elements(body, 'extension');
  const { carried = [], others = [] } = Object.groupBy(all, (each) =>
    isPolicy(each) ? 'carried' : 'others',
  );
  if (carried.length === 0 || body['policy'] !== undefined) return body;
  return withMembers(body, {
    extension: others,
    policy: carried.map(policyIn),
  });
}

function isPolicy(extension: JsonObject): boolean {
  const named = elements(extension, 'extension').map((part) => text(part, 'url'));
  return (
    text(extension, 'url') === url &&
    Object.keys(extension).every((name) => ['id', 'url', 'extension'].includes(name)) &&
    parts.every((part) => named.filter((name) => name === part).length <= 1)
  );
}

function policyIn(extension: JsonObject): JsonObject {
  const all = elements(extension, 'extension');
  const value = (name: string, member: string): Json | undefined =>
    all.find((part) => part['url'] === name)?.[member];
  return withMembers(
    {},
    {
      id: extension['id'],
      extension: all.filter((part) => !parts.includes(text(part, 'url') ?? '')),
      ...Object.fromEntries(
        parts.flatMap((name) => [
          [name, value(name, 'valueUri')],
          [`_${name}`, value(name, '_valueUri')],
        ]),
      ),
    },
  );
}

/** The first that names its policy becomes the basis. */
export function policiesToR5(body: JsonObject): JsonObject {
  const policies = elements(body, 'policy').map((policy) => unpacked(policy, [ofR5.policyReference]));
  const basis = policies.find((policy) => policy['uri'] !== undefined || isObject(policy['reference']));
  const others = elements(body, 'policy').filter((_, index) => policies[index] !== basis);
  const carried = others.map(carryPolicy);
  const extended = withExtensions(
    body,
    'extension',
    carried.flatMap(({ extension }) => extension),
  );
  const held = withExtensions(
    extended,
    'modifierExtension',
    carried.flatMap(({ modifierExtension }) => modifierExtension),
  );
  return withMembers(held, { policy: undefined, policyBasis: basis && basisOf(basis) });
}

function basisOf({ uri, _uri, authority, _authority, ...others }: JsonObject): JsonObject {
  const kept = withExtensions(others, 'extension', carry(ofR4.policyAuthority, authority, _authority));
  return withMembers(kept, { url: uri, _url: _uri });
}

export function policiesToR4(body: JsonObject): JsonObject {
  const basis = element(body, 'policyBasis');
  const policy = [...(basis ? [policyOf(basis)] : []), ...elements(body, 'policy')];
  return withMembers(body, { policyBasis: undefined, policy });
}

function policyOf(basis: JsonObject): JsonObject {
  const { url: uri, _url: _uri, reference, ...others } = unpacked(basis, [ofR4.policyAuthority]);
  const kept = withExtensions(others, 'extension', carry(ofR5.policyReference, reference));
  return withMembers(kept, { uri, _uri });
}
