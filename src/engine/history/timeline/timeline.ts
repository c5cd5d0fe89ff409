// Rows, spans and marks from the watch history, one change after the other: what is kept is a state for every object that is there, so a history of any
// length takes no more memory than its cluster.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { ChangeType } from '../../kernel/store.ts';
import type { EventObject } from '../../kinds/event/types.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { containerStanding, podStanding, statusesOf } from './pod-standing.ts';
import { say } from '../words/message.ts';
import { containerRowId, type Mark, type Row, type RowFilter, rowId, type Standing, type TimelineStep } from './row.ts';
import { nodeStanding, WORKLOADS, workloadStanding } from './workload-standing.ts';

/** A change of an object, or an object that is there where a timeline begins. */
export interface Observed {
  readonly type: ChangeType;
  readonly timeMs: number;
  readonly resource: string;
  readonly object: KubeObject;
}

/** A row that has not ended. */
interface OpenRow {
  row: Row;
  isShown: boolean;
  /** Its containers' rows, of a pod. */
  readonly parts: Set<string>;
  standing: Standing | undefined;
  pod?: Pod;
  readonly pulls: Map<string, 'pulling' | 'pulled'>;
  /** Restarts by container. */
  readonly restarts: Map<string, number>;
}

export interface Timeline {
  readonly filter: RowFilter;
  readonly rows: Map<string, OpenRow>;
  readonly podsOfNode: Map<string, Set<string>>;
  /** How often an Event has happened, by uid. */
  readonly eventCounts: Map<string, number>;
  /** Not yet handed over. */
  steps: TimelineStep[];
}

/** Resources that a timeline looks at, owners before what they own. */
export const TIMELINE_RESOURCES: readonly string[] = ['nodes', ...WORKLOADS, 'pods'];

export function newTimeline(filter: RowFilter): Timeline {
  return { filter, rows: new Map(), podsOfNode: new Map(), eventCounts: new Map(), steps: [] };
}

/** Takes the steps that have not been handed over. */
export function takeSteps(timeline: Timeline): TimelineStep[] {
  const { steps } = timeline;
  timeline.steps = [];
  return steps;
}

export function observe(timeline: Timeline, change: Observed): void {
  const { resource, object, type, timeMs } = change;
  if (resource === 'events') return observeEvent(timeline, change);
  if (!TIMELINE_RESOURCES.includes(resource)) return;
  const id = rowId(resource, object.metadata.namespace, object.metadata.name);
  if (type === 'DELETED') return endRow(timeline, id, timeMs);
  if (resource === 'pods') return observePod(timeline, id, object as Pod, timeMs);
  const kind = resource === 'nodes' ? 'node' : 'workload';
  const open = openRow(timeline, { id, kind, resource, ...placeOf(object), ...parentOf(object) });
  const standing = kind === 'node' ? nodeStanding(object) : workloadStanding(resource, object);
  const wasLost = open.standing?.state === 'NodeLost';
  stand(timeline, open, standing, timeMs);
  if (kind === 'node' && wasLost !== (standing.state === 'NodeLost')) standAgain(timeline, object.metadata.name, timeMs);
}

function placeOf({ metadata: { namespace, name } }: KubeObject): { readonly name: string; readonly namespace?: string } {
  return namespace === undefined ? { name } : { name, namespace };
}

function parentOf({ metadata: { namespace, ownerReferences = [] } }: KubeObject): { readonly parent?: string } {
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (owner === undefined) return {};
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
  const resource = `${owner.kind.toLowerCase()}s${group}`;
  return WORKLOADS.includes(resource) ? { parent: rowId(resource, namespace, owner.name) } : {};
}

function openRow(timeline: Timeline, row: Row): OpenRow {
  const known = timeline.rows.get(row.id);
  if (known !== undefined) {
    if (known.row.node !== row.node) known.row = row;
    return known;
  }
  const open: OpenRow = { row, isShown: false, parts: new Set(), standing: undefined, pulls: new Map(), restarts: new Map() };
  timeline.rows.set(row.id, open);
  return open;
}

/** Whether a row is asked for, or belongs to one that is. */
function isAsked({ filter, rows }: Timeline, { namespace, resource, name, parent, node }: Row): boolean {
  if (filter.namespace !== undefined && namespace !== filter.namespace) return false;
  if (filter.resource === undefined && filter.name === undefined) return true;
  if (parent !== undefined && rows.get(parent)?.isShown === true) return true;
  const isNamed = (wanted: string) => filter.name === undefined || filter.name === wanted;
  if (filter.resource === 'nodes' && node !== undefined && isNamed(node)) return true;
  return (filter.resource === undefined || filter.resource === resource) && isNamed(name);
}

/** A row is told of when it is asked for, which a pod may be as soon as it has a node. */
function stand(timeline: Timeline, open: OpenRow, standing: Standing, fromMs: number): void {
  const { row } = open;
  const isNew = !open.isShown && isAsked(timeline, row);
  if (isNew) {
    open.isShown = true;
    timeline.steps.push({ type: 'row', row });
  }
  const isSame = open.standing?.state === standing.state && open.standing.reason === standing.reason;
  open.standing = standing;
  if (open.isShown && (isNew || !isSame)) timeline.steps.push({ type: 'span', row: row.id, fromMs, standing });
}

