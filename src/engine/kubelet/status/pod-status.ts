// Computes a pod's status from what the kubelet knows: pure, and sharing every part that did not change with the previous status.
// Upstream: pkg/kubelet/kubelet_pods.go (getPhase, generateAPIPodStatus, convertToAPIContainerStatuses), status/generate.go (v1.33).
// Rules: K601-K622, K655, K661. Omits the user of K618, which a runtime reports or not.

import { compareText } from '../../apimachinery/text.ts';
import type { Condition } from '../../apimachinery/meta.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { formatDuration, formatTime } from '../../apimachinery/time.ts';
import type { Container, ContainerState, ContainerStatus, Pod, PodPhase, PodStatus } from '../../kinds/pod/types.ts';
import { shouldRestart } from '../pods/actions.ts';
import { type ContainerList, containersOf } from '../../containers/container-lists.ts';
import { isPodPhaseTerminal, isRestartableInitContainer } from '../../kinds/shared/pod-state.ts';
import type { Instance, RuntimeView } from '../../containers/model.ts';

export interface StatusInput {
  readonly pod: Pod;
  readonly view: RuntimeView;
  readonly previous: PodStatus;
  readonly reasons: Readonly<Record<string, { readonly reason: string; readonly message: string }>>;
  readonly nowMs: number;
  readonly hostIp: string;
  /** The containers are stopped for good (K604). */
  readonly isTerminal: boolean;
  readonly isStarted: (container: Container) => boolean;
  readonly isReady: (container: Container) => boolean;
  /** K520: the active deadline has passed. */
  readonly isPastDeadline: boolean;
  /** K532: the message of an eviction that goes on. */
  readonly eviction: string | null;
  /** Conditions of amounts that change. */
  readonly resize: readonly Condition[];
}

