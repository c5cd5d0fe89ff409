// Faults: what goes wrong, when it is wanted. They are commands, rows and timers like everything else;
// what a type does is one case where it begins and one where it ends.

import { getObject } from '../apiserver/api.ts';
import { badRequest, notFound, type Status } from '../apimachinery/status.ts';
import { watchNodes } from '../controllers/node-lifecycle/index.ts';
import { assertNever } from '../kernel/assert.ts';
import { type Component, TIMER_RANKS } from '../kernel/component.ts';
import { FAULTS_MAX } from '../kernel/limits.ts';
import { type ClusterState, defineTable } from '../kernel/state.ts';
import { clearTimer, setTimer } from '../kernel/timers.ts';
import { type Disturbance, setDisturbance } from '../containers/disturbances.ts';
import { beginOutage, endOutage } from '../kubelet/node/outages.ts';
import { strikeContainers, touchContainers, touchPods } from '../kubelet/pods/strikes.ts';
import { beginPressure, endPressure } from '../kubelet/node/pressure.ts';
import { nodeKind } from '../kinds/node/index.ts';
import { podKind } from '../kinds/pod/index.ts';
import { type ContainerTarget, type Fault, type FaultRow, type FaultType, MOMENTARY, type PodsTarget, REBOOT_MS } from './fault-spec.ts';

/** Faults that silence a node. */
const OUTAGES: readonly FaultType[] = ['node-down', 'node-reboot', 'node-partition'];

const START_TIMER = 'fault.start';
const END_TIMER = 'fault.end';

const faults = defineTable<FaultRow>('faults');
const counter = defineTable<{ count: number }>('faults.count');

/** Timers of faults. They come before everything else of their instant. */
export const faultTimers: Component = {
  name: 'faults',
  watches: {},
  reconcile() {},
  timers: { [START_TIMER]: begin, [END_TIMER]: end },
};

/** All faults, in the order in which they were asked for. */
export function listFaults(state: ClusterState): readonly FaultRow[] {
  return [...faults.rows(state).values()];
}

export function getFault(state: ClusterState, id: string): FaultRow | undefined {
  return faults.get(state, id);
}

/** The id of the fault that was asked for last. */
export function lastFaultId(state: ClusterState): string {
  return `fault-${counter.get(state, 'last')?.count ?? 0}`;
}

/** Takes a fault in; it begins after `afterMs`. Returns why it cannot, or undefined. */
export function addFault(state: ClusterState, fault: Fault, afterMs: number, forMs: number | null): Status | undefined {
  const missing = missingTarget(state, fault, afterMs);
  if (missing !== undefined) return missing;
  if (forMs !== null && MOMENTARY.includes(fault.type)) return badRequest(`a ${fault.type} happens at one instant and lasts for no time`);
  if (!makeRoom(state)) return badRequest(`there are ${FAULTS_MAX} faults that wait or go on, which is the limit`);
  const count = (counter.get(state, 'last')?.count ?? 0) + 1;
  counter.put(state, 'last', { count });
  const id = `fault-${count}`;
  const startsMs = state.nowMs + afterMs;
  const lastsMs = forMs ?? (fault.type === 'node-reboot' ? REBOOT_MS : null);
  faults.put(state, id, { id, fault, startsMs, endsMs: lastsMs === null ? null : startsMs + lastsMs, state: 'waiting' });
  if (afterMs === 0) begin(state, id);
  else setTimer(state, { dueMs: startsMs, rank: TIMER_RANKS.process, order: -1, owner: START_TIMER, key: id });
  return undefined;
}

/** Ends a fault before its time, or takes back one that has not begun. Fails: NotFound. */
export function endFault(state: ClusterState, id: string): Status | undefined {
  const row = faults.get(state, id);
  if (row === undefined) return notFound({ kind: 'Fault', plural: 'faults', group: '' }, id);
  if (row.state === 'active') end(state, id);
  clearTimer(state, START_TIMER, id);
  clearTimer(state, END_TIMER, id);
  faults.remove(state, id);
  return undefined;
}

/** Forgets the oldest fault that is over when there are too many. */
function makeRoom(state: ClusterState): boolean {
  if (faults.rows(state).size < FAULTS_MAX) return true;
  const [oldest] = listFaults(state).filter((row) => row.state === 'over');
  return oldest !== undefined && faults.remove(state, oldest.id);
}

