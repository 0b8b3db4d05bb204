/** An Expression in FHIRPath, asked of a resource and a request (R5 `Consent.provision.expression`, M-14). */
import fhirpath from 'fhirpath';
import r5Model from 'fhirpath/fhir-context/r5';
import type { JsonObject } from '../base/json.ts';
import { recentlyUsed } from '../base/recently-used.ts';
import { isAccepted, variablesIn } from './expression/accepted.ts';
import { type Taken, takersIn } from './expression/effort.ts';
import { isParsable } from './expression/parsable.ts';
import { plainData } from './expression/plain-data.ts';
import { type Node, parseTree } from './expression/tree.ts';
import { type Watch, watch } from './expression/watch.ts';
import { text } from './read-element.ts';
import type { Resource } from './resource.ts';

export type Expression = {
  readonly text: string;
  /** Says something of `%request`. */
  readonly usesRequest: boolean;
};

/** Undefined for what we do not evaluate: another language, a reference alone, or more than `accepted.ts` takes. */
export function readExpression(element: JsonObject): Expression | undefined {
  const written = text(element, 'expression');
  if (text(element, 'language') !== 'text/fhirpath' || written === undefined) return undefined;
  if (!isParsable(written)) return undefined;
  return remembered(written);
}

/** Undefined where it says nothing: no boolean, a fault, too much to look at. Never throws, knows no clock. */
export function evaluateExpression(
  expression: Expression,
  resource: Resource,
  request: JsonObject,
): boolean | undefined {
  return evaluation(expression, resource, request)?.answer;
}

/** What it did, beside what it says. */
export function evaluation(
  expression: Expression,
  resource: Resource,
  request: JsonObject,
): { readonly answer: boolean | undefined; readonly effort: number } | undefined {
  const form = compiled.get(expression) ?? compiledText(expression.text);
  const data = plainData(resource);
  const asked = expression.usesRequest ? plainData(request) : {};
  if (!form || !data || !asked) return undefined;
  const watching = watch(form.takers);
  const found = attempt(() => form.evaluate(data, { resource: data, request: asked }, watching.step));
  const [answer, ...more] = watching.ended() ? [] : (found ?? []);
  const isOne = typeof answer === 'boolean' && more.length === 0;
  return { answer: isOne ? answer : undefined, effort: watching.effort() };
}

type Evaluate = (data: unknown, variables: JsonVariables, step: Watch['step']) => readonly unknown[];
type JsonVariables = { readonly resource: unknown; readonly request: unknown };
type Compiled = { readonly evaluate: Evaluate; readonly takers: ReadonlyMap<Node, Taken> };

/** As long as the expression lives. */
const compiled = new WeakMap<Expression, Compiled>();

/** Of a copy of what was read. */
function compiledText(written: string): Compiled | undefined {
  const expression = isParsable(written) ? remembered(written) : undefined;
  return expression && compiled.get(expression);
}

/** Consents are read again for each request, and parsing costs a millisecond; what is not accepted is known as well. */
const known = recentlyUsed<{ readonly expression: Expression | undefined }>(500);

function remembered(written: string): Expression | undefined {
  const found = known.get(written) ?? { expression: fresh(written) };
  known.set(written, found);
  return found.expression;
}

function fresh(written: string): Expression | undefined {
  const tree = parseTree(written);
  const form = tree && isAccepted(tree) ? compile(written) : undefined;
  if (!tree || !form) return undefined;
  const expression: Expression = { text: written, usesRequest: variablesIn(tree).includes('request') };
  compiled.set(expression, form);
  return expression;
}

/**
 * With the model of R5: without it `value` is not `valueQuantity`, and a permit where `value.exists().not()` would open
 * what has one. It knows the elements of R5 alone: of an R4 resource what R5 shaped otherwise is not there.
 */
function compile(written: string): Compiled | undefined {
  const run = attempt(() => fhirpath.compile(written, r5Model, { async: false }));
  if (!run) return undefined;
  const evaluate: Evaluate = (data, variables, step) => run(data, variables, { debugger: step });
  const tree = treeOf(evaluate);
  return tree && { evaluate, takers: takersIn(tree) };
}

/** The nodes that the library will name: it tells them by evaluating, last the one that holds all others. */
function treeOf(evaluate: Evaluate): Node | undefined {
  let last: Node | undefined;
  const tell: Watch['step'] = (_context, _focus, _found, node) => {
    last = node;
  };
  attempt(() => evaluate([], { resource: [], request: [] }, tell));
  return last?.type === 'EntireExpression' ? last : undefined;
}

/** The library throws for whatever FHIRPath has no answer to. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
