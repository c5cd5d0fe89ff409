// The resource metrics API, which `kubectl top` reads. What it shows is computed for each request; nothing is stored or watched.
// Upstream: metrics-server/pkg/api/{pod,node,table}.go (v0.7). Rules: B12, T5.

import { addQuantities, formatQuantity } from '../../engine/apimachinery/quantity.ts';
import type { JsonObject, KubeObject } from '../../engine/apimachinery/meta.ts';
import { fail, notFound, ok, type Result } from '../../engine/apimachinery/status.ts';
import { formatDuration, formatTime, parseTime } from '../../engine/apimachinery/time.ts';
import { type EncodedObject, encodedObject } from '../../engine/apiserver/read/encoded-object.ts';
import { parseSelection } from '../../engine/apiserver/read/selection.ts';
import { hasMetrics, readSelected, usageOfNode, usageOfPod } from '../../engine/cluster/index.ts';
import type { ClusterState } from '../../engine/kernel/state.ts';
import type { Cell, Column, Kind } from '../../engine/kinds/kind.ts';
import { kindByResource } from '../../engine/kinds/index.ts';
import type { Pod } from '../../engine/kinds/pod/types.ts';
import { answerNotFoundPage, answerStatus } from './answer.ts';
import { answerList, answerObject, type View } from './answer-object.ts';
import { entriesOf } from './discovery.ts';
import type { ResourceRequest } from './handlers.ts';
import { negotiateFormat } from './negotiate.ts';
import type { ResourcePath } from './path.ts';
import { awaitNews } from './polling.ts';
import { parseListQuery } from './query.ts';
import { resolveTarget, type Target } from './target.ts';

const GROUP = 'metrics.k8s.io';

const COLUMNS: readonly Column[] = ['Name', 'cpu', 'memory', 'Window'].map((name) => ({
  name,
  type: 'string',
  format: name === 'Name' ? 'name' : '',
  description: name === 'Name' ? 'Name of the resource' : '',
  priority: 0,
}));

/** A resource of the group; it has the plural of the objects that it is about. */
function metricsKind(kind: string, plural: string, namespaced: boolean, usageOf: (object: KubeObject) => JsonObject): Kind {
  const cells = (object: KubeObject): readonly Cell[] => {
    const { cpu, memory } = usageOf(object) as { readonly cpu: string; readonly memory: string };
    return [object.metadata.name, cpu, memory, object['window'] as string];
  };
  return {
    group: GROUP,
    version: 'v1beta1',
    kind,
    plural,
    singular: '',
    shortNames: [],
    categories: [],
    namespaced,
    schema: '',
    nameFormat: 'subdomain',
    generation: 'none',
    hasStatus: false,
    withoutVerbs: ['create', 'delete', 'deletecollection', 'patch', 'update', 'watch'],
    applyDefaults: () => undefined,
    validate: () => [],
    columns: COLUMNS,
    cells,
  };
}

const NODE_METRICS = metricsKind('NodeMetrics', 'nodes', false, (object) => object['usage'] as JsonObject);
const POD_METRICS = metricsKind('PodMetrics', 'pods', true, (object) => sumOf(object['containers'] as readonly Measured[]));

const METRICS_KINDS = [NODE_METRICS, POD_METRICS];

/** What discovery says of the group. */
export const METRICS_ENTRIES = METRICS_KINDS.flatMap(entriesOf);

/** Whether a path lies in the group. */
export function isMetricsPath(path: ResourcePath): boolean {
  return path.group === GROUP;
}

/** Answers a request for metrics. */
export async function handleMetrics(context: Omit<ResourceRequest, 'target'>, path: ResourcePath): Promise<Response> {
  const { service, cluster, request, query } = context;
  if (!service.read(cluster, hasMetrics)) return answerNotFoundPage();
  const target = resolveTarget(path, request.method, METRICS_KINDS);
  if (!target.ok) return answerStatus(target.status);
  const format = negotiateFormat(request.headers.get('accept'), { isWatch: false, isCollection: target.value.verb === 'list' });
  if (!format.ok) return answerStatus(format.status);
  await awaitMetrics(context, target.value);
  return service.read(cluster, (state) => {
    const { kind, verb } = target.value;
    const view: View = { kind, format: format.value, includeObject: query.get('includeObject'), nowMs: state.nowMs };
    return verb === 'list' ? answerMany(state, view, target.value, query) : answerOne(state, view, target.value);
  });
}

/** Who asks again for metrics waits for others, which come with time. */
function awaitMetrics(context: Omit<ResourceRequest, 'target'>, target: Target): Promise<void> {
  const { service, cluster, query } = context;
  const { kind, namespace, name } = target;
  const of = { resource: kind.plural, namespace: kind.namespaced ? namespace : undefined, ...(name === undefined ? {} : { name }) };
  const find = (): string =>
    service.read(cluster, (state) =>
      JSON.stringify(target.verb === 'list' ? readManyMetrics(state, target, query) : readMetrics(state, target)),
    );
  return awaitNews(context, { of, find, isPoll: false });
}

