/** Lists by name, for what has several values under one. */

/** Adds to the list under the name, which need not be there yet. */
export function addTo<Value>(lists: Map<string, Value[]>, name: string, value: Value): void {
  const list = lists.get(name);
  if (list) list.push(value);
  else lists.set(name, [value]);
}