/** The status as the kubelet would write it now. */
export function computeStatus(input: StatusInput): PodStatus {
  const { pod, view, previous } = input;
  const runs = runsOf(view);
  const init = containerStatuses(input, runs, 'init');
  const regular = containerStatuses(input, runs, 'regular').sort(byName);
  const ephemeral = containerStatuses(input, runs, 'ephemeral').sort(byName);
  let phase = input.isPastDeadline ? 'Failed' : computePhase(input, init, regular);
  // K603: a terminal phase never changes, least of all one that the API shows.
  if (isPodPhaseTerminal(pod.status.phase)) phase = pod.status.phase;
  if (isPodPhaseTerminal(previous.phase) && !(isPodPhaseTerminal(phase) && phase !== previous.phase)) phase = previous.phase;
  // K535: a pod whose containers all end well on their way out has succeeded.
  const isEvicted = input.eviction !== null && phase !== 'Succeeded';
  if (isEvicted) phase = 'Failed';
  // A kubelet goes by the node that it registered where the Node is gone.
  const hostIp = input.hostIp === '' ? (previous.hostIP ?? '') : input.hostIp;
  // K661: a pod in the network of its host has the host's address from the beginning.
  const podIp = view.sandbox?.ip ?? previous.podIP ?? (pod.spec.hostNetwork === true ? hostIp : undefined);
  const reason: { reason?: string; message?: string } = input.isPastDeadline
    ? { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' }
    : isEvicted
      ? { reason: 'Evicted', message: input.eviction ?? '' }
      : phase === previous.phase && previous.reason !== undefined
        ? { reason: previous.reason, ...(previous.message === undefined ? {} : { message: previous.message }) }
        : {};
  const status: PodStatus = {
    phase,
    conditions: computeConditions(input, phase, init, regular),
    ...(reason.message === undefined ? {} : { message: reason.message }),
    ...(reason.reason === undefined ? {} : { reason: reason.reason }),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(podIp === undefined ? {} : { podIP: podIp, podIPs: [{ ip: podIp }] }),
    startTime: previous.startTime ?? formatTime(input.nowMs),
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: regular,
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
    ...(previous.qosClass === undefined ? {} : { qosClass: previous.qosClass }),
  };
  return shareUnchanged(status, previous);
}

/** K422: `ready` of one container changed outside a sync; Ready and ContainersReady follow. */
export function withReady(pod: Pod, status: PodStatus, container: string, isReady: boolean, nowMs: number): PodStatus {
  const change = (item: ContainerStatus): ContainerStatus => (item.name === container ? { ...item, ready: isReady } : item);
  const regular = (status.containerStatuses ?? []).map(change);
  const init = status.initContainerStatuses?.map(change);
  const next: PodStatus = { ...status, ...(init === undefined ? {} : { initContainerStatuses: init }), containerStatuses: regular };
  const ready = readyConditions(pod, status.phase, init ?? [], regular, status.conditions ?? []);
  return shareUnchanged({ ...next, conditions: mergeConditions(status.conditions ?? [], ready, nowMs) }, status);
}

/** K421: `started` of one container changed outside a sync. */
export function withStarted(status: PodStatus, container: string, isStarted: boolean): PodStatus {
  const change = (item: ContainerStatus): ContainerStatus => (item.name === container ? { ...item, started: isStarted } : item);
  return shareUnchanged(
    {
      ...status,
      ...(status.initContainerStatuses === undefined ? {} : { initContainerStatuses: status.initContainerStatuses.map(change) }),
      ...(status.containerStatuses === undefined ? {} : { containerStatuses: status.containerStatuses.map(change) }),
    },
    status,
  );
}

/** The waiting text of K315. */
export function crashLoopMessage(pod: Pod, container: string, valueMs: number): string {
  const { name, namespace, uid } = pod.metadata;
  return `back-off ${formatDuration(valueMs)} restarting failed container=${container} pod=${name}_${namespace ?? ''}(${uid})`;
}

function byName(a: ContainerStatus, b: ContainerStatus): number {
  return compareText(a.name, b.name);
}

/** The newest and the second newest instance of a container. */
interface Runs {
  readonly newest: Instance;
  readonly older: Instance | undefined;
}

/** By container: a pod may have thousands, so that nothing is looked for once for each. */
function runsOf({ instances }: RuntimeView): ReadonlyMap<string, Runs> {
  const runs = new Map<string, Runs>();
  for (const newest of instances) runs.set(newest.container, { newest, older: runs.get(newest.container)?.newest });
  return runs;
}

function containerStatuses(input: StatusInput, runs: ReadonlyMap<string, Runs>, list: ContainerList): ContainerStatus[] {
  const before = new Map(statusesOf(input.previous, list).map((status) => [status.name, status]));
  return containersOf(input.pod, list).map((container) => {
    const { name } = container;
    return containerStatus(input, container, list, { before: before.get(name), ...runs.get(name) });
  });
}

/** What the status says of one container (K610-K617). */
function containerStatus(
  input: StatusInput,
  container: Container,
  list: ContainerList,
  { before, newest: instance, older }: Partial<Runs> & { readonly before: ContainerStatus | undefined },
): ContainerStatus {
  const hasInit = containersOf(input.pod, 'init').length > 0;
  const waiting: ContainerState = { waiting: { reason: hasInit ? 'PodInitializing' : 'ContainerCreating' } };
  const base = instance === undefined ? unseenStatus(input, container, before, waiting) : seenStatus(container, instance, older);
  const withReason = applyReason(input, container, list, instance, base);
  const claims = claimsOf(container, instance);
  if (list === 'ephemeral') return { ...withReason, ...claims };
  const isRunning = withReason.state.running !== undefined;
  const isPlainInit = list === 'init' && !isRestartableInitContainer(container);
  const started = isRunning && (isPlainInit || input.isStarted(container));
  const ready = isPlainInit ? withReason.state.terminated?.exitCode === 0 : isRunning && started && input.isReady(container);
  return { ...withReason, ready, started, ...claims };
}

/** K618: what the container has of its pod and its node; resources once there is an instance. */
function claimsOf(container: Container, instance: Instance | undefined): Partial<ContainerStatus> {
  const { resources = {}, volumeMounts = [] } = container;
  const hasInstance = instance !== undefined;
  const mounts = volumeMounts.map(({ name, mountPath, readOnly, recursiveReadOnly }) => ({
    name,
    mountPath,
    ...(readOnly === true ? { readOnly, recursiveReadOnly: recursiveReadOnly === 'Enabled' ? 'Enabled' : 'Disabled' } : {}),
  }));
  return {
    ...(hasInstance && resources.requests !== undefined ? { allocatedResources: resources.requests } : {}),
    ...(hasInstance ? { resources: instance.resources ?? resources } : {}),
    ...(mounts.length === 0 ? {} : { volumeMounts: mounts }),
  };
}

function statusesOf(status: PodStatus, list: ContainerList): readonly ContainerStatus[] {
  return (
    (list === 'init' ? status.initContainerStatuses : list === 'regular' ? status.containerStatuses : status.ephemeralContainerStatuses) ??
    []
  );
}

/** K610, K613: no instance is found. */
function unseenStatus(
  input: StatusInput,
  container: Container,
  before: ContainerStatus | undefined,
  waiting: ContainerState,
): ContainerStatus {
  if (before?.state.terminated !== undefined) return before;
  const isLost = input.isTerminal && before !== undefined && isInitialized(input.previous);
  if (isLost) return { ...before, state: { terminated: lostState('The container could not be located when the pod was terminated') } };
  return {
    name: container.name,
    state: waiting,
    lastState: before?.lastState ?? {},
    ready: false,
    restartCount: before?.restartCount ?? 0,
    image: container.image,
    imageID: '',
    started: false,
  };
}

function isInitialized(status: PodStatus): boolean {
  return status.conditions?.some((condition) => condition.type === 'Initialized' && condition.status === 'True') ?? false;
}

/** What is said of a container that nobody has found (K514). */
function lostState(message: string): NonNullable<ContainerState['terminated']> {
  return { exitCode: 137, reason: 'ContainerStatusUnknown', message, startedAt: null, finishedAt: null };
}

/** K611: what the newest instance says, and the second newest as the last state. */
function seenStatus(container: Container, instance: Instance, older: Instance | undefined): ContainerStatus {
  return {
    name: container.name,
    state: stateOf(instance),
    lastState: older === undefined || older.state !== 'exited' ? {} : stateOf(older),
    ready: false,
    restartCount: instance.attempt,
    image: instance.imageRef,
    imageID: instance.imageId,
    containerID: `containerd://${instance.id}`,
    started: false,
  };
}

function stateOf(instance: Instance): ContainerState {
  if (instance.state === 'running') return { running: { startedAt: formatTime(instance.startedMs ?? 0) } };
  if (instance.state === 'created') return { waiting: {} };
  return {
    terminated: {
      exitCode: instance.exitCode,
      reason: instance.reason,
      ...(instance.message === '' ? {} : { message: instance.message }),
      startedAt: formatTime(instance.startedMs ?? 0),
      finishedAt: formatTime(instance.finishedMs ?? 0),
      containerID: `containerd://${instance.id}`,
    },
  };
}

/** K612, K240: a failed start of an earlier sync is the waiting reason of this one. */
function applyReason(
  input: StatusInput,
  container: Container,
  list: ContainerList,
  instance: Instance | undefined,
  status: ContainerStatus,
): ContainerStatus {
  const entry = input.reasons[container.name];
  if (entry === undefined || input.isTerminal) return status;
  if (instance !== undefined && instance.state === 'running') return status;
  if (input.pod.metadata.deletionTimestamp !== undefined) return status;
  if (instance !== undefined && instance.state === 'exited') {
    if (list === 'init' && instance.exitCode === 0 && !isRestartableInitContainer(container)) return status;
    if (!shouldRestart(input.pod, container, instance)) return status;
  }
  const lastState = status.state.terminated === undefined ? status.lastState : { terminated: status.state.terminated };
  return {
    ...status,
    state: { waiting: { reason: entry.reason, ...(entry.message === '' ? {} : { message: entry.message }) } },
    lastState,
  };
}

interface Counts {
  pendingInit: number;
  failedInit: number;
  unknown: number;
  running: number;
  waiting: number;
  stopped: number;
  succeeded: number;
  pendingSidecars: number;
}

/** The phase, by counts of containers: the first line that holds (K601). */
function computePhase(input: StatusInput, init: readonly ContainerStatus[], regular: readonly ContainerStatus[]): PodPhase {
  const { pod } = input;
  const { restartPolicy } = pod.spec;
  const counts = countContainers(input, init, regular);
  if (counts.failedInit > 0 && restartPolicy === 'Never') return 'Failed';
  const names = new Set(input.view.instances.map(({ container }) => container));
  const hasRegular = containersOf(pod, 'regular').some(({ name }) => names.has(name));
  if (counts.pendingInit > 0 || (counts.pendingSidecars > 0 && !hasRegular)) return 'Pending';
  if (counts.waiting > 0) return 'Pending';
  if (counts.running > 0 && counts.unknown === 0) return 'Running';
  if (counts.running === 0 && counts.stopped > 0 && counts.unknown === 0) {
    const isSuccess = counts.stopped === counts.succeeded;
    if (input.isTerminal) return isSuccess ? 'Succeeded' : 'Failed';
    if (restartPolicy === 'Always') return 'Running';
    if (isSuccess) return 'Succeeded';
    return restartPolicy === 'Never' ? 'Failed' : 'Running';
  }
  return 'Pending';
}

function countContainers(input: StatusInput, init: readonly ContainerStatus[], regular: readonly ContainerStatus[]): Counts {
  const counts: Counts = {
    pendingInit: 0,
    failedInit: 0,
    unknown: 0,
    running: 0,
    waiting: 0,
    stopped: 0,
    succeeded: 0,
    pendingSidecars: 0,
  };
  const specs = containersOf(input.pod, 'init');
  init.forEach((status, index) => {
    const { state, lastState } = status;
    if (specs[index] !== undefined && isRestartableInitContainer(specs[index])) {
      if (state.running !== undefined) {
        if (status.started !== true) counts.pendingSidecars += 1;
        counts.running += 1;
      } else if (state.terminated === undefined && lastState.terminated === undefined) {
        counts.pendingSidecars += 1;
        counts.waiting += 1;
      }
    } else if (state.terminated !== undefined) {
      if (state.terminated.exitCode !== 0) counts.failedInit += 1;
    } else if (state.running === undefined && lastState.terminated !== undefined) {
      if (lastState.terminated.exitCode !== 0) counts.failedInit += 1;
    } else counts.pendingInit += 1;
  });
  for (const { state, lastState } of regular) {
    if (state.running !== undefined) counts.running += 1;
    else if (state.terminated !== undefined) {
      counts.stopped += 1;
      if (state.terminated.exitCode === 0) counts.succeeded += 1;
    } else if (lastState.terminated !== undefined) counts.stopped += 1;
    else counts.waiting += 1;
  }
  return counts;
}

type BareCondition = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** K620: own conditions in their order, after all foreign ones. */
function computeConditions(
  input: StatusInput,
  phase: PodPhase,
  init: readonly ContainerStatus[],
  regular: readonly ContainerStatus[],
): readonly Condition[] {
  const before = input.previous.conditions ?? [];
  const sandbox: BareCondition = { type: 'PodReadyToStartContainers', status: input.view.sandbox?.isReady === true ? 'True' : 'False' };
  const ready = readyConditions(input.pod, phase, init, regular, before);
  const bare = [sandbox, initializedCondition(input.pod, phase, init, regular), ...ready];
  const merged = mergeConditions(before, bare, input.nowMs);
  const isResize = ({ type }: Condition): boolean => RESIZE_TYPES.includes(type);
  if (input.resize.length === 0 && !merged.some(isResize)) return merged;
  // They stand before the kubelet's other conditions, and behind those of others.
  const own = merged.findIndex(({ type }) => OWN_TYPES.includes(type));
  return [...merged.slice(0, own).filter((condition) => !isResize(condition)), ...input.resize, ...merged.slice(own)];
}

const RESIZE_TYPES = ['PodResizePending', 'PodResizeInProgress'];

const OWN_TYPES = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];

