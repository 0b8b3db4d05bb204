/** A piece of SQL whose values are bound, never written into it (access-denied-and-enforcement.md §6.5). */

export type Value = string | number;

/** Values have no place of their own until the whole is written. */
export type Fragment = readonly (string | { readonly bind: Value })[];

export type Statement = { readonly text: string; readonly values: readonly Value[] };

/** Fragments put in are taken over; what else is put in is text of ours. */
export const sql = (texts: TemplateStringsArray, ...parts: readonly (Fragment | string)[]): Fragment =>
  texts.flatMap((text, at) => {
    const part = parts[at];
    return [text, ...(part === undefined ? [] : typeof part === 'string' ? [part] : part)];
  });

export const bind = (value: Value): Fragment => [{ bind: value }];

export const bound = (values: readonly Value[]): Fragment => joined(values.map(bind), ', ');

/** `empty` where there is nothing to join. */
export function joined(parts: readonly Fragment[], by: string, empty = ''): Fragment {
  if (parts.length === 0) return [empty];
  return parts.flatMap((part, at) => (at === 0 ? part : [by, ...part]));
}

/** `$1` is the first value, or what follows those that the statement around it binds. */
export function written(fragment: Fragment, parametersBefore: number): Statement {
  const values: Value[] = [];
  const texts = fragment.map((part) => {
    if (typeof part === 'string') return part;
    values.push(part.bind);
    return `$${parametersBefore + values.length}`;
  });
  return { text: texts.join(''), values };
}
