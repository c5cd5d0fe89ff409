// What the page shows is its address: cluster, moment, selection, zoom. Sharing a moment is sharing a link.

import { signal } from '@preact/signals';

export interface Route {
  /** A report of scenarios, instead of clusters. */
  readonly page?: 'report' | undefined;
  /** Absent: all clusters. */
  readonly cluster?: string | undefined;
  /** A moment of the past; absent: the present. */
  readonly at?: string | undefined;
  /** Another cluster, or the same, to compare with; and the moment of it, absent: the present. */
  readonly with?: string | undefined;
  readonly withAt?: string | undefined;
  /** The object that is looked at: resource/namespace/name, without a namespace resource//name. */
  readonly object?: string | undefined;
  /** What is read of the object. */
  readonly tab?: string | undefined;
  /** What stands below the timeline. */
  readonly view?: string | undefined;
  /** What the table lists. */
  readonly resource?: string | undefined;
  readonly selector?: string | undefined;
  /** What the timeline shows, in virtual milliseconds; absent: all. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export const route = signal<Route>(parseRoute(location.hash));
addEventListener('hashchange', () => (route.value = parseRoute(location.hash)));

/** Goes to another view; `replace` when it is the same one, moved a little. */
export function go(next: Route, { replace = false } = {}): void {
  const hash = formatRoute(next);
  if (hash === formatRoute(route.value)) return;
  if (replace) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  route.value = next;
}

/** The same view with something else in it. */
export function change(patch: Route, options?: { replace: boolean }): void {
  go({ ...route.value, ...patch }, options);
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [kind, name] = path.split('/');
  if (kind === 'report') return { page: 'report' };
  if (kind !== 'clusters' || name === undefined || name === '') return {};
  const values = new URLSearchParams(query);
  const wordOf = (key: string) => values.get(key) ?? undefined;
  const numberOf = (key: string) => {
    const value = Number(values.get(key) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  return {
    cluster: decodeURIComponent(name),
    at: wordOf('at'),
    with: wordOf('with'),
    withAt: wordOf('withAt'),
    object: wordOf('object'),
    tab: wordOf('tab'),
    view: wordOf('view'),
    resource: wordOf('resource'),
    selector: wordOf('selector'),
    from: numberOf('from'),
    to: numberOf('to'),
  };
}

export function formatRoute({ page, cluster, ...rest }: Route): string {
  if (page !== undefined) return `#/${page}`;
  if (cluster === undefined) return '#/';
  const values = new URLSearchParams();
  for (const [key, value] of Object.entries(rest)) if (value !== undefined && value !== '') values.set(key, String(value));
  return `#/clusters/${encodeURIComponent(cluster)}${values.size > 0 ? `?${values}` : ''}`;
}
