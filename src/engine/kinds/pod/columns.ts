// The rows of `kubectl get pods`, exactly (N6, N7, K901-K905).
// Upstream: pkg/printers/internalversion/printers.go (printPod) (v1.33).

import { parseTime } from '../../apimachinery/time.ts';
import type { Cell, Column } from '../kind.ts';
import { AGE_COLUMN, ageOf, ageSince, column, NAME_COLUMN } from '../shared/columns.ts';
import type { ContainerState, Pod } from '../shared/pod-spec.ts';
import { isPodPhaseTerminal, isRestartableInitContainer, sidecarsOf } from '../shared/pod-state.ts';

export const POD_COLUMNS: readonly Column[] = [
  NAME_COLUMN,
  column('Ready'),
  column('Status'),
  column('Restarts'),
  AGE_COLUMN,
  column('IP', 'string', 1),
  column('Node', 'string', 1),
  column('Nominated Node', 'string', 1),
  column('Readiness Gates', 'string', 1),
];

interface Summary {
  reason: string;
  ready: number;
  restarts: number;
  lastRestart: string | undefined;
}

/** The cells of one pod. */
export function podCells(pod: Pod, nowMs: number): readonly Cell[] {
  const summary = summarize(pod);
  const sidecars = sidecarsOf(pod.spec).length;
  const restarts =
    summary.restarts !== 0 && summary.lastRestart !== undefined
      ? `${summary.restarts} (${ageSince(summary.lastRestart, nowMs)} ago)`
      : String(summary.restarts);
  return [
    pod.metadata.name,
    `${summary.ready}/${pod.spec.containers.length + sidecars}`,
    summary.reason,
    restarts,
    ageOf(pod, nowMs),
    pod.status.podIPs?.[0]?.ip ?? '<none>',
    pod.spec.nodeName ?? '<none>',
    pod.status.nominatedNodeName ?? '<none>',
    gatesCell(pod),
  ];
}

/** N7 step 8. */
export function podRowConditions(pod: Pod): readonly Readonly<Record<string, string>>[] {
  if (pod.status.phase === 'Succeeded')
    return [{ type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' }];
  if (pod.status.phase === 'Failed') return [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }];
  return [];
}

function summarize(pod: Pod): Summary {
  const { status } = pod;
  const isGated =
    status.conditions?.some((condition) => condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated') ?? false;
  // The phase, unless the status has a reason, or the pod is gated (K901).
  const summary: Summary = {
    reason: isGated ? 'SchedulingGated' : (status.reason ?? status.phase),
    ready: 0,
    restarts: 0,
    lastRestart: undefined,
  };
  const sidecars: Summary = { ...summary };
  const isInitializing = summarizeInit(pod, summary, sidecars);
  const isInitialized = status.conditions?.some((condition) => condition.type === 'Initialized' && condition.status === 'True') ?? false;
  if (!isInitializing || isInitialized) {
    summary.restarts = sidecars.restarts;
    summary.lastRestart = sidecars.lastRestart;
    summarizeRegular(pod, summary);
  }
  // A pod on its way out says so, until its containers have ended (K904).
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') summary.reason = 'Unknown';
    else if (!isPodPhaseTerminal(status.phase)) summary.reason = 'Terminating';
  }
  return summary;
}

/** K902: the first init container that is not done decides. */
function summarizeInit(pod: Pod, summary: Summary, sidecars: Summary): boolean {
  const specs = pod.spec.initContainers ?? [];
  for (const [index, item] of (pod.status.initContainerStatuses ?? []).entries()) {
    const spec = specs.find((container) => container.name === item.name);
    countRestarts(summary, item.restartCount, item.lastState);
    if (spec !== undefined && isRestartableInitContainer(spec)) countRestarts(sidecars, item.restartCount, item.lastState);
    const { terminated, waiting } = item.state ?? {};
    if (terminated !== undefined && terminated.exitCode === 0) continue;
    if (spec !== undefined && isRestartableInitContainer(spec) && item.started === true) {
      if (item.ready) summary.ready += 1;
      continue;
    }
    if (terminated !== undefined) summary.reason = `Init:${terminatedText(terminated)}`;
    else if (waiting?.reason !== undefined && waiting.reason !== '' && waiting.reason !== 'PodInitializing')
      summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${index}/${specs.length}`;
    return true;
  }
  return false;
}

/** K903: from last to first, each container overrides. */
function summarizeRegular(pod: Pod, summary: Summary): void {
  let hasRunning = false;
  for (const item of (pod.status.containerStatuses ?? []).toReversed()) {
    countRestarts(summary, item.restartCount, item.lastState);
    const { waiting, terminated, running } = item.state ?? {};
    if (waiting?.reason !== undefined && waiting.reason !== '') summary.reason = waiting.reason;
    else if (terminated !== undefined) summary.reason = terminatedText(terminated);
    else if (item.ready && running !== undefined) {
      hasRunning = true;
      summary.ready += 1;
    }
  }
  if (summary.reason !== 'Completed' || !hasRunning) return;
  const isReady = pod.status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
  summary.reason = isReady ? 'Running' : 'NotReady';
}

function terminatedText(terminated: NonNullable<ContainerState['terminated']>): string {
  if (terminated.reason !== undefined && terminated.reason !== '') return terminated.reason;
  return (terminated.signal ?? 0) !== 0 ? `Signal:${terminated.signal ?? 0}` : `ExitCode:${terminated.exitCode}`;
}

/** Clients may write statuses that lack what the kubelet always writes. */
function countRestarts(summary: Summary, count: number | undefined, lastState: ContainerState | undefined): void {
  summary.restarts += count ?? 0;
  const finishedAt = lastState?.terminated?.finishedAt ?? undefined;
  if (finishedAt === undefined) return;
  if (summary.lastRestart === undefined || (parseTime(finishedAt) ?? 0) > (parseTime(summary.lastRestart) ?? 0))
    summary.lastRestart = finishedAt;
}

function gatesCell(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const met = gates.filter(
    (gate) => pod.status.conditions?.some((condition) => condition.type === gate.conditionType && condition.status === 'True') === true,
  );
  return `${met.length}/${gates.length}`;
}
