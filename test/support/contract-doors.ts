/** Every endpoint there is, as the contract lists it: what a test goes through when it means all of them. */
import { contractDocument } from '../../src/runtime/contract.ts';

type Operation = {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
};
type Schema = { readonly properties?: Readonly<Record<string, unknown>> };

export type Door = {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Asks for an access token. */
  readonly isGuarded: boolean;
  /** Of the form it takes, where it takes one. */
  readonly parameters: readonly string[];
};

const form = 'application/x-www-form-urlencoded';

export const doors: readonly Door[] = Object.entries(contractDocument().paths ?? {}).flatMap(
  ([path, methods]) =>
    Object.entries(methods as Readonly<Record<string, Operation>>).map(([method, operation]) => ({
      name: operation.operationId,
      method: method.toUpperCase(),
      path,
      isGuarded: operation.security.length > 0,
      parameters: Object.keys(operation.requestBody?.content[form]?.schema.properties ?? {}),
    })),
);
