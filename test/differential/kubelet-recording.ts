// Recordings of the real kubelet's code with a scripted runtime: what they ask for in terms of the engine, and what both histories say.

import { isJsonObject, type JsonObject, type KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { createPodCluster, type PodCluster, START_MS } from '../support/pods.ts';

export interface RecordedWatchEvent {
  readonly atMs: number;
  readonly type: string;
  readonly object: JsonObject;
}

/** What a recording keeps of an Event object. */
interface RecordedEvent {
  readonly reason: string;
  readonly message: string;
  readonly eventType: string;
  readonly count?: number;
  /** `Pod/name`. */
  readonly object: string;
}

interface RecordedEventChange {
  readonly atMs: number;
  readonly type: string;
  readonly event: RecordedEvent;
}

export interface KubeletRecording {
  readonly case: string;
  readonly steps: readonly {
    readonly role: string;
    readonly id?: string;
    readonly request?: { readonly method: string; readonly path: string; readonly body?: unknown };
    readonly events?: readonly RecordedWatchEvent[] | readonly RecordedEventChange[];
  }[];
}

/** A history: `atMs` since the first change, and what happened. */
export interface Line {
  readonly atMs: number;
  readonly text: string;
}

export interface History {
  /** `pod/name`, then each written state. */
  readonly pods: ReadonlyMap<string, readonly Line[]>;
  /** Each write of an event, by its object. */
  readonly events: ReadonlyMap<string, readonly Line[]>;
}

/** How a real run differs from another: the phase of the kubelet's clocks against the creation, and how late its retries come. */
export interface Phases {
  readonly plegMs: number;
  readonly jitter: number;
}

interface Request {
  readonly atMs: number;
  readonly run: (cluster: PodCluster) => void;
}

/** Time that a replay goes on after the last change of the recording. */
const TAIL_MS = 2_500;

/** The history of a recording. */
export function recordedHistory(recording: KubeletRecording): History {
  const podEvents = watched(recording);
  const start = podEvents[0]?.atMs ?? 0;
  return { pods: podLines(podEvents, start), events: eventLines(watchedEvents(recording), start) };
}

/** Replays the requests of a recording at their times. */
export function replayKubelet(recording: KubeletRecording, phases: Phases): History {
  const cluster = createPodCluster({
    nodes: 2,
    timing: {
      workerJitter: phases.jitter,
      plegPhase: phases.plegMs / 1000,
      syncTickPhase: ((phases.plegMs + 500) % 1000) / 1000,
      sandboxCreate: '30ms',
      containerCreateStart: '20ms',
      sandboxStop: 0,
      stopLatency: '20ms',
      imagePull: '100ms',
      probeLatency: '5ms',
    },
  });
  const from = cluster.changes.length;
  for (const request of requestsOf(recording)) {
    cluster.advanceTo(request.atMs / 1000);
    request.run(cluster);
  }
  cluster.advanceTo((lastMs(recording) + TAIL_MS) / 1000);
  const changesOf = (resource: string): RecordedWatchEvent[] =>
    cluster.changes
      .slice(from)
      .filter((change) => change.resource === resource)
      .map((change) => ({ atMs: change.timeMs - START_MS, type: change.type, object: change.object as unknown as JsonObject }));
  return { pods: podLines(changesOf('pods'), 0), events: eventLines(changesOf('events').map(digestOf), 0) };
}

function digestOf({ atMs, type, object }: RecordedWatchEvent): RecordedEventChange {
  const {
    reason,
    message,
    type: eventType,
    count,
    involvedObject,
  } = object as unknown as {
    readonly reason: string;
    readonly message: string;
    readonly type: string;
    readonly count?: number;
    readonly involvedObject: { readonly kind: string; readonly name: string };
  };
  const event = { reason, message, eventType, count: count ?? 1, object: `${involvedObject.kind}/${involvedObject.name}` };
  return { atMs, type, event };
}

function watched(recording: KubeletRecording): readonly RecordedWatchEvent[] {
  const ended = recording.steps.find((step) => step.role === 'watch-end' && step.id === 'pods');
  return (ended?.events ?? []) as readonly RecordedWatchEvent[];
}

function watchedEvents(recording: KubeletRecording): readonly RecordedEventChange[] {
  const ended = recording.steps.find((step) => step.role === 'watch-end' && step.id === 'events');
  return (ended?.events ?? []) as readonly RecordedEventChange[];
}

function lastMs(recording: KubeletRecording): number {
  const all = [...watched(recording), ...watchedEvents(recording)].map((event) => event.atMs);
  return Math.max(0, ...all) - (watched(recording)[0]?.atMs ?? 0);
}

/** The requests about pods, each at the time at which its effect was seen. */
function requestsOf(recording: KubeletRecording): Request[] {
  const events = watched(recording);
  const start = events[0]?.atMs ?? 0;
  const requests: Request[] = [];
  let afterMs = start;
  for (const { request, role } of recording.steps) {
    if (request === undefined || !request.path.includes('/pods') || (request.method === 'GET' && role !== 'setup')) continue;
    const body = (request.body ?? {}) as JsonObject;
    const name = nameOf(request, body);
    const seen = events.find(
      (event) => event.atMs >= afterMs && metadataOf(event.object).name === name && isEffect(request.method, body, event),
    );
    if (seen === undefined) throw new Error(`${recording.case}: no effect of ${request.method} ${request.path}`);
    afterMs = seen.atMs;
    requests.push({ atMs: seen.atMs - start, run: runnerOf(request.method, request.path, name, body) });
  }
  return requests;
}

function nameOf(request: { readonly path: string }, body: JsonObject): string {
  return (request.path.split('/pods/')[1] ?? metadataOf(body).name).split('/')[0] ?? '';
}

function isEffect(method: string, body: JsonObject, event: RecordedWatchEvent): boolean {
  if (method === 'POST') return event.type === 'ADDED';
  const metadata = metadataOf(event.object);
  if (method === 'DELETE') return metadata.deletionTimestamp !== undefined;
  const conditions = (body['status'] as JsonObject | undefined)?.['conditions'];
  if (conditions !== undefined)
    return JSON.stringify(event.object['status']).includes(`"type":${JSON.stringify((conditions as JsonObject[])[0]?.['type'])}`);
  const containers = (body['spec'] as JsonObject | undefined)?.['containers'] as JsonObject[] | undefined;
  if (containers !== undefined) return metadata.generation === 2;
  return event.type === 'DELETED';
}

function runnerOf(method: string, path: string, name: string, body: JsonObject): (cluster: PodCluster) => void {
  const target = { resource: 'pods', namespace: 'default', name };
  return (cluster) => {
    if (method === 'POST') cluster.apply(engineManifest(body));
    else if (method === 'DELETE') cluster.run({ type: 'request', request: { verb: 'delete', ...target, options: body } });
    else {
      const subresource = path.endsWith('/status') ? { subresource: 'status' } : {};
      const { outcome } = cluster.run({
        type: 'request',
        request: { verb: 'patch', ...target, ...subresource, patchType: 'strategic', body, options: {} },
      });
      if (!outcome.ok) throw new Error(outcome.status.message);
    }
  };
}

/** The recorded pod with the script of its runtime as behaviour annotations. */
function engineManifest(body: JsonObject): JsonObject {
  const spec = body['spec'] as JsonObject;
  const annotations: Record<string, string> = {};
  const translate = (container: JsonObject): JsonObject => {
    annotations[`orrery.sim/behavior.${String(container['name'])}`] = JSON.stringify(behaviorOf(container));
    return withoutHost(container);
  };
  const lists: Record<string, JsonObject[]> = {};
  for (const list of ['containers', 'initContainers']) {
    const given = spec[list] as JsonObject[] | undefined;
    if (given !== undefined) lists[list] = given.map(translate);
  }
  const node = spec['nodeName'] === undefined ? {} : { nodeName: 'node-1' };
  return { ...body, metadata: { ...(body['metadata'] as JsonObject), annotations }, spec: { ...spec, ...lists, ...node } } as JsonObject;
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];

/** Probes of the recordings go to servers beside the kubelet; here they go to the pod. */
function withoutHost(container: JsonObject): JsonObject {
  const copy: Record<string, unknown> = { ...container };
  for (const name of PROBES) {
    const probe = container[name] as JsonObject | undefined;
    for (const handler of ['httpGet', 'tcpSocket']) {
      const given = probe?.[handler];
      if (!isJsonObject(given)) continue;
      copy[name] = { ...probe, [handler]: Object.fromEntries(Object.entries(given).filter(([key]) => key !== 'host')) };
    }
  }
  return copy as JsonObject;
}

function behaviorOf(container: JsonObject): JsonObject {
  const words = optionsOf(container['command']);
  const behavior: Record<string, unknown> = { ports: [18_080, 18_081] };
  if (words.has('after') || words.has('oom')) {
    const message = words.has('termmsg') ? { message: words.get('termmsg') } : {};
    const end = words.has('oom') ? { oom: true } : { exitCode: Number(words.get('exit') ?? 0) };
    behavior['run'] = { for: Number(words.get('after') ?? 0), ...end, ...message };
  }
  const exitCode = Number(words.get('termcode') ?? 143);
  behavior['sigterm'] = words.has('ignoreterm') ? 'ignore' : { after: Number(words.get('termdelay') ?? 0.02), exitCode };
  if (words.has('startfail')) behavior['startError'] = words.get('startfail');
  const image = String(container['image']);
  const error = `failed to pull and unpack image "${image}": not found`;
  behavior['pull'] = image.includes('missing') ? { error } : { present: !image.includes('notpulled') };
  behavior['exec'] = [...handlersOf(container, 'exec')].flatMap((handler) => execRules(handler['command']));
  behavior['http'] = [...handlersOf(container, 'httpGet')].flatMap(httpRules);
  return behavior as JsonObject;
}

function* handlersOf(container: JsonObject, kind: string): Iterable<JsonObject> {
  const lifecycle = (container['lifecycle'] ?? {}) as JsonObject;
  const owners = [...PROBES.map((name) => container[name]), lifecycle['preStop'], lifecycle['postStart']];
  for (const owner of owners) if (isJsonObject(owner) && isJsonObject(owner[kind])) yield owner[kind];
}

/** `/sim after=1 oom` as a map; a word without a value has an empty one. */
function optionsOf(command: unknown): Map<string, string> {
  const words = Array.isArray(command) ? (command as string[]).slice(1) : [];
  return new Map(words.map((word) => [word.split('=')[0] ?? '', word.slice(word.indexOf('=') + 1)]));
}

function execRules(command: unknown): object[] {
  const options = optionsOf(command);
  const line = (command as string[]).join(' ');
  const fails = { command: line, exitCode: 1, output: options.get('msg') ?? '' };
  if (options.has('okafter')) return [{ ...fails, until: Number(options.get('okafter')) }];
  if (options.has('failafter')) return [{ ...fails, from: Number(options.get('failafter')) }];
  if (options.has('failbetween')) {
    const [from = 0, until = 0] = (options.get('failbetween') ?? '').split(',').map(Number);
    return [{ ...fails, from, until }];
  }
  if (options.has('fail')) return [{ ...fails, output: options.get('fail') ?? '' }];
  if (options.has('sleep')) return [{ command: line, latency: Number(options.get('sleep')) }];
  return [{ command: line, output: options.get('out') ?? '' }];
}

function httpRules(handler: JsonObject): object[] {
  const path = String(handler['path'] ?? '/');
  const query = new URLSearchParams(path.split('?')[1] ?? '');
  const rule = { path: path.split('?')[0], latency: Number(query.get('delay') ?? 0) };
  if (query.has('badafter')) return [{ ...rule, status: 500, from: Number(query.get('badafter')), body: query.get('body') ?? '' }];
  return [{ ...rule, status: Number(query.get('status') ?? 200) }];
}

interface Metadata {
  readonly name: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
}

function metadataOf(object: JsonObject): Metadata {
  return (object as unknown as KubeObject).metadata as unknown as Metadata;
}

function podLines(events: readonly RecordedWatchEvent[], startMs: number): Map<string, Line[]> {
  const lines = new Map<string, Line[]>();
  for (const { atMs, type, object } of events) {
    const { name } = metadataOf(object);
    const text = `${type} ${describePod(object)}`;
    lines.set(name, [...(lines.get(name) ?? []), { atMs: atMs - startMs, text }]);
  }
  return lines;
}

function eventLines(changes: readonly RecordedEventChange[], startMs: number): Map<string, Line[]> {
  const lines = new Map<string, Line[]>();
  for (const { atMs, type, event } of changes) {
    const [kind, name = ''] = event.object.split('/');
    if (type === 'DELETED' || kind !== 'Pod') continue;
    const text = `${event.eventType} ${event.reason} ${neutral(event.message)} x${event.count ?? 1}`;
    lines.set(name, [...(lines.get(name) ?? []), { atMs: atMs - startMs, text }]);
  }
  return lines;
}

function describePod(object: JsonObject): string {
  const { generation, deletionTimestamp, deletionGracePeriodSeconds } = metadataOf(object);
  const status = (object['status'] ?? {}) as unknown as StatusView;
  const facts = [`g${generation}`, ...(deletionTimestamp === undefined ? [] : [`deleting:${deletionGracePeriodSeconds}`])];
  facts.push([status.phase, status.reason, status.message].filter((part) => part !== undefined).join(':'));
  for (const { type, status: value, reason, message } of status.conditions ?? []) {
    facts.push(`${type}=${[value, reason, message].filter((part) => part !== undefined).join(':')}`);
  }
  for (const container of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
    const { name, ready, started, restartCount, state, lastState, volumeMounts, resources } = container;
    const claims = `${resources === undefined ? '' : ` ${JSON.stringify(resources)}`} mounts ${volumeMounts?.map((mount) => mount.mountPath).join(' ')}`;
    const last = Object.keys(lastState ?? {}).length === 0 ? '' : ` last ${describeState(lastState)}`;
    facts.push(
      `${name}[${ready ? 'ready ' : ''}${started === true ? 'started ' : ''}r${restartCount} ${describeState(state)}${last}${claims}]`,
    );
  }
  if (status.podIP !== undefined) facts.push('ip');
  return neutral(facts.join(' | '));
}

interface StateView {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: object;
  readonly terminated?: { readonly reason?: string; readonly message?: string; readonly exitCode: number };
}

interface StatusView {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly podIP?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string }[];
  readonly initContainerStatuses?: readonly ContainerView[];
  readonly containerStatuses?: readonly ContainerView[];
}

