/** A map with room for so many: beyond that it forgets what was not asked for the longest. */

export type RecentlyUsed<Value> = {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
};

/** Longer keys are not kept: they come from outside, and room is counted in entries. */
const longestKey = 4000;

export function recentlyUsed<Value>(room: number): RecentlyUsed<Value> {
  const values = new Map<string, Value>();
  const put = (key: string, value: Value): void => {
    values.delete(key);
    values.set(key, value);
  };
  return {
    get(key) {
      const value = values.get(key);
      if (value !== undefined) put(key, value);
      return value;
    },
    set(key, value) {
      if (key.length > longestKey) return;
      put(key, value);
      const [oldest] = values.keys();
      if (values.size > room && oldest !== undefined) values.delete(oldest);
    },
    delete: (key) => void values.delete(key),
  };
}
