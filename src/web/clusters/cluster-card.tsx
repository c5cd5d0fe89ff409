// One cluster among all: its clock, its pods by state, and what can be done with it as a whole.

import { useEffect, useState } from 'preact/hooks';
import { api, dataOf, textOf } from '../api/client.ts';
import type { Cluster } from '../api/schemas.ts';
import { copyText } from '../shell/command-strip.tsx';
import { Dialog } from '../shell/dialog.tsx';
import { attempt, say } from '../state/notices.ts';
import { formatRoute, go } from '../state/route.ts';
import { text } from '../text/text.ts';
import { formatElapsed, formatTime } from '../text/time.ts';
import { stateClass, stateName } from '../timeline/states.ts';
import type { Listed } from './clusters-view.tsx';

interface CardProps {
  readonly cluster: Listed;
  readonly parent: string | undefined;
  readonly onChange: () => void;
}

export function ClusterCard({ cluster, parent, onChange }: CardProps) {
  const { name } = cluster;
  return (
    <article class="card" aria-label={name}>
      <header>
        <h2>
          <a href={formatRoute({ cluster: name })}>{name}</a>
        </h2>
        {cluster.state === 'awake' ? null : (
          <span class="badge">{cluster.state === 'asleep' ? text.clusters.asleep : text.clusters.broken}</span>
        )}
        {parent === undefined ? null : <span class="muted small">{text.clusters.forkOf(parent)}</span>}
      </header>
      {cluster.state === 'broken' ? <p class="problem">{cluster.problem}</p> : <Facts cluster={cluster} />}
      <CardActions name={name} parent={parent} isBroken={cluster.state === 'broken'} onChange={onChange} />
    </article>
  );
}

function Facts({ cluster }: { readonly cluster: Cluster }) {
  const { clock, now, elapsedSeconds, nodes, objects } = cluster;
  return (
    <>
      <p class="clock">
        <strong class="number">{formatElapsed(elapsedSeconds)}</strong> <span class="muted">{clockWords(clock)}</span>
      </p>
      <p class="muted small number">
        {formatTime(now)} · {text.clusters.nodes(nodes)} · {text.clusters.objects(objects)}
      </p>
      {cluster.state === 'awake' ? <PodStates cluster={cluster} /> : null}
    </>
  );
}

export function clockWords({ mode, rate = 1 }: Cluster['clock']): string {
  if (mode === 'manual') return text.clusters.manual;
  return rate === 'auto' ? text.clusters.automatic : text.clusters.running(`${rate}×`);
}

/** The pods of this moment, as the timeline counts them. */
function PodStates({ cluster: { name, now, resourceVersion } }: { readonly cluster: Cluster }) {
  const [counts, setCounts] = useState<ReadonlyMap<string, number> | undefined>(undefined);
  useEffect(() => {
    void attempt(async () => setCounts(await countPods(name, now)));
  }, [name, now, resourceVersion]);
  if (counts === undefined) return <p class="pods"> </p>;
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (all === 0) return <p class="pods muted small">{text.clusters.noPods}</p>;
  const entries = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
  return (
    <div class="pods">
      <div class="bar" aria-hidden="true">
        {entries.map(([state, count]) => (
          <span key={state} class={`swatch ${stateClass(state)}`} style={{ flexGrow: String(count) }} />
        ))}
      </div>
      <p class="small muted">
        {text.clusters.pods(all)}: {entries.map(([state, count]) => `${count} ${stateName(state)}`).join(', ')}
      </p>
    </div>
  );
}

async function countPods(cluster: string, now: string): Promise<ReadonlyMap<string, number>> {
  const query = { from: now, resource: 'pods' };
  const { rows } = await dataOf(api.GET('/v1/clusters/{cluster}/timeline', { params: { path: { cluster }, query } }));
  const counts = new Map<string, number>();
  for (const { kind, spans } of rows) {
    const last = spans.at(-1);
    if (kind === 'pod' && last !== undefined && last.toMs === undefined) counts.set(last.state, (counts.get(last.state) ?? 0) + 1);
  }
  return counts;
}

interface ActionsProps {
  readonly name: string;
  readonly parent: string | undefined;
  readonly isBroken: boolean;
  readonly onChange: () => void;
}

function CardActions({ name, parent, isBroken, onChange }: ActionsProps) {
  const [isAsking, setAsking] = useState(false);
  const path = { cluster: name };
  const fork = () =>
    attempt(async () => {
      const made = await dataOf(api.POST('/v1/clusters/{cluster}/forks', { params: { path }, body: {} }));
      say(text.clusters.forked(made.name));
      onChange();
    });
  const remove = () =>
    attempt(async () => {
      await dataOf(api.DELETE('/v1/clusters/{cluster}', { params: { path } }));
      setAsking(false);
      say(text.clusters.deleted(name));
      onChange();
    });
  return (
    <footer class="actions">
      {isBroken ? null : (
        <>
          <button type="button" onClick={() => go({ cluster: name })} class="primary">
            {text.clusters.open}
          </button>
          <button type="button" onClick={() => void fork()}>
            {text.clusters.fork}
          </button>
          {parent === undefined ? null : (
            <button type="button" onClick={() => go({ cluster: parent, with: name })}>
              {text.clusters.compare(parent)}
            </button>
          )}
          <button type="button" onClick={() => void copyKubeconfig(name)}>
            {text.clusters.kubeconfig}
          </button>
        </>
      )}
      <button type="button" class="danger" onClick={() => setAsking(true)}>
        {text.clusters.delete}
      </button>
      {isAsking ? (
        <Dialog title={text.clusters.confirmDelete(name)} onClose={() => setAsking(false)}>
          <p class="muted">{text.clusters.confirmDeleteHint}</p>
          <div class="actions">
            <button type="button" onClick={() => setAsking(false)}>
              {text.cancel}
            </button>
            <button type="button" class="danger" onClick={() => void remove()}>
              {text.clusters.delete}
            </button>
          </div>
        </Dialog>
      ) : null}
    </footer>
  );
}

/** Puts the kubeconfig of a cluster, or of a moment of it, on the clipboard. */
export function copyKubeconfig(cluster: string, at?: string): Promise<boolean> {
  return attempt(async () => {
    const query = at === undefined ? {} : { at };
    const params = { path: { cluster }, query };
    const kubeconfig = await textOf(api.GET('/v1/clusters/{cluster}/kubeconfig', { params, parseAs: 'text' }));
    await copyText(kubeconfig, text.clusters.kubeconfigCopied);
  });
}
