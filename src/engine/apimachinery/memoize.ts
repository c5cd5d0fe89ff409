// Remembered results of pure functions. The memory is bounded and no part of any state: forgetting costs time, never a different answer.

/** Results kept before all are forgotten. */
const REMEMBERED_MAX = 10_000;

/** The same function with its results remembered by their text. Results are shared, so they must not be changed. */
export function memoize<T>(compute: (text: string) => T): (text: string) => T {
  const results = new Map<string, T>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined || results.has(text)) return known as T;
    if (results.size >= REMEMBERED_MAX) results.clear();
    const result = compute(text);
    results.set(text, result);
    return result;
  };
}

/**
 * The same function with its last result remembered beside its first argument, for as long as that lives; it is computed anew when another argument is
 * not the very same. Objects that are given must not be changed, nor results.
 */
export function memoizeByObject<Key extends object, Rest extends readonly unknown[], T>(
  compute: (key: Key, ...rest: Rest) => T,
): (key: Key, ...rest: Rest) => T {
  const results = new WeakMap<Key, { readonly rest: Rest; readonly result: T }>();
  return (key, ...rest) => {
    const known = results.get(key);
    if (known !== undefined && rest.every((argument, index) => argument === known.rest[index])) return known.result;
    const result = compute(key, ...rest);
    results.set(key, { rest, result });
    return result;
  };
}
