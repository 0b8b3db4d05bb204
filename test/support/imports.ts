// Lists what a TypeScript file imports, in every spelling the language has. Uses the parser vitest brings, since
// TypeScript 7 has none to offer here and a scanner of our own would miss a spelling sooner or later.

import { parseAst } from 'vitest/node';

export type Import = {
  /** What is written between the quotes; undefined when it is computed and nobody can tell. */
  readonly specifier: string | undefined;
  /** Whether nothing of it is left at run time. */
  readonly typeOnly: boolean;
};

type Node = { readonly type: string; readonly [key: string]: unknown };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const literal = (value: unknown): string | undefined => {
  if (!isNode(value)) return undefined;
  if (value.type === 'TSLiteralType') return literal(value['literal']);
  if (value.type === 'Literal' && typeof value['value'] === 'string') return value['value'];
  const quasis = value['quasis'];
  if (value.type !== 'TemplateLiteral' || !Array.isArray(quasis) || quasis.length !== 1) return undefined;
  return (quasis[0] as { value: { cooked: string } }).value.cooked;
};

// `import { type A, type B } from` names types alone. verbatimModuleSyntax keeps the empty import at run time, and it
// is still no import of code. `import 'x'` and `import {} from 'x'` name nothing and run the module.
const namesTypesAlone = (specifiers: unknown, kind: 'importKind' | 'exportKind'): boolean =>
  Array.isArray(specifiers) && specifiers.length > 0 && specifiers.every((one) => one[kind] === 'type');

const isNamed = (value: unknown, name: string): boolean =>
  isNode(value) && ((value.type === 'Identifier' && value['name'] === name) || literal(value) === name);

const importOf = (node: Node): Import | undefined => {
  switch (node.type) {
    case 'ImportDeclaration':
      return {
        specifier: literal(node['source']),
        typeOnly: node['importKind'] === 'type' || namesTypesAlone(node['specifiers'], 'importKind'),
      };
    case 'ExportNamedDeclaration':
      if (!isNode(node['source'])) return undefined;
      return {
        specifier: literal(node['source']),
        typeOnly: node['exportKind'] === 'type' || namesTypesAlone(node['specifiers'], 'exportKind'),
      };
    case 'ExportAllDeclaration':
      return { specifier: literal(node['source']), typeOnly: node['exportKind'] === 'type' };
    case 'ImportExpression':
      return { specifier: literal(node['source']), typeOnly: false };
    case 'TSImportType':
      return { specifier: literal(node['source'] ?? node['argument']), typeOnly: true };
    case 'TSExternalModuleReference':
      return { specifier: literal(node['expression']), typeOnly: false };
    case 'TSModuleDeclaration': // declare module './x.ts' { … } adds to the types of another file
      return isNode(node['id']) && node['id'].type === 'Literal'
        ? { specifier: literal(node['id']), typeOnly: true }
        : undefined;
    case 'CallExpression':
      return isNamed(node['callee'], 'require')
        ? { specifier: literal((node['arguments'] as unknown[])[0]), typeOnly: false }
        : undefined;
    default:
      return undefined;
  }
};

function* walk(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* walk(item);
  else if (isNode(value)) {
    yield value;
    for (const child of Object.values(value)) yield* walk(child);
  }
}

// A triple-slash reference is a comment to the parser and an import to the compiler.
const references = (source: string): Import[] =>
  [...source.matchAll(/^\s*\/\/\/\s*<reference\s+(?:path|types)\s*=\s*["']([^"']+)["']/gm)].map((match) => ({
    specifier: match[1],
    typeOnly: true,
  }));

/** Throws on a file that cannot be parsed: one we cannot read is not one that imports nothing. */
export const importsOf = (source: string): readonly Import[] => {
  const program: unknown = parseAst(source, { lang: 'ts' });
  const found = [...walk(program)].map(importOf).filter((one) => one !== undefined);
  return [...found, ...references(source)];
};

/** Whether it touches `process` or `import.meta.env`, spelt in any way that does not compute the name. */
export const readsEnvironment = (source: string): boolean =>
  [...walk(parseAst(source, { lang: 'ts' }))].some(({ type, object, property, init }) => {
    if (type === 'VariableDeclarator') return isNamed(init, 'process');
    if (type !== 'MemberExpression') return false;
    if (isNamed(object, 'globalThis')) return isNamed(property, 'process');
    if (isNode(object) && object.type === 'MetaProperty') return isNamed(property, 'env');
    return isNamed(object, 'process');
  });
