/** Makes the conditions of one provision ready to be asked. */
import type { Condition, Effect } from '../../consent/consent.ts';
import type { Expression } from '../../fhir/expression.ts';
import type { CompiledCondition } from '../program.ts';
import { actionsOf } from './actions.ts';
import { compileActor, type Parties } from './actors.ts';
import { dataOf } from './data.ts';
import { purposesOf } from './purposes.ts';

export function compileCondition(condition: Condition, effect: Effect, around: Parties): CompiledCondition {
  const { directory, settings, atoms } = around;
  return {
    effect,
    purposes: condition.purposes && {
      codes: purposesOf(condition.purposes.values, effect, settings),
      uncoded: condition.purposes.uncoded,
    },
    actions: condition.actions && actionsOf(condition.actions, effect),
    actors: condition.actors?.map((actor) => compileActor(actor, around)),
    data: dataOf(condition, effect, directory).map((test) => ({ ...test, anyOf: test.anyOf.map(atoms.of) })),
    expression: expressionAsking(condition),
    limits: condition.limits ?? [],
  };
}

/** One that asks about the request can be tested only once there is one. */
const expressionAsking = ({ expression }: Condition): Expression | undefined =>
  expression !== 'unreadable' && expression?.usesRequest ? expression : undefined;
