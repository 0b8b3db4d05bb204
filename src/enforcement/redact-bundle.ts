/** A Bundle as a requester may see it: what the decision hides is gone, and nothing left tells that it was there. */
import type { Json, JsonObject } from '../base/json.ts';
import { factsOf } from '../decision/facts.ts';
import type { Filter } from '../decision/filter.ts';
import type { DecisionSettings } from '../decision/settings.ts';
import { isVisible } from '../decision/visible.ts';
import type { Coding } from '../fhir/coding.ts';
import { codings, element, elements, text } from '../fhir/read-element.ts';
import type { Resource } from '../fhir/resource.ts';
import { confidentialityOf } from '../labeling/confidentiality.ts';
import { normalized } from '../labeling/read-label.ts';
import { rankOf } from '../labeling/vocabulary.ts';
import { aboutOthers } from './about-others.ts';
import { type BundleEntry, readEntry } from './bundle-entry.ts';
import { highestOf, highWaterMark } from './high-water-mark.ts';
import { labelsWithin, redactResource } from './redact-resource.ts';

type RedactionSettings = Pick<DecisionSettings, 'timezone' | 'unlabelledAs' | 'ownBases'>;

type Redaction = {
  readonly filter: Filter;
  /** By what names the Bundle may mean the patient asked about: `Patient/ann`, addresses, `system|value`. */
  readonly patient: ReadonlySet<string>;
  readonly settings: RedactionSettings;
};

/**
 * Hides the entries that the filter does not show, those of other patients, and whatever would tell of them; labels
 * and total are made anew (access-denied-and-enforcement.md §4, security-labels.md H-1 … H-7).
 *
 * INVARIANT: enforcing twice equals once.
 */
export function redactBundle(bundle: JsonObject, redaction: Redaction): JsonObject {
  const all = elements(bundle, 'entry').map(readEntry);
  const own = ownLabels(bundle, all, redaction.settings);
  const shown = connected(bundle, all, withoutTelltales(all, judged(all, own, redaction)));
  const entry = shown.map(({ entry: { link: _, ...rest }, redacted }) => ({ ...rest, resource: redacted }));
  const isCut = entry.length < all.length;
  return {
    ...kept(bundle),
    ...typeOf(bundle, isCut),
    ...metaOf(bundle, own, shown, redaction.settings),
    ...totalOf(bundle, all, shown),
    ...(entry.length > 0 ? { entry } : {}),
  };
}

type Shown = BundleEntry & { readonly redacted: Resource };

/** Links lead to what was not looked at, a signature is of what was signed, issues tell of the whole. */
const kept = (bundle: JsonObject): JsonObject =>
  Object.fromEntries(
    ['resourceType', 'id', 'implicitRules', 'language', 'identifier', 'timestamp'].flatMap((name) =>
      bundle[name] === undefined ? [] : [[name, bundle[name]]],
    ),
  );

/** What holds other resources without being a Bundle entry is judged by nobody, so it is hidden. */
const unjudged: ReadonlySet<string> = new Set(['Bundle', 'Parameters', 'OperationOutcome']);

function judged(
  all: readonly BundleEntry[],
  own: readonly Coding[],
  { filter, patient, settings }: Redaction,
): readonly Shown[] {
  const shows = (resource: Resource): boolean => isVisible(filter, factsOf(resource, settings));
  const isOther = aboutOthers(all, patient, settings.ownBases);
  return all.flatMap((each) => {
    if (!each.resource || unjudged.has(each.resource.resourceType)) return [];
    if (isOther(each)) return [];
    const redacted = redactResource(each.resource, own, shows);
    return redacted ? [{ ...each, redacted }] : [];
  });
}

/** They list, describe or sum up what they refer to, in words as well. */
const telltales: ReadonlySet<string> = new Set([
  ...['List', 'Composition', 'Provenance', 'DocumentManifest', 'DiagnosticReport', 'MessageHeader'],
  ...['AuditEvent', 'DocumentReference', 'Linkage'],
]);

