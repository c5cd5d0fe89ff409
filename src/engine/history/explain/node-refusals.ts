// What a node has against a pod, beside too little room: the reasons of the scheduler's filters, in words that name the objects.
// Upstream: pkg/scheduler/framework/plugins (v1.33).

import { getObject } from '../../apiserver/api.ts';
import { EXPLANATION_REFERENCES_MAX } from '../../kernel/limits.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import type { Node } from '../../kinds/node/types.ts';
import { persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { claimNamesOf } from '../../kinds/shared/pod-sources.ts';
import { doPortsConflict, hostPortsOf } from '../../kinds/shared/host-ports.ts';
import type { NodeInfo } from '../../scheduler/node-cache.ts';
import { type Message, say } from '../words/message.ts';
import { labelText, page, type Reference, refer, type Unsaid } from './finding.ts';

const SCHEDULING = 'concepts/scheduling-eviction/';
const ANTI_AFFINITY_PAGE = `${SCHEDULING}assign-pod-node/#inter-pod-affinity-and-anti-affinity`;

interface Refusal {
  readonly code: string;
  readonly sentence: (nodes: readonly string[]) => Message;
  /** A field of the pod, `claims`, or of its nodes only. */
  readonly proof: string;
  readonly nodeField?: string;
  readonly wouldChange: Message;
  readonly path: string;
}

/** By a part of the scheduler's reason; the first that fits is said. */
const REFUSALS: readonly (readonly [string, Refusal])[] = [
  [
    'existing pods anti-affinity',
    {
      code: 'shunned-by-pods',
      sentence: (nodes) => say('shunnedByPods', { nodes }),
      proof: 'metadata.labels',
      nodeField: 'metadata.labels',
      wouldChange: say('leaveDomain'),
      path: ANTI_AFFINITY_PAGE,
    },
  ],
  [
    'pod anti-affinity',
    {
      code: 'pod-anti-affinity',
      sentence: (nodes) => say('podAntiAffinity', { nodes }),
      proof: 'spec.affinity.podAntiAffinity',
      nodeField: 'metadata.labels',
      wouldChange: say('addDomain'),
      path: ANTI_AFFINITY_PAGE,
    },
  ],
  [
    'pod affinity rules',
    {
      code: 'pod-affinity',
      sentence: (nodes) => say('podAffinity', { nodes }),
      proof: 'spec.affinity.podAffinity',
      nodeField: 'metadata.labels',
      wouldChange: say('runAffinePods'),
      path: ANTI_AFFINITY_PAGE,
    },
  ],
  [
    'missing required label',
    {
      code: 'topology-label-missing',
      sentence: (nodes) => say('topologyLabelMissing', { nodes }),
      proof: 'spec.topologySpreadConstraints',
      nodeField: 'metadata.labels',
      wouldChange: say('labelTopology'),
      path: `${SCHEDULING}topology-spread-constraints/`,
    },
  ],
  [
    'topology spread constraints',
    {
      code: 'topology-spread',
      sentence: (nodes) => say('topologySpread', { nodes }),
      proof: 'spec.topologySpreadConstraints',
      nodeField: 'metadata.labels',
      wouldChange: say('spreadElsewhere'),
      path: `${SCHEDULING}topology-spread-constraints/`,
    },
  ],
  [
    'volume node affinity conflict',
    {
      code: 'volume-node-conflict',
      sentence: (nodes) => say('volumeNodeConflict', { nodes }),
      proof: 'claims',
      wouldChange: say('useNodesOfVolume'),
      path: 'concepts/storage/persistent-volumes/#node-affinity',
    },
  ],
  [
    'persistent volumes to bind',
    {
      code: 'no-volume-to-bind',
      sentence: (nodes) => say('noVolumeToBind', { nodes }),
      proof: 'claims',
      wouldChange: say('createFittingVolume'),
      path: 'concepts/storage/persistent-volumes/#binding',
    },
  ],
  [
    'ReadWriteOncePod',
    {
      code: 'claim-taken',
      sentence: () => say('claimTaken'),
      proof: 'claims',
      wouldChange: say('removeOtherPod'),
      path: 'concepts/storage/persistent-volumes/#access-modes',
    },
  ],
];

/** The nodes that say a thing, and what it means. */
export function explainRefusal(state: ClusterState, pod: Pod, reason: string, infos: readonly NodeInfo[]): Unsaid {
  const nodes = infos.map(({ name }) => name);
  if (reason === 'node(s) were unschedulable') return cordoned(infos, nodes);
  const taint = /^node\(s\) had untolerated taint \{(.*): (.*)\}$/.exec(reason);
  if (taint !== null) return tainted(infos, nodes, taint[1] ?? '', taint[2] ?? '');
  if (reason.includes('node affinity/selector') || reason.includes('[NodeAffinity]')) return mismatched(pod, infos, nodes);
  if (reason.includes('free ports')) return portsTaken(pod, infos);
  const refusal = REFUSALS.find(([part]) => reason.includes(part))?.[1];
  if (refusal === undefined)
    return {
      code: 'node-refuses',
      sentence: say('nodesRefuse', { nodes, reason }),
      because: nodesOf(infos, 'status'),
      wouldChange: say('addFittingNode'),
      documentation: page(`${SCHEDULING}kube-scheduler/`),
    };
  const own = refusal.proof === 'claims' ? volumesOf(state, pod) : [refer(podKind, pod, refusal.proof)];
  return {
    code: refusal.code,
    sentence: refusal.sentence(nodes),
    because: [...own, ...(refusal.nodeField === undefined ? [] : nodesOf(infos, refusal.nodeField))],
    wouldChange: refusal.wouldChange,
    documentation: page(refusal.path),
  };
}

/** Whether a node lacks a label that the node selector of a pod asks for. */
export function lacksSelected(pod: Pod, node: Node): boolean {
  return Object.entries(pod.spec.nodeSelector ?? {}).some(([key, value]) => node.metadata.labels?.[key] !== value);
}

function nodesOf(infos: readonly NodeInfo[], field: string): readonly Reference[] {
  return infos.slice(0, EXPLANATION_REFERENCES_MAX).map(({ node }) => refer(nodeKind, node, field));
}

function volumesOf(state: ClusterState, pod: Pod): readonly Reference[] {
  const { namespace = '' } = pod.metadata;
  return claimNamesOf(pod.spec, pod.metadata.name).flatMap((name) => {
    const claim = getObject(state, persistentVolumeClaimKind, namespace, name);
    return claim === undefined ? [] : [refer(persistentVolumeClaimKind, claim, 'spec.volumeName', claim.spec.volumeName ?? '')];
  });
}

function cordoned(infos: readonly NodeInfo[], nodes: readonly string[]): Unsaid {
  return {
    code: 'node-unschedulable',
    sentence: say('cordoned', { nodes }),
    because: nodesOf(infos, 'spec.unschedulable'),
    wouldChange: `kubectl uncordon ${infos[0]?.name ?? ''}`,
    documentation: page('concepts/architecture/nodes/#manual-node-administration'),
  };
}

/** Taints that the cluster itself puts on nodes that are not well. */
const CONDITION_TAINTS: Readonly<Record<string, Message>> = {
  'node.kubernetes.io/not-ready': say('notReady'),
  'node.kubernetes.io/unreachable': say('notHeardOf'),
  'node.kubernetes.io/memory-pressure': say('shortOfMemory'),
  'node.kubernetes.io/disk-pressure': say('shortOfDisk'),
  'node.kubernetes.io/pid-pressure': say('shortOfProcessIds'),
  'node.kubernetes.io/network-unavailable': say('withoutNetwork'),
};

function tainted(infos: readonly NodeInfo[], nodes: readonly string[], key: string, value: string): Unsaid {
  const text = value === '' ? key : `${key}=${value}`;
  const because = infos.slice(0, EXPLANATION_REFERENCES_MAX).map(({ node }) => refer(nodeKind, node, 'spec.taints', text));
  const condition = CONDITION_TAINTS[key];
  if (condition !== undefined)
    return {
      code: 'node-unhealthy',
      sentence: say('unhealthyNodes', { nodes, state: condition, taint: key }),
      because,
      wouldChange: say('mendNodeOfTaint'),
      documentation: page('concepts/architecture/nodes/#condition'),
    };
  return {
    code: 'taint-not-tolerated',
    sentence: say('taintNotTolerated', { nodes, taint: text }),
    because,
    wouldChange: say('tolerateTaint', { taint: text, command: `kubectl taint node ${nodes[0] ?? ''} ${key}-` }),
    documentation: page(`${SCHEDULING}taint-and-toleration/`),
  };
}

/** The labels that are wanted and what the nodes have. */
function mismatched(pod: Pod, infos: readonly NodeInfo[], nodes: readonly string[]): Unsaid {
  const { nodeSelector } = pod.spec;
  const wrong = Object.entries(nodeSelector ?? {}).filter(([key, value]) =>
    infos.some(({ node }) => node.metadata.labels?.[key] !== value),
  );
  if (wrong.length === 0)
    return {
      code: 'node-affinity',
      sentence: say('nodeAffinity', { nodes }),
      because: [
        refer(podKind, pod, 'spec.affinity.nodeAffinity'),
        ...infos.slice(0, EXPLANATION_REFERENCES_MAX).map(({ node }) => refer(nodeKind, node, 'metadata.labels')),
      ],
      wouldChange: say('labelAsAffinity'),
      documentation: page(`${SCHEDULING}assign-pod-node/#node-affinity`),
    };
  const labels = labelText(Object.fromEntries(wrong));
  return {
    code: 'node-selector',
    sentence: say('nodeSelector', { labels, nodes }),
    because: [
      refer(podKind, pod, 'spec.nodeSelector', labelText(nodeSelector)),
      ...infos
        .slice(0, EXPLANATION_REFERENCES_MAX)
        .map(({ node }) =>
          refer(nodeKind, node, `metadata.labels.${wrong[0]?.[0] ?? ''}`, node.metadata.labels?.[wrong[0]?.[0] ?? ''] ?? ''),
        ),
    ],
    wouldChange: say('labelNode', {
      command: `kubectl label node ${nodes[0] ?? ''} ${wrong.map(([key, value]) => `${key}=${value}`).join(' ')}`,
    }),
    documentation: page(`${SCHEDULING}assign-pod-node/#nodeselector`),
  };
}

function portsTaken(pod: Pod, infos: readonly NodeInfo[]): Unsaid {
  const ports = hostPortsOf(pod);
  const takers = infos
    .slice(0, EXPLANATION_REFERENCES_MAX)
    .flatMap((info) => [...info.pods.values()].filter((placed) => doPortsConflict(placed.ports, ports)));
  return {
    code: 'host-port-taken',
    sentence: say('hostPortsTaken', {
      ports: ports.map(({ port }) => String(port)),
      takers: takers.map((placed) => ({ pod: placed.pod.metadata.name, node: placed.nodeName })),
    }),
    because: [
      refer(podKind, pod, 'spec.containers.ports.hostPort'),
      ...takers.map((placed) => refer(podKind, placed.pod, 'spec.containers.ports.hostPort')),
    ],
    wouldChange: say('useServiceForPort'),
    documentation: page('concepts/configuration/overview/#services'),
  };
}
