// Pods that run and are not ready: probes, readiness gates, nodes that are not heard of.
// Upstream: pkg/kubelet/status/generate.go, prober (v1.33). Rules: K411, K412.

import { getObject } from '../../apiserver/api.ts';
import { isDeleting } from '../../apimachinery/meta.ts';
import { parseTime, formatTime } from '../../apimachinery/time.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod, Probe } from '../../kinds/pod/types.ts';
import { outages } from '../../kubelet/model.ts';
import { called, type Seen, seenContainers, specField, statusField } from './containers.ts';
import { timeOf, toEvent } from './events.ts';
import { conditionOf, counted, type Finding, NOTHING, page, refer } from './finding.ts';
import { answerIn, complaint, probeOf, question, streak } from './probes.ts';

const PROBES = 'concepts/configuration/liveness-readiness-startup-probes/';

/** Why a pod that runs is not ready. */
export function explainReadiness(state: ClusterState, pod: Pod): readonly Finding[] {
  const ready = conditionOf(pod, 'Ready');
  if (isDeleting(pod) || pod.status.phase !== 'Running' || ready?.status === 'True') return NOTHING;
  const silent = explainSilence(state, pod);
  if (silent.length > 0) return silent;
  const containers = seenContainers(pod).filter(
    ({ status }) => status.state.running !== undefined && (!status.ready || status.started !== true),
  );
  return [...containers.flatMap((seen) => explainContainer(state, pod, seen)), ...explainGates(pod)];
}

/** A node that is not heard of: its pods count as not ready. */
function explainSilence(state: ClusterState, pod: Pod): readonly Finding[] {
  const { nodeName = '' } = pod.spec;
  const outage = outages.get(state, nodeName);
  const node = getObject(state, nodeKind, undefined, nodeName);
  const since = conditionOf(pod, 'Ready')?.lastTransitionTime ?? '';
  if (outage === undefined || node === undefined) return NOTHING;
  const { reason = '' } = conditionOf(node, 'Ready') ?? {};
  return [
    {
      code: 'node-silent',
      sentence: `The pod counts as not ready since ${since}: ${nodeName}, on which it is, was last heard of at ${formatTime(outage.renewedMs)}.`,
      because: [
        refer(podKind, pod, 'status.conditions[Ready].status', 'False'),
        refer(nodeKind, node, 'status.conditions[Ready].reason', reason),
      ],
      wouldChange: `Mend ${nodeName}. A pod with an owner is replaced elsewhere when its toleration of the node's taint has run out, by default after five minutes.`,
      documentation: page('concepts/architecture/nodes/#condition'),
    },
  ];
}

function explainContainer(state: ClusterState, pod: Pod, seen: Seen): readonly Finding[] {
  const startup = probeOf(seen, 'startup');
  if (startup !== undefined && seen.status.started !== true) return [explainStartupProbe(state, pod, seen, startup)];
  const readiness = probeOf(seen, 'readiness');
  return readiness === undefined || seen.status.ready ? NOTHING : [explainReadinessProbe(state, pod, seen, readiness)];
}

function explainStartupProbe(state: ClusterState, pod: Pod, seen: Seen, probe: Probe): Finding {
  const { container, status, list } = seen;
  const event = complaint(state, pod, seen, 'startup');
  const got = event === undefined ? 'it has not failed yet' : `at ${timeOf(event)} it got: ${answerIn(event)}`;
  const limit = counted(probe.failureThreshold, 'failure');
  return {
    code: 'startup-probe',
    sentence: `The ${called(seen)} counts as not started: its startup probe (${question(probe)}, ${every(probe)}) has not succeeded since the start at ${status.state.running?.startedAt}; ${got}. After ${limit} in a row the container is killed${soFar(streak(state, pod, seen, 'startup'))}.`,
    because: [
      refer(podKind, pod, statusField(list, container.name, 'started'), String(status.started ?? false)),
      refer(podKind, pod, specField(list, container.name, 'startupProbe')),
      ...toEvent(event),
    ],
    wouldChange: 'Let the container answer, correct what the probe asks, or give it more time with failureThreshold or periodSeconds.',
    documentation: page(`${PROBES}#startup-probe`),
  };
}

function explainReadinessProbe(state: ClusterState, pod: Pod, seen: Seen, probe: Probe): Finding {
  const { container, status, list } = seen;
  const event = complaint(state, pod, seen, 'readiness');
  const asks = `its readiness probe (${question(probe)}, ${every(probe)})`;
  const because = [
    refer(podKind, pod, statusField(list, container.name, 'ready'), 'false'),
    refer(podKind, pod, specField(list, container.name, 'readinessProbe')),
    ...toEvent(event),
  ];
  const startedMs = parseTime(status.state.running?.startedAt ?? '') ?? state.nowMs;
  const firstMs = startedMs + (probe.initialDelaySeconds ?? 0) * 1000;
  if (event === undefined)
    return {
      code: 'readiness-probe-pending',
      sentence: `The ${called(seen)} is not ready: ${asks} has not succeeded yet${firstMs > state.nowMs ? `; it asks for the first time after ${formatTime(firstMs)}` : ''}.`,
      because,
      wouldChange: 'Let time pass, or lower initialDelaySeconds.',
      documentation: page(`${PROBES}#readiness-probe`),
    };
  const since = conditionOf(pod, 'ContainersReady')?.lastTransitionTime ?? '';
  return {
    code: 'readiness-probe',
    sentence: `The ${called(seen)} is not ready since ${since}: ${asks} failed; at ${timeOf(event)} it got: ${answerIn(event)}. It counts as failed after ${counted(probe.failureThreshold, 'failure')} in a row, and as passed after ${probe.successThreshold === 1 ? '1 success' : `${probe.successThreshold} successes`}${soFar(streak(state, pod, seen, 'readiness'))}.`,
    because,
    wouldChange: 'Let the container answer as the probe wants it, or correct what the probe asks.',
    documentation: page(`${PROBES}#readiness-probe`),
  };
}

function every(probe: Probe): string {
  return `every ${probe.periodSeconds}s`;
}

function soFar(text: string): string {
  return text === '' ? '' : `; ${text}`;
}

function explainGates(pod: Pod): readonly Finding[] {
  return (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const status = conditionOf(pod, conditionType)?.status;
    if (status === 'True') return [];
    return [
      {
        code: 'readiness-gate',
        sentence: `The pod is not ready: its readiness gate "${conditionType}" asks for a condition of that type that is True, and ${status === undefined ? 'the pod has none' : `it is ${status}`}.`,
        because: [
          refer(podKind, pod, 'spec.readinessGates', conditionType),
          refer(podKind, pod, `status.conditions[${conditionType}]`, status ?? ''),
        ],
        wouldChange: 'Whoever set the gate is meant to set the condition, by a patch of the status.',
        documentation: page('concepts/workloads/pods/pod-lifecycle/#pod-readiness-gate'),
      },
    ];
  });
}
