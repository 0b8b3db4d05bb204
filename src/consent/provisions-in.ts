/** The provisions of a body, as deep as they nest, with where they stand. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';

export type Rule = {
  readonly at: JsonObject;
  readonly path: string;
  readonly depth: number;
  readonly parent?: JsonObject;
};

/** Every provision with its FHIRPath; an R4 root stands at depth 1 as an R5 first level does. */
export function provisionsIn(
  holder: JsonObject,
  path: string,
  depth = 1,
  parent?: JsonObject,
): readonly Rule[] {
  const inner = holder['provision'];
  const listed = Array.isArray(inner)
    ? inner.map((at: Json, index): [Json, string] => [at, `[${index}]`])
    : [[inner, ''] as const];
  return listed.flatMap(([at, index]) => {
    if (!isObject(at)) return [];
    const here = `${path}.provision${index}`;
    return [
      { at, path: here, depth, ...(parent ? { parent } : {}) },
      ...provisionsIn(at, here, depth + 1, at),
    ];
  });
}