/** Times change only with the status (K620). */
function mergeConditions(before: readonly Condition[], bare: readonly BareCondition[], nowMs: number): readonly Condition[] {
  const find = (type: string): Condition | undefined => before.find((condition) => condition.type === type);
  const changed = new Map(bare.map((condition) => [condition.type, condition]));
  const foreign = before.filter((condition) => !OWN_TYPES.includes(condition.type));
  const own = OWN_TYPES.flatMap((type): Condition[] => {
    const next = changed.get(type);
    const old = find(type);
    if (next === undefined) {
      if (old !== undefined) return [old];
      // K620: a pod that was bound without the scheduler gets PodScheduled from its kubelet.
      return type === 'PodScheduled' ? [{ type, status: 'True', lastProbeTime: null, lastTransitionTime: formatTime(nowMs) }] : [];
    }
    const lastTransitionTime = old !== undefined && old.status === next.status ? (old.lastTransitionTime ?? null) : formatTime(nowMs);
    const { status, reason, message } = next;
    return [
      {
        type,
        status,
        lastProbeTime: null,
        lastTransitionTime,
        ...(reason === undefined ? {} : { reason }),
        ...(message === undefined ? {} : { message }),
      },
    ];
  });
  return [...foreign, ...own];
}

function initializedCondition(
  pod: Pod,
  phase: PodPhase,
  init: readonly ContainerStatus[],
  regular: readonly ContainerStatus[],
): BareCondition {
  const specs = containersOf(pod, 'init');
  const incomplete = init.filter((status, index) => {
    const spec = specs[index];
    return spec !== undefined && isRestartableInitContainer(spec) ? status.started !== true : !status.ready;
  });
  const hasRegular = regular.some(({ state }) => state.running !== undefined || state.terminated !== undefined);
  if (phase === 'Succeeded') return { type: 'Initialized', status: 'True', reason: 'PodCompleted' };
  if (incomplete.length === 0 || hasRegular) return { type: 'Initialized', status: 'True' };
  const names = incomplete.map((status) => status.name).join(' ');
  return {
    type: 'Initialized',
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names}]`,
  };
}

/** Ready and ContainersReady (K620, K622, K655). */
function readyConditions(
  pod: Pod,
  phase: PodPhase,
  init: readonly ContainerStatus[],
  regular: readonly ContainerStatus[],
  before: readonly Condition[],
): BareCondition[] {
  const containers = containersReady(pod, phase, init, regular);
  const gates = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = [...before, ...(pod.status.conditions ?? [])].find((item) => item.type === conditionType);
    if (condition === undefined) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return condition.status === 'True'
      ? []
      : [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  const ready: BareCondition =
    containers.status === 'True' && gates.length > 0
      ? { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: gates.join(', ') }
      : { ...containers, type: 'Ready' };
  return [ready, containers];
}

function containersReady(pod: Pod, phase: PodPhase, init: readonly ContainerStatus[], regular: readonly ContainerStatus[]): BareCondition {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const sidecars = containersOf(pod, 'init').filter(isRestartableInitContainer);
  const readyNames = new Set([...init, ...regular].filter((status) => status.ready).map((status) => status.name));
  const names = [...sidecars, ...containersOf(pod, 'regular')].map((container) => container.name);
  const unready = names.filter((name) => !readyNames.has(name));
  if (unready.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
}

/** Keeps the references of parts that are equal, so that comparing and encoding them costs nothing. */
function shareUnchanged(next: PodStatus, previous: PodStatus): PodStatus {
  const shared: Record<string, unknown> = {};
  let isSame = Object.keys(next).length === Object.keys(previous).length;
  for (const field of Object.keys(next)) {
    const value = next[field];
    const old = previous[field];
    if (value === old || isJsonEqual(value, old)) shared[field] = old;
    else {
      shared[field] = value;
      isSame = false;
    }
  }
  return isSame ? previous : (shared as PodStatus);
}