interface ContainerView {
  readonly name: string;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly restartCount: number;
  readonly state?: StateView;
  readonly lastState?: StateView;
  readonly resources?: object;
  readonly volumeMounts?: readonly { readonly mountPath: string }[];
}

function describeState(state: StateView | undefined): string {
  if (state?.waiting !== undefined) return `waiting ${state.waiting.reason}: ${state.waiting.message ?? ''}`;
  if (state?.terminated !== undefined)
    return `exit ${state.terminated.exitCode} ${state.terminated.reason}: ${state.terminated.message ?? ''}`;
  return state?.running === undefined ? '-' : 'running';
}

/** Leaves out what differs from run to run: addresses, identifiers, names of namespaces and nodes, measured durations. */
function neutral(text: string): string {
  return text
    .replaceAll(/t-kubelet-[a-z0-9-]+|(?<![a-z])default(?![a-z])/g, '<ns>')
    .replaceAll(/capacity: \d+/g, 'capacity: <n>')
    .replaceAll(/exited with 1: [^,]*,/g, 'exited with 1: <text of the runtime>,')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replaceAll(/\bnode-[a-z0-9]\b/g, '<node>')
    .replaceAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '<ip>')
    .replaceAll(/in [0-9.]+m?s \([0-9.]+m?s including waiting\)\. Image size: \d+ bytes/g, 'in <time>');
}

