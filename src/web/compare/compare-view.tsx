// Two moments of a cluster, or two clusters, beside each other: their timelines show the same part of time, and below stands what differs.

import { signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { BASE } from '../api/base.ts';
import { api, dataOf } from '../api/client.ts';
import { curlOf } from '../api/curl.ts';
import { Session } from '../cluster/session.ts';
import { useLive } from '../objects/use-live.ts';
import { change, formatRoute, route } from '../state/route.ts';
import { text } from '../text/text.ts';
import type { Folds } from '../timeline/layout.ts';
import { AlignedRange, ViewRange } from '../timeline/view-range.ts';
import { DifferenceList } from './difference-list.tsx';
import { Side } from './side.tsx';

export function CompareView({ name, other }: { readonly name: string; readonly other: string }) {
  const left = useMemo(() => new Session(name, 'at'), [name]);
  const right = useMemo(() => new Session(other, 'withAt'), [other]);
  const view = useMemo(() => new ViewRange([left, right]), [left, right]);
  const aligned = useMemo(() => new AlignedRange(view, left, right), [view, left, right]);
  const folds = useMemo(() => signal<Folds>(new Map()), []);
  useEffect(() => {
    document.title = `${name} ↔ ${other} · ${text.product}`;
    const stops = [left.start(), right.start(), () => view.stop()];
    return () => {
      for (const stop of stops) stop();
    };
  }, [left, right, view]);
  const { at, withAt } = route.value;
  const swap = () => change({ cluster: other, with: name, at: withAt, withAt: at });
  return (
    <div class="cluster">
      <header class="compare-head">
        <h1>{text.compare.title}</h1>
        <button type="button" onClick={swap}>
          {text.compare.swap}
        </button>
        <a class="button" href={formatRoute({ cluster: name, at })}>
          {text.compare.back(name)}
        </a>
      </header>
      <div class="sides">
        <Side
          session={left}
          view={view}
          folds={folds}
          label={text.compare.left}
          onChoose={(cluster) => change({ cluster, at: undefined })}
        />
        <Side
          session={right}
          view={aligned}
          folds={folds}
          label={text.compare.right}
          onChoose={(cluster) => change({ with: cluster, withAt: undefined })}
        />
      </div>
      <Differing left={left} right={right} />
    </div>
  );
}

function Differing({ left, right }: { readonly left: Session; readonly right: Session }) {
  const { at, withAt } = route.value;
  const isSame = left.name === right.name;
  // Two moments of one cluster have to be named.
  const now = left.nowMs.value;
  const from = at ?? (isSame && now !== undefined ? new Date(now).toISOString() : undefined);
  const query = {
    ...(from === undefined ? {} : { from }),
    ...(withAt === undefined ? {} : { to: withAt }),
    ...(isSame ? {} : { with: right.name }),
  };
  const isReady = !isSame || from !== undefined;
  const key = `${left.name} ${right.name} ${at ?? ''} ${withAt ?? ''} ${isReady}`;
  const { value, problem } = useLive(key, `${left.revision.value} ${right.revision.value}`, async () =>
    isReady ? dataOf(api.GET('/v1/clusters/{cluster}/diff', { params: { path: { cluster: left.name }, query } })) : undefined,
  );
  const url = `${BASE}/v1/clusters/${encodeURIComponent(left.name)}/diff?${new URLSearchParams(query)}`;
  return (
    <>
      {problem === undefined ? null : <p class="problem">{problem}</p>}
      {value === undefined ? (
        <p class="muted">{problem === undefined ? text.loading : ''}</p>
      ) : (
        <DifferenceList difference={value} command={curlOf({ method: 'GET', url })} />
      )}
    </>
  );
}
