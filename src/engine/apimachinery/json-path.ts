// The part of kubectl's JSONPath that `wait --for=jsonpath` needs: fields, quoted fields, indexes, wildcards and equality filters.
// Upstream: staging/src/k8s.io/client-go/util/jsonpath/parser.go (v1.33). Omits ranges, unions, slices and recursive descent.

export type JsonPathStep =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly path: readonly string[]; readonly operator: '==' | '!='; readonly value: string };

export type JsonPath = readonly JsonPathStep[];

/** Parses what stands between the braces; a string result is the error. */
export function parseJsonPath(text: string): JsonPath | string {
  const steps: JsonPathStep[] = [];
  let rest = text.trim().replace(/^\$/, '');
  if (rest !== '' && !rest.startsWith('.') && !rest.startsWith('[')) rest = `.${rest}`;
  while (rest !== '') {
    const taken = takeStep(rest);
    if (taken === undefined) return `unsupported jsonpath at ${JSON.stringify(rest)}`;
    if (taken.step !== undefined) steps.push(taken.step);
    rest = rest.slice(taken.length);
  }
  return steps.length === 0 ? 'jsonpath expression is empty' : steps;
}

/** All values the path selects, in order. */
export function evaluateJsonPath(path: JsonPath, root: unknown): readonly unknown[] {
  let values: unknown[] = [root];
  for (const step of path) values = values.flatMap((value) => applyStep(step, value));
  return values;
}

function takeStep(text: string): { step: JsonPathStep; length: number } | undefined {
  const field = /^\.((?:[^.[\]\\*]|\\.)+)/.exec(text);
  if (field !== null) return { step: { kind: 'field', name: (field[1] as string).replace(/\\(.)/g, '$1') }, length: field[0].length };
  const quoted = /^\[\s*(['"])(.*?)\1\s*\]/.exec(text);
  if (quoted !== null) return { step: { kind: 'field', name: quoted[2] as string }, length: quoted[0].length };
  const index = /^\[\s*(-?\d+)\s*\]/.exec(text);
  if (index !== null) return { step: { kind: 'index', index: Number(index[1]) }, length: index[0].length };
  const all = /^(?:\.\*|\[\s*\*\s*\])/.exec(text);
  if (all !== null) return { step: { kind: 'all' }, length: all[0].length };
  const filter = /^\[\?\(\s*@\.([\w.-]+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))\s*\)\]/.exec(text);
  if (filter === null) return undefined;
  const value = filter[3] ?? filter[4] ?? (filter[5] as string);
  const path = (filter[1] as string).split('.');
  return { step: { kind: 'filter', path, operator: filter[2] as '==' | '!=', value }, length: filter[0].length };
}

function applyStep(step: JsonPathStep, value: unknown): unknown[] {
  switch (step.kind) {
    case 'field': {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step.name)) return [];
      const found = (value as Record<string, unknown>)[step.name];
      return found === undefined ? [] : [found];
    }
    case 'index': {
      if (!Array.isArray(value)) return [];
      const found = value.at(step.index) as unknown;
      return found === undefined ? [] : [found];
    }
    case 'all':
      return typeof value === 'object' && value !== null ? Object.values(value) : [];
    case 'filter':
      return Array.isArray(value) ? value.filter((item) => (fieldText(item, step.path) === step.value) === (step.operator === '==')) : [];
  }
}

function fieldText(item: unknown, path: readonly string[]): string | undefined {
  let value = item;
  for (const name of path) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return value === undefined || typeof value === 'object' ? undefined : String(value);
}
