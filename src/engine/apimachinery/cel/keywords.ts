// Words of the language that are no names of variables, and the fields of schemas that have one as their name.
// Upstream: github.com/google/cel-spec/doc/langdef.md, k8s.io/apiserver/pkg/cel/{escaping,types}.go (v1.33, since v1.32 without escaping).

export const KEYWORDS: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);

/** The field `__namespace__` of a schema is also selected as `namespace`. */
export function fieldOf<T>(fields: ReadonlyMap<string, T>, name: string): T | undefined {
  const field = fields.get(name);
  return field === undefined && KEYWORDS.has(name) ? fields.get(`__${name}__`) : field;
}
