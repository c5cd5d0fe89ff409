// Nodes as a map: what each can hold, and its pods as tiles in the colours of their states.

import type { Session } from '../cluster/session.ts';
import { FaultButton, openFaultMenu } from '../faults/fault-menu.tsx';
import { targetOfRow } from '../faults/fault-types.ts';
import type { KubeObject } from '../objects/kube-objects.ts';
import { readJson, kubernetesPath } from '../objects/kubernetes.ts';
import { useLive } from '../objects/use-live.ts';
import { change, route } from '../state/route.ts';
import { text } from '../text/text.ts';
import type { Row, Span } from '../timeline/model.ts';
import { formatObject } from '../timeline/objects.ts';
import { stateClass, stateName } from '../timeline/states.ts';

interface Tile {
  readonly row: Row;
  readonly span: Span;
}

export function NodeMap({ session }: { readonly session: Session }) {
  const { at } = route.value;
  void session.version.value;
  const atMs = session.shownMs.value ?? 0;
  const nodes = tilesOf(session, 'node', atMs);
  const pods = tilesOf(session, 'pod', atMs);
  const names = nodes.map(({ row }) => row.name).join(' ');
  const { value: capacities } = useLive(`nodes ${session.name} ${at ?? ''}`, names, () => readCapacities(session.name, at));
  const waiting = pods.filter(({ row }) => row.node === undefined);
  return (
    <div class="node-map">
      <p class="muted small hint">{text.nodes.hint}</p>
      {nodes.map((node) => (
        <section key={node.row.id} class="node" aria-label={node.row.name}>
          <header>
            <button
              type="button"
              class="link"
              onClick={() => choose('nodes', undefined, node.row.name)}
              onContextMenu={(event) => breakRow(session, node.row, event)}
            >
              <bdi>{node.row.name}</bdi>
            </button>
            <FaultButton session={session} target={targetOfNode(node.row.name)} label={text.faults.addTo(node.row.name)} />
          </header>
          <p class="small">
            <span class={`swatch ${stateClass(node.span.state)}`} /> {stateName(node.span.state)}
          </p>
          <p class="muted small">{capacities?.get(node.row.name) ?? ' '}</p>
          <Tiles session={session} pods={pods.filter(({ row }) => row.node === node.row.name)} />
        </section>
      ))}
      {waiting.length === 0 ? null : (
        <section class="node" aria-label={text.nodes.unscheduled}>
          <header>{text.nodes.unscheduled}</header>
          <Tiles session={session} pods={waiting} />
        </section>
      )}
    </div>
  );
}

function Tiles({ session, pods }: { readonly session: Session; readonly pods: readonly Tile[] }) {
  if (pods.length === 0) return <p class="muted small">{text.clusters.noPods}</p>;
  return (
    <ul class="tiles">
      {pods.map(({ row, span }) => {
        const words = `${row.name}: ${stateName(span.state)}${span.reason === undefined ? '' : ` (${span.reason})`}`;
        return (
          <li key={row.id}>
            <button
              type="button"
              class={`tile ${stateClass(span.state)}`}
              title={words}
              aria-label={words}
              onClick={() => choose('pods', row.namespace, row.name)}
              onContextMenu={(event) => breakRow(session, row, event)}
            />
          </li>
        );
      })}
    </ul>
  );
}

const targetOfNode = (node: string) => ({ kind: 'node', values: { node } }) as const;

function breakRow(session: Session, row: Row, event: MouseEvent): void {
  const target = targetOfRow(row);
  if (target !== undefined) openFaultMenu(session, target, event);
}

function choose(resource: string, namespace: string | undefined, name: string): void {
  change({ object: formatObject({ resource, namespace, name }) });
}

function tilesOf({ timeline }: Session, kind: Row['kind'], atMs: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (const row of timeline.rows.values()) {
    const span = row.kind === kind ? timeline.stateAt(row, atMs) : undefined;
    if (span !== undefined) tiles.push({ row, span });
  }
  return tiles;
}

async function readCapacities(cluster: string, at: string | undefined): Promise<ReadonlyMap<string, string>> {
  const base = await kubernetesPath(cluster, at);
  const { items } = await readJson<{ items: readonly KubeObject[] }>(`${base}/api/v1/nodes`);
  return new Map(
    items.map(({ metadata, status }) => {
      const { allocatable = {} } = status as { readonly allocatable?: Readonly<Record<string, string>> };
      return [metadata.name, text.nodes.capacity(allocatable.cpu ?? '?', allocatable.memory ?? '?', allocatable.pods ?? '?')];
    }),
  );
}
