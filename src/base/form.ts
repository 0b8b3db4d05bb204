/** Form-encoded parameters as OAuth reads them (RFC 6749 §3.2): no repeats, an empty value counts as absent. */
import { err, ok, type Result } from './result.ts';

export type Form = Readonly<Record<string, string>>;

/** Fails with the name of the parameter that came twice. */
export const parseForm = (text: string): Result<Form, { readonly repeated: string }> =>
  formOf(new URLSearchParams(text));

export function formOf(
  parameters: Iterable<readonly [string, string]>,
): Result<Form, { readonly repeated: string }> {
  const form: Record<string, string> = Object.create(null);
  for (const [name, value] of parameters) {
    if (name in form) return err({ repeated: name });
    form[name] = value;
  }
  for (const name of Object.keys(form)) if (form[name] === '') delete form[name];
  return ok(form);
}
