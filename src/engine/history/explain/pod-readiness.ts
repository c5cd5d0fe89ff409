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
import { say } from '../words/message.ts';
import { conditionOf, NOTHING, page, refer, type Unsaid } from './finding.ts';
import { answerIn, complaint, probeOf, question, streak } from './probes.ts';

const PROBES = 'concepts/configuration/liveness-readiness-startup-probes/';

/** Why a pod that runs is not ready. */
export function explainReadiness(state: ClusterState, pod: Pod): readonly Unsaid[] {
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
function explainSilence(state: ClusterState, pod: Pod): readonly Unsaid[] {
  const { nodeName = '' } = pod.spec;
  const outage = outages.get(state, nodeName);
  const node = getObject(state, nodeKind, undefined, nodeName);
  const since = conditionOf(pod, 'Ready')?.lastTransitionTime ?? '';
  if (outage === undefined || node === undefined) return NOTHING;
  const { reason = '' } = conditionOf(node, 'Ready') ?? {};
  return [
    {
      code: 'node-silent',
      sentence: say('silentSince', { node: nodeName, since, heard: formatTime(outage.renewedMs) }),
      because: [
        refer(podKind, pod, 'status.conditions[Ready].status', 'False'),
        refer(nodeKind, node, 'status.conditions[Ready].reason', reason),
      ],
      wouldChange: say('mendOrWaitForEviction', { node: nodeName }),
      documentation: page('concepts/architecture/nodes/#condition'),
    },
  ];
}

function explainContainer(state: ClusterState, pod: Pod, seen: Seen): readonly Unsaid[] {
  const startup = probeOf(seen, 'startup');
  if (startup !== undefined && seen.status.started !== true) return [explainStartupProbe(state, pod, seen, startup)];
  const readiness = probeOf(seen, 'readiness');
  return readiness === undefined || seen.status.ready ? NOTHING : [explainReadinessProbe(state, pod, seen, readiness)];
}

function explainStartupProbe(state: ClusterState, pod: Pod, seen: Seen, probe: Probe): Unsaid {
  const { container, status, list } = seen;
  const event = complaint(state, pod, seen, 'startup');
  return {
    code: 'startup-probe',
    sentence: say('startupProbe', {
      container: called(seen),
      asks: question(probe),
      periodSeconds: probe.periodSeconds,
      started: status.state.running?.startedAt ?? '',
      got: event === undefined ? say('notFailedYet') : say('gotAnswer', { time: timeOf(event), answer: answerIn(event) }),
      failures: probe.failureThreshold,
      soFar: streak(state, pod, seen, 'startup'),
    }),
    because: [
      refer(podKind, pod, statusField(list, container.name, 'started'), String(status.started ?? false)),
      refer(podKind, pod, specField(list, container.name, 'startupProbe')),
      ...toEvent(event),
    ],
    wouldChange: say('giveStartupTime'),
    documentation: page(`${PROBES}#startup-probe`),
  };
}

function explainReadinessProbe(state: ClusterState, pod: Pod, seen: Seen, probe: Probe): Unsaid {
  const { container, status, list } = seen;
  const event = complaint(state, pod, seen, 'readiness');
  const asked = { container: called(seen), asks: question(probe), periodSeconds: probe.periodSeconds };
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
      sentence: say('readinessProbePending', { ...asked, first: firstMs > state.nowMs ? formatTime(firstMs) : undefined }),
      because,
      wouldChange: say('waitOrAskEarlier'),
      documentation: page(`${PROBES}#readiness-probe`),
    };
  const since = conditionOf(pod, 'ContainersReady')?.lastTransitionTime ?? '';
  return {
    code: 'readiness-probe',
    sentence: say('readinessProbe', {
      ...asked,
      since,
      got: say('gotAnswer', { time: timeOf(event), answer: answerIn(event) }),
      failures: probe.failureThreshold,
      successes: probe.successThreshold,
      soFar: streak(state, pod, seen, 'readiness'),
    }),
    because,
    wouldChange: say('answerProbe'),
    documentation: page(`${PROBES}#readiness-probe`),
  };
}

function explainGates(pod: Pod): readonly Unsaid[] {
  return (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const status = conditionOf(pod, conditionType)?.status;
    if (status === 'True') return [];
    return [
      {
        code: 'readiness-gate',
        sentence: say('readinessGate', { type: conditionType, status }),
        because: [
          refer(podKind, pod, 'spec.readinessGates', conditionType),
          refer(podKind, pod, `status.conditions[${conditionType}]`, status ?? ''),
        ],
        wouldChange: say('setGateCondition'),
        documentation: page('concepts/workloads/pods/pod-lifecycle/#pod-readiness-gate'),
      },
    ];
  });
}
