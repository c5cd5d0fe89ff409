// Any resource as a table, as kubectl shows it: live, or at a moment of the past.

import { useComputed, useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { openStream } from '../api/event-stream.ts';
import type { Session } from '../cluster/session.ts';
import { openFaultMenu } from '../faults/fault-menu.tsx';
import { targetOfObject } from '../faults/fault-types.ts';
import { sentenceOf } from '../state/notices.ts';
import { change, route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { formatObject } from '../timeline/objects.ts';
import type { Kind, TableRow } from './kube-objects.ts';
import { readTable } from './kubernetes.ts';
import { formatAge, keyOf, sortRows, TableStore } from './table-store.ts';

const RESOURCE_DEFAULT = 'pods';
/** Rows in the document at first; as many more come when their end is seen, or when one asks. A browser lays all of them out when one changes. */
const ROWS_SHOWN = 50;

export function ResourceTable({ session, kinds }: { readonly session: Session; readonly kinds: readonly Kind[] }) {
  const { resource = RESOURCE_DEFAULT, selector, at } = route.value;
  const kind = kinds.find((one) => one.resource === resource);
  const { shown, refusal } = useTable(session, kind, selector, at);
  // The rows change several times in a second; what is around them does not.
  const tools = useMemo(() => <Tools resource={resource} selector={selector} kinds={kinds} />, [resource, selector, kinds]);
  return (
    <div class="table-view">
      {tools}
      {refusal === undefined ? null : (
        <p class="problem pad" role="alert">
          {refusal}
        </p>
      )}
      {shown === undefined || kind === undefined ? (
        <p class="muted pad">{refusal === undefined ? text.loading : ''}</p>
      ) : (
        <Rows session={session} kind={kind} {...shown} />
      )}
    </div>
  );
}

interface ToolsProps {
  readonly resource: string;
  readonly selector: string | undefined;
  readonly kinds: readonly Kind[];
}

function Tools({ resource, selector, kinds }: ToolsProps) {
  return (
    <div class="table-tools">
      <label>
        <span class="hidden">{text.table.resource}</span>
        <select value={resource} onChange={(event) => change({ resource: event.currentTarget.value })}>
          {kinds.map((one) => (
            <option key={one.resource} value={one.resource}>
              {one.resource}
            </option>
          ))}
        </select>
      </label>
      <SelectorField selector={selector} />
    </div>
  );
}

function SelectorField({ selector = '' }: { readonly selector: string | undefined }) {
  const [typed, setTyped] = useState(selector);
  useEffect(() => setTyped(selector), [selector]);
  const take = () => change({ selector: typed.trim() === '' ? undefined : typed.trim() });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        take();
      }}
    >
      <input
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onBlur={take}
        placeholder="app=web"
        aria-label={text.table.selector}
        title={text.table.selector}
      />
    </form>
  );
}

interface Shown {
  readonly store: TableStore;
  /** Counts what was told: the store stays the same. */
  readonly version: number;
}

interface Read {
  readonly shown: Shown | undefined;
  /** Why there are none, such as what is wrong with a selector. */
  readonly refusal: string | undefined;
}

/** The rows of a resource as they are, or were; undefined until they are there. */
function useTable(session: Session, kind: Kind | undefined, selector: string | undefined, at: string | undefined): Read {
  const version = useSignal(0);
  const refusal = useSignal<string | undefined>(undefined);
  const shown = useRef<TableStore | undefined>(undefined);
  void version.value;
  const path = kind === undefined ? undefined : watchPath(session.name, kind.resource, selector);
  const isVisible = session.isVisible.value;
  useEffect(() => {
    shown.current = undefined;
    refusal.value = undefined;
    version.value += 1;
    if (kind === undefined || path === undefined || !isVisible) return undefined;
    const show = (store: TableStore) => {
      shown.current = store;
      version.value += 1;
    };
    const refuse = (detail: string) => (refusal.value = detail);
    if (at === undefined) return followTable(path, show, refuse);
    let isLeft = false;
    const store = new TableStore();
    readTable(session.name, at, kind, selector).then(
      (table) => {
        store.takeTable(table);
        if (!isLeft) show(store);
      },
      (error: unknown) => {
        if (!isLeft) refuse(sentenceOf(error));
      },
    );
    return () => {
      isLeft = true;
    };
  }, [path, at, isVisible]);
  return { shown: shown.current === undefined ? undefined : { store: shown.current, version: version.value }, refusal: refusal.value };
}

function watchPath(cluster: string, resource: string, selector: string | undefined): string {
  const query = new URLSearchParams({ resource, format: 'table', ...(selector === undefined ? {} : { labelSelector: selector }) });
  return `/v1/clusters/${encodeURIComponent(cluster)}/watch?${query}`;
}

/** Rows come one by one; so many milliseconds of them are shown at once. Nobody reads a row faster. */
const SHOW_MS = 200;

