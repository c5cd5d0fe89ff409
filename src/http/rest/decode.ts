// Values against schemas: every mistake of a request becomes one item of one problem.

import type { z } from '@hono/zod-openapi';
import { ProblemError, type ProblemItem, problemOf } from '../errors.ts';

type Place = ProblemItem['in'];

/** The value that the schema makes of the input. Fails: invalid-request, with every mistake. */
export function decodeWith<S extends z.ZodType>(schema: S, value: unknown, place: Place): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = uniqueItems(itemsOf(parsed.error.issues, place));
  const detail = errors.map((item) => (item.field === '' ? item.message : `${item.field}: ${item.message}`)).join('; ');
  throw new ProblemError(problemOf('invalid-request', detail, errors));
}

/** Query parameters by name; one that is given several times is a list. */
export function queryOf(request: Request): Record<string, string | string[]> {
  const query = new URL(request.url).searchParams;
  const names = [...new Set(query.keys())];
  return Object.fromEntries(
    names.map((name) => [name, query.getAll(name)] as const).map(([name, all]) => [name, all[1] === undefined ? (all[0] ?? '') : all]),
  );
}

type Issue = z.core.$ZodIssue;
type Item = ProblemItem & { readonly field: string };

function itemsOf(issues: readonly Issue[], place: Place, base: readonly PropertyKey[] = []): Item[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      const message = place === 'body' ? 'unknown field' : 'unknown parameter';
      return issue.keys.map((key) => ({ in: place, field: fieldOf([...path, key], place), message }));
    }
    if (issue.code === 'invalid_key') return itemsOf(issue.issues as readonly Issue[], place, path);
    const meant = issue.code === 'invalid_union' ? meantAlternative(issue.errors) : undefined;
    if (meant !== undefined) return itemsOf(meant, place, path);
    return [{ in: place, field: fieldOf(path, place), message: issue.message.replace(/^Invalid input: /, '') }];
  });
}

/** Several checks of one value may say the same. */
function uniqueItems(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [`${item.field} ${item.message}`, item])).values()];
}

/** The one alternative of a union whose type fits and whose content does not. */
function meantAlternative(alternatives: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fitting = alternatives.filter((issues) => !issues.some((issue) => issue.path.length === 0 && WRONG_TYPE.has(issue.code)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

const WRONG_TYPE: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value', 'invalid_union']);

/** A JSON pointer (RFC 6901) for bodies, the name for parameters. */
function fieldOf(path: readonly PropertyKey[], place: Place): string {
  if (place !== 'body') return path.map(String).join('.');
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
