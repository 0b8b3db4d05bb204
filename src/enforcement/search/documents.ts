/** The kind of a document (M-10) as parameters of the two types that have one. */
import type { Coding } from '../../fhir/coding.ts';
import type { Shape } from '../../fhir/search/search-parameter.ts';
import { both, type Criterion, either, escaped, partly, type Said, said, unsaid } from './said.ts';

const mediaTypes = 'urn:ietf:bcp:13';

export function sayDocumentType(
  kinds: readonly Coding[],
  isPositive: boolean,
  type: string,
  shape: Shape,
): Said {
  if (type !== 'DocumentReference' && type !== 'Composition')
    return unsaid(`no parameter of \`${type}\` searches the kind of a document`);
  const criteria = kinds.map((kind) => placesOf(kind, type, shape));
  if (!isPositive) return both(criteria.flat().map((each) => said({ ...each, modifier: 'not' })));
  return either(
    criteria.map(([first, ...elsewhere]) => {
      if (!first) return unsaid('nothing is asked');
      if (elsewhere.length === 0) return said(first);
      const last = elsewhere.at(-1) ?? first;
      return partly(
        'the kind of a document stands in several elements',
        first.name === last.name ? first : last,
      );
    }),
  );
}

/** Where a code may stand: as type, as format, and a media type as that of the content. */
function placesOf({ system, code }: Coding, type: string, shape: Shape): readonly Criterion[] {
  const token = `${escaped(system ?? '')}|${escaped(code)}`;
  const criterion = (name: string, value: string): Criterion => ({ name, anyOf: [value] });
  if (type === 'Composition') return [criterion('type', token)];
  return [
    criterion('type', token),
    // R5 has profiles in its place, which we do not read.
    ...(shape === 'R4' ? [criterion('format', token)] : []),
    ...(system === mediaTypes ? [criterion('contenttype', escaped(code))] : []),
  ];
}