/** A real kubelet draws 10-15 s for every retry (K121); a replay has one value for all. */
const RETRY_SPREAD = 0.5;

/**
 * What differs between two histories: `-` only in the recording, `+` only in the replay, `~` too far apart in time. What the replay does after the
 * end of the recording does not count.
 */
export function differencesOf(recorded: History, replayed: History, slackMs: number): string[] {
  const differences: string[] = [];
  for (const what of ['pods', 'events'] as const) {
    for (const [name, lines] of recorded[what]) {
      const found = compareLines(lines, replayed[what].get(name) ?? [], slackMs);
      differences.push(...found.map((difference) => `${difference.slice(0, 1)} ${what}/${name} ${difference.slice(2)}`));
    }
  }
  return differences;
}

function compareLines(real: readonly Line[], ours: readonly Line[], slackMs: number): string[] {
  const common = commonLengths(real, ours);
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  const endMs = (real.at(-1)?.atMs ?? 0) - slackMs;
  const backOff = real.find((line) => /back-off|BackOff/.test(line.text));
  const differences: string[] = [];
  let [i, j] = [0, 0];
  while (i < real.length || j < ours.length) {
    const [left, right] = [real[i], ours[j]];
    if (left !== undefined && right !== undefined && left.text === right.text) {
      const slack = slackMs + (backOff === undefined ? 0 : Math.max(0, left.atMs - backOff.atMs) * RETRY_SPREAD);
      if (Math.abs(left.atMs - right.atMs) > slack) differences.push(`~ at ${right.atMs}, not ${left.atMs}: ${left.text}`);
      i += 1;
      j += 1;
    } else if (right === undefined || (left !== undefined && at(i + 1, j) >= at(i, j + 1))) {
      differences.push(`- ${left?.atMs} ${left?.text}`);
      i += 1;
    } else {
      if (i < real.length || right.atMs < endMs) differences.push(`+ ${right.atMs} ${right.text}`);
      j += 1;
    }
  }
  return differences;
}

/** Length of the longest common subsequence from each pair of places on. */
function commonLengths(real: readonly Line[], ours: readonly Line[]): number[][] {
  const lengths = Array.from({ length: real.length + 1 }, () => Array<number>(ours.length + 1).fill(0));
  for (let i = real.length - 1; i >= 0; i -= 1) {
    for (let j = ours.length - 1; j >= 0; j -= 1) {
      const row = lengths[i] as number[];
      const next = lengths[i + 1] as number[];
      row[j] = real[i]?.text === ours[j]?.text ? 1 + (next[j + 1] ?? 0) : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
