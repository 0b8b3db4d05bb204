/** Whether a text is worth parsing: the parser takes long over some that are short, so these are counted before. */

/** A written expression has a fifth of these. */
const longestText = 1000;
const mostTokens = 160;
/** The parser is slowest where they nest, or stand in a row. */
const deepestBrackets = 8;
const mostIndexers = 4;

/** All that an accepted expression is made of; arithmetic, selectors of instances and `$index` are not. */
const anyToken = new RegExp(
  [
    /\s+|\/\*[\s\S]*?\*\/|\/\/[^\r\n]*/, // what says nothing
    /'(?:\\.|[^'\\])*'|`[^`\\]*`/,
    /@[0-9T:.Z+-]+|[A-Za-z_]\w*|\d+(?:\.\d+)?/,
    /\{\s*\}|\$this|[<>!]=|!~|[.,()[\]=~<>|%-]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);

export function isParsable(text: string): boolean {
  if (text.length > longestText) return false;
  const tokens = tokensOf(text);
  if (tokens === undefined || tokens.length > mostTokens) return false;
  return tokens.filter((token) => token === '[').length <= mostIndexers && isBalanced(tokens);
}

/** Undefined when there is anything else. */
function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  const lexer = new RegExp(anyToken);
  while (lexer.lastIndex < text.length) {
    const [token] = lexer.exec(text) ?? [];
    if (token === undefined) return undefined;
    if (!/^(?:\s|\/)/.test(token)) tokens.push(token);
  }
  return tokens;
}

const closing: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
]);

function isBalanced(tokens: readonly string[]): boolean {
  const awaited: string[] = [];
  for (const token of tokens) {
    const end = closing.get(token);
    if (end !== undefined) awaited.push(end);
    else if ((token === ')' || token === ']') && awaited.pop() !== token) return false;
    if (awaited.length > deepestBrackets) return false;
  }
  return awaited.length === 0;
}