function endRow(timeline: Timeline, id: string, toMs: number): void {
  const open = timeline.rows.get(id);
  if (open === undefined) return;
  for (const part of open.parts) endRow(timeline, part, toMs);
  timeline.rows.delete(id);
  if (open.row.node !== undefined) timeline.podsOfNode.get(open.row.node)?.delete(id);
  if (open.isShown) timeline.steps.push({ type: 'end', row: id, toMs });
}

function observePod(timeline: Timeline, id: string, pod: Pod, timeMs: number): void {
  const { nodeName } = pod.spec;
  const hasNode = nodeName !== undefined && nodeName !== '';
  const place = { ...placeOf(pod), ...parentOf(pod), ...(hasNode ? { node: nodeName } : {}) };
  const before = timeline.rows.get(id);
  // A row that is shown is told of again when it has got its node.
  const isBound = before?.isShown === true && hasNode && before.row.node === undefined;
  const open = openRow(timeline, { id, kind: 'pod', resource: 'pods', ...place });
  open.pod = pod;
  if (isBound) timeline.steps.push({ type: 'row', row: open.row });
  if (hasNode) podsOf(timeline, nodeName).add(id);
  standPod(timeline, open, timeMs);
  for (const status of statusesOf(pod)) {
    const part = openRow(timeline, {
      id: containerRowId(id, status.name),
      kind: 'container',
      resource: 'pods',
      ...placeOf(pod),
      name: status.name,
      parent: id,
    });
    open.parts.add(part.row.id);
    stand(timeline, part, containerStanding(status, open.pulls), timeMs);
    const restarts = open.restarts.get(status.name) ?? 0;
    open.restarts.set(status.name, status.restartCount);
    if (status.restartCount > restarts && before !== undefined) mark(timeline, part, restartMark(status.restartCount, status, timeMs));
  }
}

function standPod(timeline: Timeline, open: OpenRow, timeMs: number): void {
  const { pod, pulls, row } = open;
  if (pod === undefined) return;
  const own = podStanding(pod, pulls);
  const node = row.node === undefined ? undefined : timeline.rows.get(rowId('nodes', undefined, row.node));
  const isLost = node?.standing?.state === 'NodeLost' && own.state !== 'Succeeded' && own.state !== 'Failed';
  stand(timeline, open, isLost ? { state: 'NodeLost', reason: own.state } : own, timeMs);
}

function podsOf({ podsOfNode }: Timeline, node: string): Set<string> {
  const pods = podsOfNode.get(node) ?? new Set();
  podsOfNode.set(node, pods);
  return pods;
}

/** The node of some pods was lost, or is there again. */
function standAgain(timeline: Timeline, node: string, timeMs: number): void {
  for (const id of podsOf(timeline, node)) {
    const open = timeline.rows.get(id);
    if (open !== undefined) standPod(timeline, open, timeMs);
  }
}

function mark(timeline: Timeline, { isShown, row }: OpenRow, made: Mark): void {
  if (isShown) timeline.steps.push({ type: 'mark', row: row.id, mark: made });
}

function restartMark(count: number, { lastState }: ReturnType<typeof statusesOf>[number], atMs: number): Mark {
  const { exitCode: code, reason } = lastState?.terminated ?? {};
  return { atMs, type: 'restart', text: say('restart', { count, code, reason }) };
}

/** Pulls of images, failures of probes, and warnings. */
function observeEvent(timeline: Timeline, { type, object, timeMs }: Observed): void {
  const event = object as EventObject;
  const { uid } = event.metadata;
  if (type === 'DELETED') return void timeline.eventCounts.delete(uid);
  const count = event.series?.count ?? event.count ?? 1;
  if (timeline.eventCounts.get(uid) === count) return;
  timeline.eventCounts.set(uid, count);
  const open = rowOfEvent(timeline, event);
  if (open === undefined) return;
  const [, container] = /\{(.+)\}$/.exec(event.involvedObject.fieldPath ?? '') ?? [];
  const { reason = '', message = '' } = event;
  if (container !== undefined && (reason === 'Pulling' || reason === 'Pulled')) {
    open.pulls.set(container, reason === 'Pulling' ? 'pulling' : 'pulled');
    if (open.pod !== undefined) observePod(timeline, open.row.id, open.pod, timeMs);
  }
  if (event.type !== 'Warning') return;
  const part = container === undefined ? undefined : timeline.rows.get(containerRowId(open.row.id, container));
  const isProbe = reason === 'Unhealthy';
  mark(timeline, part ?? open, {
    atMs: timeMs,
    type: isProbe ? 'probe-failure' : 'warning',
    text: isProbe ? message : `${reason}: ${message}`,
  });
}

function rowOfEvent({ rows }: Timeline, { involvedObject }: EventObject): OpenRow | undefined {
  const { kind = '', apiVersion = '', namespace, name = '' } = involvedObject;
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return rows.get(rowId(`${kind.toLowerCase()}s${group}`, kind === 'Node' ? undefined : namespace, name));
}