function answerOne(state: ClusterState, view: View, target: Target): Response | Promise<Response> {
  const found = readMetrics(state, target);
  return found.ok ? answerObject(view, found.value) : answerStatus(found.status, { format: view.format });
}

/** Fails: NotFound, of the object itself or of its metrics. */
function readMetrics(state: ClusterState, { kind, namespace, name = '' }: Target): Result<EncodedObject> {
  const about = aboutOf(kind);
  const selection = parseSelection({ kind: about, namespace, name }, {});
  if (!selection.ok) return selection;
  const [item] = readSelected(state, selection.value);
  if (item === undefined || !isMeasurable(item.object)) return fail(notFound(about, name));
  const metrics = metricsOf(state, item.object);
  const missing = { ...kind, plural: kind.kind.toLowerCase() };
  return metrics === undefined ? fail(notFound(missing, kind.namespaced ? `${namespace}/${name}` : name)) : ok(encodedObject(metrics));
}

function answerMany(state: ClusterState, view: View, target: Target, query: URLSearchParams): Response | Promise<Response> {
  const metrics = readManyMetrics(state, target, query);
  return metrics.ok ? answerList(view, metrics.value.map(encodedObject), {}) : answerStatus(metrics.status, { format: view.format });
}

/** Fails: BadRequest, of the query. */
function readManyMetrics(state: ClusterState, { kind, namespace }: Target, query: URLSearchParams): Result<readonly KubeObject[]> {
  const list = parseListQuery(query);
  if (!list.ok) return list;
  const selection = parseSelection({ kind: aboutOf(kind), namespace }, list.value);
  if (!selection.ok) return selection;
  return ok(readSelected(state, selection.value).flatMap(({ object }) => metricsOf(state, object) ?? []));
}

/** The kind whose objects are measured. */
function aboutOf({ plural }: Kind): Kind {
  return kindByResource(plural) as Kind;
}

/** Only running pods are known to the metrics server. */
function isMeasurable(object: KubeObject): boolean {
  return object.kind !== 'Pod' || (object as Pod).status.phase === 'Running';
}

function metricsOf(state: ClusterState, object: KubeObject): KubeObject | undefined {
  return object.kind === 'Pod' ? podMetrics(state, object as Pod) : nodeMetrics(state, object);
}

interface Measured {
  readonly name: string;
  readonly usage: { readonly cpu: string; readonly memory: string };
}

function podMetrics(state: ClusterState, pod: Pod): KubeObject | undefined {
  const usage = usageOfPod(state, pod);
  if (usage === undefined) return undefined;
  const containers = usage.containers.map(({ name, cpuNano, memoryBytes }) => ({ name, usage: usageText(cpuNano, memoryBytes) }));
  return { ...head(state, POD_METRICS, pod, usage), containers };
}

function nodeMetrics(state: ClusterState, node: KubeObject): KubeObject | undefined {
  const { name, creationTimestamp } = node.metadata;
  const usage = usageOfNode(state, name, parseTime(creationTimestamp) ?? 0);
  if (usage === undefined) return undefined;
  return { ...head(state, NODE_METRICS, node, usage), usage: usageText(usage.cpuNano, usage.memoryBytes) };
}

function head(state: ClusterState, { kind }: Kind, { metadata }: KubeObject, time: { timestampMs: number; windowMs: number }): KubeObject {
  const { name, namespace, labels } = metadata;
  const shown = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    creationTimestamp: formatTime(state.nowMs),
    ...(labels === undefined ? {} : { labels }),
  };
  return {
    kind,
    apiVersion: `${GROUP}/v1beta1`,
    metadata: shown as KubeObject['metadata'],
    timestamp: formatTime(time.timestampMs),
    window: formatDuration(time.windowMs),
  };
}

const NANO_PER_ONE = 1_000_000_000n;

function usageText(cpuNano: number, memoryBytes: number): { readonly cpu: string; readonly memory: string } {
  return {
    cpu: formatQuantity({ nano: BigInt(cpuNano), format: 'DecimalSI' }),
    memory: formatQuantity({ nano: BigInt(memoryBytes) * NANO_PER_ONE, format: 'BinarySI' }),
  };
}

/** The amounts of all containers of a pod. */
function sumOf(containers: readonly Measured[]): JsonObject {
  return {
    cpu: containers.map(({ usage }) => usage.cpu).reduce(addQuantities, '0'),
    memory: containers.map(({ usage }) => usage.memory).reduce(addQuantities, '0'),
  };
}