/** Without what speaks of something hidden, and without what bears the name of it: then the stricter word holds. */
function withoutTelltales(all: readonly BundleEntry[], shown: readonly Shown[]): readonly Shown[] {
  const entries = new Set(shown.map(({ entry }) => entry));
  const hidden = all.filter(({ entry }) => !entries.has(entry)).flatMap(({ names }) => [...names]);
  const names = new Set(hidden);
  const left = shown.filter(({ resource, names: own, refersTo, entry }) => {
    const isNamesake = [...own].some((name) => names.has(name) && isAddress(name));
    return (
      !isNamesake &&
      !(telltales.has(resource?.resourceType ?? '') && meets(refersTo, names, text(entry, 'fullUrl')))
    );
  });
  return left.length === shown.length ? shown : withoutTelltales(all, left);
}

const isAddress = (name: string): boolean => !name.includes('|');
const meets = (
  wanted: ReadonlySet<string>,
  names: ReadonlySet<string>,
  itself: string | undefined,
): boolean => [...wanted].some((name) => name !== itself && names.has(name));

/** Once a match is gone, what came along stays only beside a match that is left (§4). */
function connected(
  bundle: JsonObject,
  all: readonly BundleEntry[],
  shown: readonly Shown[],
): readonly Shown[] {
  if (text(bundle, 'type') !== 'searchset' || shown.length === all.length) return shown;
  const matches = shown.filter(isMatch);
  const names = new Set(matches.flatMap((each) => [...each.names]));
  const rest = new Set(shown.filter((each) => !isMatch(each)));
  const reached = new Set([...rest].filter(({ refersTo }) => [...refersTo].some((name) => names.has(name))));
  for (const from of [...matches, ...reached]) follow(from, rest, reached);
  return shown.filter((each) => isMatch(each) || reached.has(each));
}

function follow(from: Shown, rest: ReadonlySet<Shown>, reached: Set<Shown>): void {
  for (const each of rest) {
    if (reached.has(each) || ![...each.names].some((name) => from.refersTo.has(name))) continue;
    reached.add(each);
    follow(each, rest, reached);
  }
}

const isMatch = ({ entry }: BundleEntry): boolean =>
  !['include', 'outcome'].includes(text(element(entry, 'search'), 'mode') ?? 'match');

/** Of a page nobody knows how much of the rest is hidden, so that it has no total. */
function totalOf(bundle: JsonObject, all: readonly BundleEntry[], shown: readonly Shown[]): JsonObject {
  const { type, total } = bundle;
  if (type !== 'searchset' && type !== 'history') return {};
  return total === all.filter(isMatch).length ? { total: shown.filter(isMatch).length } : {};
}

/** A document or a message that lacks something is neither any more (bdl-11, bdl-12). */
function typeOf({ type }: JsonObject, isCut: boolean): JsonObject {
  if (type === undefined) return {};
  return { type: isCut && (type === 'document' || type === 'message') ? 'collection' : type };
}

/** Labels above those of all entries are the Bundle's own, and hold for each of them. */
function ownLabels(
  bundle: JsonObject,
  all: readonly BundleEntry[],
  { unlabelledAs }: RedactionSettings,
): readonly Coding[] {
  const labels = codings(element(bundle, 'meta'), 'security');
  const entries = all.flatMap(({ resource }) => (resource ? [labelsWithin(resource)] : []));
  if (labels.length === 0 || entries.length === 0) return [];
  const mark = confidentialityOf(labels.map(normalized), 'U');
  return rankOf(mark) > rankOf(highestOf(entries, unlabelledAs)) ? labels : [];
}

function metaOf(
  bundle: JsonObject,
  own: readonly Coding[],
  shown: readonly Shown[],
  { unlabelledAs }: RedactionSettings,
): JsonObject {
  const { security: former, ...rest } = element(bundle, 'meta') ?? {};
  const mark = highWaterMark(
    shown.map(({ redacted }) => labelsWithin(redacted)),
    unlabelledAs,
  );
  const security: Json | undefined = own.length > 0 && mark.length > 0 ? former : mark;
  const meta = { ...rest, ...(mark.length > 0 && security !== undefined ? { security } : {}) };
  return Object.keys(meta).length > 0 ? { meta } : {};
}
