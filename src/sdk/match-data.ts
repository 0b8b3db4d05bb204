/** Whether a resource is the data a residual names, or stands in the named relation to it (PCF `data`). */
import type { Json, JsonObject } from '../base/json.ts';
import { any, isYes, type Match } from './match.ts';
import { listOf, objectOf, textOf } from './members.ts';
import { type DataReference, type Effect, identifierToken } from './residual.ts';

/** What the resource `Type/id` refers to, as `Type/id`; undefined when that is not known. */
export type ReferencesOf = (reference: string) => readonly string[] | undefined;

/** Everything by which one thing is called: `Type/id`, a URL, `system|value`. */
type Names = readonly string[];

export function matchData(
  { meaning, name: wanted }: DataReference,
  resource: JsonObject,
  effect: Effect,
  referencesOf?: ReferencesOf,
): Match {
  const isMeant = (names: Names): Match => isSame(wanted, names, effect);
  const itself = namesOf(resource);
  switch (meaning) {
    case 'authoredby':
      return matchAuthor(isMeant, resource);
    case 'instance':
      return isMeant(itself);
    case 'dependents':
      return any([isMeant(itself), ...referencesIn(resource).map(isMeant)]);
    case 'related':
      return any([
        isMeant(itself),
        ...contexts.flatMap((element) => referencesIn(resource[element]).map(isMeant)),
        isReferredTo(itself, referencesOf?.(relative(wanted))),
      ]);
  }
}

/**
 * A forbid covers every version, under whatever base it is named; a permit covers what it names and nothing that
 * merely has the same id elsewhere (consent-readings.md ). An identifier and a reference say nothing about
 * each other.
 */
function isSame(wanted: string, names: Names, effect: Effect): Match {
  const comparable = names.filter((name) => isIdentifier(name) === isIdentifier(wanted));
  if (comparable.length === 0) return 'unknown';
  return isYes(
    comparable.some(
      (name) => name === wanted || (effect === 'forbid' && relative(name) === relative(wanted)),
    ),
  );
}

const isIdentifier = (name: string): boolean => name.includes('|');

/** Elements by which data says which encounter, plan or episode it belongs to; PCF reads `related` that way too. */
const contexts = ['encounter', 'partOf', 'basedOn', 'context'];

const isReferredTo = (itself: Names, references: readonly string[] | undefined): Match =>
  references === undefined ? 'unknown' : isYes(references.some((reference) => itself.includes(reference)));

const authors = ['author', 'performer', 'recorder', 'asserter', 'informationSource'];

/** Data that does not name its author may be by anybody. */
function matchAuthor(isMeant: (names: Names) => Match, resource: JsonObject): Match {
  const stated = authors.flatMap((element) => referencesIn(resource[element]));
  return stated.length === 0 ? 'unknown' : any(stated.map(isMeant));
}

function namesOf(resource: JsonObject): Names {
  const identifiers = (listOf(resource['identifier']) ?? []).map(identifierToken);
  const own = `${textOf(resource['resourceType'])}/${textOf(resource['id'])}`;
  return [own, ...identifiers.filter((token) => token !== undefined)];
}

/** Every Reference below a value. */
function referencesIn(value: Json | undefined): readonly Names[] {
  const list = listOf(value);
  if (list) return list.flatMap((item) => referencesIn(item));
  const object = objectOf(value);
  if (!object) return [];
  const names = [textOf(object['reference']), identifierToken(object['identifier'])];
  const own = names.filter((name) => name !== undefined);
  const below = Object.values(object).flatMap((member) => referencesIn(member));
  return own.length === 0 ? below : [own, ...below];
}

/** `Type/id`, without base and version; an identifier stays as it is. */
const relative = (name: string): string =>
  isIdentifier(name)
    ? name
    : name
        .replace(/\/_history\/[^/]+$/, '')
        .split('/')
        .slice(-2)
        .join('/');
