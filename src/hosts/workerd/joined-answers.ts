// One answer out of those of all fronts.

import { compareText } from '../../engine/apimachinery/text.ts';
import { encodeCursor } from '../../http/rest/cursor.ts';
import { PAGE_SIZE_DEFAULT } from '../../http/rest/schemas/common.ts';

type Join = (answers: readonly Response[], query: URLSearchParams) => Promise<Response>;

/** Requests that are about all clusters. */
export const JOINS: Readonly<Record<string, Join>> = {
  'GET /v1/clusters': joinPages,
  'DELETE /v1/clusters': joinDeletions,
  'GET /metrics': joinMetrics,
};

interface Page {
  readonly items: readonly { readonly name: string }[];
  readonly nextCursor?: string;
}

/** Every front gives its page behind the cursor, so that the first of all of them are the page. */
async function joinPages(answers: readonly Response[], query: URLSearchParams): Promise<Response> {
  const pages = await jsonOf<Page>(answers);
  const all = pages.flatMap(({ items }) => items).sort(byName);
  const items = all.slice(0, Number(query.get('limit') ?? PAGE_SIZE_DEFAULT));
  const last = items.at(-1);
  const hasMore = all.length > items.length || pages.some(({ nextCursor }) => nextCursor !== undefined);
  return like(answers, JSON.stringify({ items, ...(hasMore && last !== undefined ? { nextCursor: encodeCursor(last.name) } : {}) }));
}

interface Deletion {
  readonly deleted: readonly string[];
  readonly failed: readonly { readonly name: string }[];
}

async function joinDeletions(answers: readonly Response[]): Promise<Response> {
  const all = await jsonOf<Deletion>(answers);
  const deleted = all.flatMap((answer) => answer.deleted).sort(compareText);
  const failed = all.flatMap((answer) => answer.failed).sort(byName);
  return like(answers, JSON.stringify({ deleted, failed }));
}

/** Every measurement is a count of something that is of one front: together they are sums. */
async function joinMetrics(answers: readonly Response[]): Promise<Response> {
  const lines = new Map<string, number | undefined>();
  for (const answer of answers)
    for (const line of (await answer.text()).split('\n')) {
      const [, series, value] = /^([^#\s]\S*(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      if (series === undefined) lines.set(line, undefined);
      else lines.set(series, (lines.get(series) ?? 0) + Number(value));
    }
  return like(answers, [...lines].map(([line, value]) => (value === undefined ? line : `${line} ${value}`)).join('\n'));
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function jsonOf<T>(answers: readonly Response[]): Promise<T[]> {
  return Promise.all(answers.map((answer) => answer.json() as Promise<T>));
}

function like([first]: readonly Response[], body: string): Response {
  const headers = new Headers(first?.headers);
  headers.delete('content-length');
  return new Response(body, { headers });
}
