/**
 * References between a resource and what it contains (dom-3, ref-1). Written by hand: as published dom-3 takes
 * milliseconds and a model of every type, and ref-1 is asked of every reference there is. That both say what FHIR
 * publishes is a test.
 */
import type { FailurePart } from '../../base/failure.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { eachObject, nameAt } from '../each-object.ts';
import { elements, text } from '../read-element.ts';
import { pointerTo } from './validate.ts';

/** Of one resource and those it contains. */
export function localReferenceProblems(resource: JsonObject): readonly FailurePart[] {
  const root = String(resource['resourceType']);
  const contained = elements(resource, 'contained');
  const locals = localsIn(resource, root);
  const ids = new Set(contained.map((inner) => text(inner, 'id')));
  const mentioned = new Set(locals.map(({ id }) => id));
  const dangling = locals.filter((local) => local.isReference && !resolves(local, ids, root));
  return [
    ...dangling.map(({ pointer }) =>
      broken('a local reference must have a contained resource (ref-1)', pointer),
    ),
    ...contained.flatMap((inner, index) =>
      isUsed(inner, mentioned)
        ? []
        : [broken('a contained resource must be referred to (dom-3)', `${root}.contained[${index}]`)],
    ),
  ];
}

const broken = (detail: string, pointer: string): FailurePart => ({ code: 'invariant', detail, pointer });

/** Whoever is contained may refer to the one around it, as `#` alone. */
const resolves = ({ id, pointer }: Local, ids: ReadonlySet<string | undefined>, root: string): boolean =>
  id === '' ? pointer.startsWith(`${root}.contained[`) : ids.has(id);

/** dom-3 is met as well by a contained resource that refers to the one around it. */
function isUsed(inner: JsonObject, mentioned: ReadonlySet<string>): boolean {
  const id = text(inner, 'id');
  return (id !== undefined && mentioned.has(id)) || localsIn(inner, '').some((local) => local.id === '');
}

/** What begins with `#`, and whether it is a Reference; without a model a uri and a canonical are told from no other text. */
type Local = { readonly id: string; readonly isReference: boolean; readonly pointer: string };

function localsIn(resource: JsonObject, root: string): readonly Local[] {
  const found: Local[] = [];
  eachObject(resource, (object, path) => {
    for (const [name, value] of Object.entries(object)) {
      if (name !== 'div' && !startsLocal(value)) continue;
      const isReference = name === 'reference' && !nameAt(path).toLowerCase().endsWith('expression');
      const pointer = pointerTo(root, path);
      for (const id of idsIn(value, name)) found.push({ id, isReference, pointer });
    }
  });
  return found;
}

const startsLocal = (value: Json): boolean =>
  typeof value === 'string' ? value.startsWith('#') : Array.isArray(value) && value.some(startsLocal);

/** A narrative refers to the image that it shows. */
function idsIn(value: Json, name: string): readonly string[] {
  if (Array.isArray(value))
    return value.flatMap((item: Json) => (startsLocal(item) ? idsIn(item, name) : []));
  if (typeof value !== 'string') return [];
  return name === 'div'
    ? Array.from(value.matchAll(/["']#([A-Za-z0-9\-.]{1,64})["']/g), ([, id = '']) => id)
    : [value.slice(1)];
}
