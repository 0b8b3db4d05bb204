/** A search parameter as data: where its values stand in a resource, and which word of ours they are indexed by. */
import { type FhirVersion, isR5 } from '../version.ts';

export type SearchParameterType = 'token' | 'reference' | 'date' | 'uri';

/** R4 and R4B have one shape. */
export const shapes = ['R4', 'R5'] as const;
export type Shape = (typeof shapes)[number];

export const shapeOf = (version: FhirVersion): Shape => (isR5(version) ? 'R5' : 'R4');

export type SearchParameter = {
  readonly name: string;
  readonly type: SearchParameterType;
  /** Member names from the resource down, by shape; a shape that is absent has no such parameter. */
  readonly paths: Readonly<Partial<Record<Shape, readonly Path[]>>>;
  /** The id of its definition at `http://hl7.org/fhir/SearchParameter/`, by shape; absent for one of our own. */
  readonly definition?: Readonly<Partial<Record<Shape, string>>>;
  /** What a reference may lead to, where not to anything; a bare id means each of them, and others are left out. */
  readonly targets?: readonly string[];
  /** The code system that is implied where the element is a code. */
  readonly system?: string;
  /** What its values are, where tokens are no codes and references no References. */
  readonly of?: 'Identifier' | 'boolean' | 'canonical';
  /** Parameters of the targets by which it can be chained: `patient.identifier`. */
  readonly chains?: readonly string[];
  /** Where the store keeps it besides the index, so that it is found there. */
  readonly column?: 'id' | 'updated' | 'patient';
  /** It leads to the patient the resource is about, also where an identifier had to be looked up for that. */
  readonly leadsToPatient?: true;
};

/** `['provision', 'actor', 'reference']`; `everyLevel` follows the first member as deep as it nests. */
export type Path = { readonly members: readonly string[]; readonly everyLevel?: true };

/** Of two shapes that index a parameter differently, each has a name of its own in the index. */
export const indexName = (parameter: string, shape: Shape): string => `${parameter}@${shape}`;

/** Marks a resource that cannot be said in the shape; few are marked, so that those who can cost nothing. */
export const unsayableIn = (shape: Shape): string => indexName('_unsayable', shape);

/** By name, as a shape has it. */
export const parameterNamed = (
  parameters: readonly SearchParameter[],
  shape: Shape,
  name: string,
): SearchParameter | undefined =>
  parameters.find((parameter) => parameter.name === name && parameter.paths[shape] !== undefined);

/** Under which names the values of a parameter stand that both shapes may have, as one of the shapes sees it. */
export const indexNames = (
  parameters: readonly SearchParameter[],
  shape: Shape,
  name: string,
): readonly string[] =>
  shapes.every((each) => parameterNamed(parameters, each, name)) ? [name, indexName(name, shape)] : [name];

/** `path('link', 'other')`. */
export const path = (...members: readonly string[]): Path => ({ members });

/** The same in both shapes. */
export const inBoth = <T>(value: T): Readonly<Record<Shape, T>> => ({ R4: value, R5: value });
