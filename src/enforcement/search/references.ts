/** By which parameter a type is searched for what it belongs to and for its authors (M-12). */
import type { Atom } from '../../decision/filter.ts';
import type { Shape } from '../../fhir/search/search-parameter.ts';
import { either, nothing, partly, type Said, said, unsaid } from './said.ts';

type ByShape = string | Readonly<Partial<Record<Shape, string>>>;
type Table = Readonly<Record<string, ByShape>>;

/** The parameter over the one element of R-25 in which the type may name an encounter. */
const encounterParameters: Table = {
  Observation: 'encounter',
  Condition: 'encounter',
  Procedure: 'encounter',
  DiagnosticReport: 'encounter',
  ServiceRequest: 'encounter',
  MedicationRequest: 'encounter',
  CarePlan: 'encounter',
  Composition: 'encounter',
  Encounter: 'part-of',
  MedicationStatement: { R4: 'context', R5: 'encounter' },
  MedicationAdministration: { R4: 'context', R5: 'encounter' },
  DocumentReference: { R4: 'encounter', R5: 'context' },
};

const basedOn: Table = {
  Observation: 'based-on',
  DiagnosticReport: 'based-on',
  Procedure: 'based-on',
  ServiceRequest: 'based-on',
};

/** By the type that is referred to. */
const contextParameters: Readonly<Record<string, Table>> = {
  Encounter: encounterParameters,
  CarePlan: basedOn,
  ServiceRequest: { ...basedOn, Encounter: 'based-on' },
};

/** All authors of the type, or some of them only. */
const authorParameters: Readonly<Record<string, { readonly by: ByShape; readonly all: readonly Shape[] }>> = {
  Observation: { by: 'performer', all: ['R4', 'R5'] },
  DiagnosticReport: { by: 'performer', all: ['R4', 'R5'] },
  DocumentReference: { by: 'author', all: ['R4', 'R5'] },
  Composition: { by: 'author', all: ['R4', 'R5'] },
  MedicationStatement: { by: 'source', all: ['R4', 'R5'] },
  Immunization: { by: 'performer', all: ['R4'] },
  Procedure: { by: 'performer', all: [] },
  Condition: { by: { R4: 'asserter' }, all: [] },
};

type Of<Kind extends Atom['kind']> = Extract<Atom, { kind: Kind }>;

const noNegation = 'a search cannot leave out what refers to something';

export function sayReference(atom: Of<'refers-to'>, isPositive: boolean, type: string, shape: Shape): Said {
  if (!isPositive) return unsaid(noNegation);
  return either(
    atom.anyOf.map((name) => {
      const parameter = parameterOf(contextParameters[name.split('/', 1).join('')]?.[type], shape);
      if (!parameter || !isLocal(name))
        return unsaid(`no parameter of \`${type}\` searches every reference to \`${name}\``);
      const criterion = { name: parameter, anyOf: [name] };
      return atom.through === 'context'
        ? said(criterion)
        : partly(`\`${parameter}\` is not the only reference of \`${type}\``, criterion);
    }),
  );
}

export function sayAuthor({ anyOf }: Of<'author'>, isPositive: boolean, type: string, shape: Shape): Said {
  if (!isPositive) return unsaid(noNegation);
  const found = authorParameters[type];
  const parameter = parameterOf(found?.by, shape);
  if (!found || !parameter) return unsaid(`no parameter of \`${type}\` searches its authors`);
  const [local, others] = [anyOf.filter(isLocal), anyOf.filter((name) => !isLocal(name))];
  const criterion = { name: parameter, anyOf: local };
  const isWhole = found.all.includes(shape);
  return either([
    local.length === 0
      ? nothing
      : isWhole
        ? said(criterion)
        : partly(`\`${parameter}\` is not the only author of \`${type}\``, criterion),
    ...others.map((name) => unsaid(`an author known as \`${name}\` is searched otherwise`)),
  ]);
}

/** An identifier would be searched by `:identifier`, beside the others. */
const isLocal = (name: string): boolean => !name.includes('|');

const parameterOf = (by: ByShape | undefined, shape: Shape): string | undefined =>
  typeof by === 'string' ? by : by?.[shape];
