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
