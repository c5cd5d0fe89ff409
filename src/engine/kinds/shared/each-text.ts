// Texts about the items of a list. Upstream: pkg/api/pod/warnings.go, field.Path.Index (v1.33). Rule: P4.

/** The texts of the items, each with its own path. */
export function eachText<T>(items: readonly T[] | undefined, path: string, say: (item: T, at: string) => readonly string[]): string[] {
  return (items ?? []).flatMap((item, index) => say(item, `${path}[${index}]`));
}
