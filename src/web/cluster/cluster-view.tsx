// One cluster: its clock, what is in it, and when it was so.

import { useEffect, useMemo, useState } from 'preact/hooks';
import { ApplyDialog } from '../apply/apply-dialog.tsx';
import { copyKubeconfig } from '../clusters/cluster-card.tsx';
import { CurveView } from '../curves/curve-view.tsx';
import { FaultList } from '../faults/fault-list.tsx';
import { NodeMap } from '../nodes/node-map.tsx';
import { Inspector } from '../objects/inspector.tsx';
import { readKinds } from '../objects/kubernetes.ts';
import { ResourceTable } from '../objects/resource-table.tsx';
import { useLive } from '../objects/use-live.ts';
import { change, route } from '../state/route.ts';
import { useKeys } from '../shell/keys.ts';
import { shownSession } from '../tour/tour.ts';
import { text } from '../text/text.ts';
import { ClusterTimeline } from '../timeline/timeline.tsx';
import { ClockBar } from './clock-bar.tsx';
import { PastBanner } from './past-banner.tsx';
import { Session } from './session.ts';

export function ClusterView({ name }: { readonly name: string }) {
  const session = useMemo(() => new Session(name), [name]);
  useEffect(() => {
    document.title = `${name} · ${text.product}`;
    shownSession.value = session;
    const stop = session.start();
    return () => {
      shownSession.value = undefined;
      stop();
    };
  }, [session]);
  useKeys({ b: () => session.show(undefined) });
  const refusal = session.refusal.value;
  if (refusal !== undefined) return <Refusal detail={refusal} />;
  return (
    <div class="cluster">
      <h1 class="hidden">{name}</h1>
      {session.isBroken.value ? (
        <p class="banner" role="alert">
          {text.reconnecting}
        </p>
      ) : null}
      <ClockBar session={session} />
      <PastBanner session={session} />
      <ClusterTimeline session={session} />
      <Below session={session} />
    </div>
  );
}

const VIEWS = ['table', 'nodes', 'curves', 'faults'] as const;

function Below({ session }: { readonly session: Session }) {
  const [isApplying, setApplying] = useState(false);
  const { view, object, at } = route.value;
  // What was cannot be changed.
  useKeys(at === undefined ? { a: () => setApplying(true) } : {});
  const shown = VIEWS.find((one) => one === view) ?? 'table';
  // Kinds come and go with CustomResourceDefinitions, which are applied.
  const { value: kinds = [] } = useLive(`kinds ${session.name}`, `${isApplying} ${session.isBroken.value}`, () => readKinds(session.name));
  return (
    <div class={object === undefined ? 'below' : 'below split'}>
      <section class="panel objects" aria-label={text.views[shown]}>
        <header class="panel-head">
          <div class="tabs" role="group">
            {VIEWS.map((one) => (
              <button key={one} type="button" aria-pressed={one === shown} onClick={() => change({ view: one })}>
                {text.views[one]}
              </button>
            ))}
          </div>
          <div class="actions end">
            <button type="button" onClick={() => change({ with: session.name, resource: undefined })}>
              {text.compare.open}
            </button>
            <button type="button" onClick={() => void copyKubeconfig(session.name, at)}>
              {text.clusters.kubeconfig}
            </button>
            <button type="button" class="primary" disabled={at !== undefined} onClick={() => setApplying(true)}>
              {text.apply.open}
            </button>
          </div>
        </header>
        {shown === 'table' ? <ResourceTable session={session} kinds={kinds} /> : null}
        {shown === 'nodes' ? <NodeMap session={session} /> : null}
        {shown === 'curves' ? <CurveView session={session} /> : null}
        {shown === 'faults' ? <FaultList session={session} /> : null}
      </section>
      {object === undefined ? null : <Inspector session={session} kinds={kinds} />}
      {isApplying ? <ApplyDialog session={session} kinds={kinds} onClose={() => setApplying(false)} /> : null}
    </div>
  );
}

function Refusal({ detail }: { readonly detail: string }) {
  return (
    <div class="empty">
      <h1>{text.cluster.notShown}</h1>
      <p class="muted">{detail}</p>
      <a class="button" href="#/">
        {text.keys.home}
      </a>
    </div>
  );
}