function followTable(path: string, show: (store: TableStore) => void, onRefusal: (detail: string) => void): () => void {
  let store = new TableStore();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const showSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      show(store);
    }, SHOW_MS);
  };
  const close = openStream(path, {
    onOpen: (isResumed) => {
      if (!isResumed) store = new TableStore();
      showSoon();
    },
    onEvents: (events) => {
      store.take(events);
      showSoon();
    },
    onBreak: () => {},
    onRefusal,
  });
  return () => {
    clearTimeout(timer);
    close();
  };
}

function Rows({ session, kind, store }: { readonly session: Session; readonly kind: Kind } & Shown) {
  const [sort, setSort] = useState<{ readonly column: number; readonly isDescending: boolean } | undefined>(undefined);
  const [shown, setShown] = useState(ROWS_SHOWN);
  const columns = useColumns(store);
  const rows = sortRows(store.rows.values(), sort?.column, sort?.isDescending ?? false);
  if (rows.length === 0) return <p class="muted pad">{text.table.none(kind.resource)}</p>;
  const hasNamespaces = kind.isNamespaced && rows.some(({ object }) => object.metadata.namespace !== 'default');
  const lineOf = useKept(session, kind, columns, hasNamespaces);
  const sortBy = (column: number) => setSort({ column, isDescending: sort?.column === column && !sort.isDescending });
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={kind.resource}>
      <table>
        <thead>
          <tr>
            {hasNamespaces ? <th scope="col">{text.table.namespace}</th> : null}
            {columns.map(({ name, index }) => (
              <th key={name} scope="col" aria-sort={sort?.column === index ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}>
                <button type="button" class="sort" onClick={() => sortBy(index)}>
                  {name}
                  <span aria-hidden="true">{sort?.column === index ? (sort.isDescending ? ' ↓' : ' ↑') : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows
            .slice(0, shown)
            .map((row) =>
              lineOf(row, () => (
                <RowLine key={keyOf(row)} session={session} kind={kind} row={row} columns={columns} hasNamespace={hasNamespaces} />
              )),
            )}
        </tbody>
      </table>
      {rows.length > shown ? <More count={rows.length - shown} onMore={() => setShown(shown + ROWS_SHOWN)} /> : null}
    </div>
  );
}

/** The end of the rows that are shown: who scrolls there sees more. */
function More({ count, onMore }: { readonly count: number; readonly onMore: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    const { current } = button;
    if (current === null) return undefined;
    const end = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && latest.current(), {
      root: current.closest('.table-scroll'),
    });
    end.observe(current);
    return () => end.disconnect();
  }, [count]);
  return (
    <button type="button" ref={button} onClick={onMore}>
      {text.table.more(count)}
    </button>
  );
}

type Columns = readonly { readonly name: string; readonly index: number }[];

/** The columns that are shown; every event tells them anew. */
function useColumns({ columns }: TableStore): Columns {
  const told = columns.map((column, index) => ({ ...column, index })).filter(({ priority }) => priority === 0);
  return useMemo(() => told, [told.map(({ name, index }) => `${index} ${name}`).join()]);
}

/** Makes the line of a row, or gives the one that was made for it: lines of rows that are the same are not looked at again. */
function useKept(...shared: readonly unknown[]): (row: TableRow, make: () => VNode) => VNode {
  const lines = useMemo(() => new WeakMap<TableRow, VNode>(), shared);
  return (row, make) => {
    const line = lines.get(row) ?? make();
    lines.set(row, line);
    return line;
  };
}

interface RowProps {
  readonly session: Session;
  readonly kind: Kind;
  readonly row: TableRow;
  readonly columns: Columns;
  readonly hasNamespace: boolean;
}

function RowLine({ session, kind, row, columns, hasNamespace }: RowProps) {
  const { metadata } = row.object;
  const named = { resource: kind.resource, namespace: metadata.namespace, name: metadata.name };
  const object = formatObject(named);
  const menu = (event: MouseEvent) => {
    const target = targetOfObject(named);
    if (target !== undefined) openFaultMenu(session, target, event);
  };
  const cellOf = (name: string, index: number) => {
    if (name === 'Age' && metadata.creationTimestamp !== undefined)
      return <Age session={session} sinceMs={Date.parse(metadata.creationTimestamp)} />;
    return String(row.cells[index] ?? '');
  };
  return (
    <tr class={route.value.object === object ? 'chosen' : ''}>
      {hasNamespace ? <td>{metadata.namespace}</td> : null}
      {columns.map(({ name, index }, place) => (
        <td key={name}>
          {place === 0 ? (
            <button type="button" class="link" onClick={() => change({ object })} onContextMenu={menu}>
              <bdi>{cellOf(name, index)}</bdi>
            </button>
          ) : (
            <bdi>{cellOf(name, index)}</bdi>
          )}
        </td>
      ))}
    </tr>
  );
}

/** Its text is bound to the clock by itself, and changes only when it says something else. */
function Age({ session, sinceMs }: { readonly session: Session; readonly sinceMs: number }) {
  const age = useComputed(() => formatAge(((session.shownMs.value ?? 0) - sinceMs) / 1000));
  return <>{age}</>;
}