/** Only what is struck at once must be there already. */
function missingTarget(state: ClusterState, fault: Fault, afterMs: number): Status | undefined {
  if ('node' in fault) {
    const isThere = fault.node === null || getObject(state, nodeKind, undefined, fault.node) !== undefined;
    return isThere ? undefined : notFound(nodeKind, fault.node ?? '');
  }
  if (!('pod' in fault) || afterMs > 0 || fault.type === 'probe-fail') return undefined;
  const pod = getObject(state, podKind, fault.namespace, fault.pod);
  if (pod === undefined) return notFound(podKind, fault.pod);
  const names = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map(({ name }) => name);
  if (fault.container === null || names.includes(fault.container)) return undefined;
  return badRequest(`container ${fault.container} is not valid for pod ${fault.pod}; it has ${names.join(', ')}`);
}

function begin(state: ClusterState, id: string): void {
  const row = faults.edit(state, id);
  row.state = MOMENTARY.includes(row.fault.type) ? 'over' : 'active';
  strike(state, id, row.fault);
  if (row.state === 'active' && row.endsMs !== null)
    setTimer(state, { dueMs: row.endsMs, rank: TIMER_RANKS.process, order: -1, owner: END_TIMER, key: id });
}

function end(state: ClusterState, id: string): void {
  const row = faults.edit(state, id);
  row.state = 'over';
  relieve(state, id, row.fault);
}

function strike(state: ClusterState, id: string, fault: Fault): void {
  switch (fault.type) {
    case 'node-down':
    case 'node-reboot':
    case 'node-partition':
      beginOutage(state, fault.node, fault.type === 'node-partition' ? 'partition' : 'down');
      return watchNodes(state);
    case 'node-pressure':
      return beginPressure(state, fault.node, fault.resource);
    case 'container-kill':
      return strikeContainers(state, fault, fault.exitCode, fault.exitCode === 0 ? 'Completed' : 'Error');
    case 'container-oom':
      return strikeContainers(state, fault, 137, 'OOMKilled');
    case 'container-hang':
      return disturb(state, id, { kind: 'hang', ...targetOf(fault) }, fault);
    case 'probe-fail':
      return disturb(state, id, { kind: 'probe', probe: fault.probe, ...targetOf(fault) }, fault);
    case 'image-pull-fail':
      return setDisturbance(state, id, { kind: 'image', reference: fault.image, message: fault.message });
    case 'registry-down':
      return setDisturbance(state, id, { kind: 'registry', registry: fault.registry });
    case 'sandbox-fail':
      return setDisturbance(state, id, { kind: 'sandbox', message: fault.message, ...podsOf(fault) });
    case 'container-create-fail':
      return setDisturbance(state, id, { kind: 'create', container: fault.container, message: fault.message, ...podsOf(fault) });
    case 'network-delay':
      return disturbPods(state, id, { kind: 'delay', delayMs: fault.delayMs, ...podsOf(fault) }, fault);
    case 'dns-fail':
      return disturbPods(state, id, { kind: 'dns', name: fault.name, answer: fault.answer, ...podsOf(fault) }, fault);
    default:
      return assertNever(fault, 'fault');
  }
}

function relieve(state: ClusterState, id: string, fault: Fault): void {
  switch (fault.type) {
    case 'node-down':
    case 'node-reboot':
    case 'node-partition':
      // Another fault may keep the node silent.
      if (!isStruck(state, id, fault.node)) endOutage(state, fault.node);
      return;
    case 'node-pressure':
      return endPressure(state, fault.node, fault.resource);
    case 'container-kill':
    case 'container-oom':
      return;
    case 'container-hang':
    case 'probe-fail':
      return disturb(state, id, null, fault);
    case 'image-pull-fail':
    case 'registry-down':
    case 'sandbox-fail':
    case 'container-create-fail':
      return setDisturbance(state, id, null);
    case 'network-delay':
    case 'dns-fail':
      return disturbPods(state, id, null, fault);
    default:
      return assertNever(fault, 'fault');
  }
}

function isStruck(state: ClusterState, id: string, node: string): boolean {
  return listFaults(state).some(
    ({ fault, ...row }) =>
      row.id !== id && row.state === 'active' && OUTAGES.includes(fault.type) && 'node' in fault && fault.node === node,
  );
}

function podsOf({ node, namespace, pod }: PodsTarget): PodsTarget {
  return { node, namespace, pod };
}

/** Exec probes may ask the network too, and network probes wait for it. */
function disturbPods(state: ClusterState, id: string, disturbance: Disturbance | null, target: PodsTarget): void {
  setDisturbance(state, id, disturbance);
  touchPods(state, podsOf(target));
}

function targetOf({ namespace, pod, container }: ContainerTarget): ContainerTarget {
  return { namespace, pod, container };
}

/** Probes that were known to answer the same for long are looked at again. */
function disturb(state: ClusterState, id: string, disturbance: Disturbance | null, target: ContainerTarget): void {
  setDisturbance(state, id, disturbance);
  touchContainers(state, target);
}
