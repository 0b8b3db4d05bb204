/** The outcome of anything a caller can make go wrong: a value, or a failure that says why not. */
export type Result<T, F> = Ok<T> | Err<F>;
export type Ok<T> = { readonly ok: true; readonly value: T };
export type Err<F> = { readonly ok: false; readonly failure: F };

export function ok(): Ok<undefined>;
export function ok<T>(value: T): Ok<T>;
export function ok<T>(value?: T): Ok<T | undefined> {
  return { ok: true, value };
}

export function err<F>(failure: F): Err<F> {
  return { ok: false, failure };
}
