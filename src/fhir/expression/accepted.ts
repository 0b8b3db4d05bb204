/** The part of FHIRPath that a consent may use: lists of what is taken, so that what they forget is refused (M-14). */
import { argumentsOf, callOf, childrenOf, type Node } from './tree.ts';

/** Of calls that ask their argument of every item; what they do is counted as well, where they run. */
const deepestIteration = 3;

export const isAccepted = (tree: Node): boolean =>
  allNodes(tree).every(isAcceptedNode) && iterationIn(tree) <= deepestIteration;

export const variablesIn = (tree: Node): readonly string[] =>
  allNodes(tree).flatMap(({ type, text = '' }) => (type === 'ExternalConstantTerm' ? [text] : []));

const allNodes = (node: Node): readonly Node[] => [node, ...childrenOf(node).flatMap(allNodes)];

const iterationIn = (node: Node): number =>
  Math.max(0, ...childrenOf(node).map(iterationIn)) +
  (iterating.has(callOf(node) ?? '') && argumentsOf(node).length > 0 ? 1 : 0);

const iterating: ReadonlySet<string> = new Set(['where', 'select', 'all', 'exists']);

/**
 * How many arguments each may take. Not taken: what knows the clock or the world (`now`, `resolve`, `memberOf`), what
 * matches patterns, what lets a collection or a text grow, arithmetic, and whatever else nobody asked for.
 */
const functions: ReadonlyMap<string, readonly number[]> = new Map([
  ...['empty', 'not', 'allTrue', 'anyTrue', 'allFalse', 'anyFalse', 'count', 'hasValue'].map(taking(0)),
  ...['single', 'first', 'last', 'tail', 'children', 'descendants'].map(taking(0)),
  ...['toDate', 'toDateTime', 'lower', 'upper', 'length'].map(taking(0)),
  ...['all', 'where', 'select', 'extension', 'take', 'skip', 'ofType', 'is', 'as'].map(taking(1)),
  ...['startsWith', 'endsWith', 'contains'].map(taking(1)),
  ...['exists'].map(taking(0, 1)),
]);

function taking(...counts: readonly number[]): (name: string) => readonly [string, readonly number[]] {
  return (name) => [name, counts];
}

/** Where looking for a text could take the product of two lengths, were both the data's. */
const searching: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains']);

const acceptedVariables: ReadonlySet<string> = new Set(['request', 'resource', 'context', 'ucum']);

/** No member of every JavaScript object, nor of the library's own marks, which begin with underscores. */
const isName = (text: string): boolean =>
  /^(?:`[A-Za-z]\w*`|[A-Za-z]\w*)$/.test(text) && !(text.replaceAll('`', '') in Object.prototype);

/** One without a time zone would be read in that of the machine. */
const moment = /^@\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;
const number = /^\d{1,15}(?:\.\d{1,15})?$/;

const always = () => true;

const nodeRules: ReadonlyMap<string, (node: Node) => boolean> = new Map<string, (node: Node) => boolean>([
  ...[
    ...['EntireExpression', 'TermExpression', 'ParenthesizedTerm', 'InvocationTerm', 'LiteralTerm'],
    ...['InvocationExpression', 'IndexerExpression', 'MemberInvocation', 'ThisInvocation', 'ParamList'],
    ...['EqualityExpression', 'InequalityExpression', 'MembershipExpression', 'UnionExpression'],
    ...['AndExpression', 'OrExpression', 'ImpliesExpression', 'TypeExpression', 'QualifiedIdentifier'],
    ...['ExternalConstant', 'BooleanLiteral', 'StringLiteral', 'NullLiteral', 'DateLiteral', 'Functn'],
    'TypeSpecifier',
  ].map((type): [string, () => boolean] => [type, always]),
  ['Identifier', ({ text = '' }) => isName(text)],
  ['NumberLiteral', ({ text = '' }) => number.test(text)],
  ['DateTimeLiteral', ({ text = '' }) => moment.test(text)],
  ['ExternalConstantTerm', ({ text = '' }) => acceptedVariables.has(text)],
  ['PolarityExpression', (node) => childrenOf(node).every(isNumber)],
  ['FunctionInvocation', isAcceptedCall],
]);

const isAcceptedNode = (node: Node): boolean => nodeRules.get(node.type)?.(node) ?? false;

function isAcceptedCall(call: Node): boolean {
  const name = callOf(call) ?? '';
  const given = argumentsOf(call);
  return (
    (functions.get(name)?.includes(given.length) ?? false) && (!searching.has(name) || given.every(isText))
  );
}

const isLiteral =
  (type: string) =>
  (node: Node): boolean =>
    node.type === type ||
    (['TermExpression', 'LiteralTerm'].includes(node.type) && childrenOf(node).some(isLiteral(type)));
const isText = isLiteral('StringLiteral');
const isNumber = isLiteral('NumberLiteral');
