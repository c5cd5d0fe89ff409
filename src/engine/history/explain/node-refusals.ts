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
import { type Finding, labelText, listed, page, type Reference, refer } from './finding.ts';

const SCHEDULING = 'concepts/scheduling-eviction/';
const ANTI_AFFINITY_PAGE = `${SCHEDULING}assign-pod-node/#inter-pod-affinity-and-anti-affinity`;

interface Words {
  readonly code: string;
  /** Names of the nodes, and the form of the verb to have. */
  readonly sentence: (names: string, has: string) => string;
  /** A field of the pod, `claims`, or of its nodes only. */
  readonly proof: string;
  readonly nodeField?: string;
  readonly wouldChange: string;
  readonly path: string;
}

/** By a part of the scheduler's reason; the first that fits is said. */
const WORDS: readonly (readonly [string, Words])[] = [
  [
    'existing pods anti-affinity',
    {
      code: 'shunned-by-pods',
      sentence: (names) => `pods in the topology domain of ${names} have a required anti-affinity that means this pod`,
      proof: 'metadata.labels',
      nodeField: 'metadata.labels',
      wouldChange: 'Change the labels of the pod, remove those pods, or add a node in another domain.',
      path: ANTI_AFFINITY_PAGE,
    },
  ],
  [
    'pod anti-affinity',
    {
      code: 'pod-anti-affinity',
      sentence: (names, has) => `${names} ${has}, in the same topology domain, a pod that the anti-affinity of this pod shuns`,
      proof: 'spec.affinity.podAntiAffinity',
      nodeField: 'metadata.labels',
      wouldChange: 'Add a node in another domain, remove the pods that are shunned, or make the rule a preferred one.',
      path: ANTI_AFFINITY_PAGE,
    },
  ],
  [
    'pod affinity rules',
    {
      code: 'pod-affinity',
      sentence: (names) => `no pod that the affinity of this pod asks for is placed in the topology domain of ${names}`,
      proof: 'spec.affinity.podAffinity',
      nodeField: 'metadata.labels',
      wouldChange: 'Run the pods that it asks for, or make the rule a preferred one.',
      path: ANTI_AFFINITY_PAGE,
    },
  ],
  [
    'missing required label',
    {
      code: 'topology-label-missing',
      sentence: (names, has) => `${names} ${has} not the label that a topology spread constraint goes by`,
      proof: 'spec.topologySpreadConstraints',
      nodeField: 'metadata.labels',
      wouldChange: 'Label the nodes with the topology key of the constraint.',
      path: `${SCHEDULING}topology-spread-constraints/`,
    },
  ],
  [
    'topology spread constraints',
    {
      code: 'topology-spread',
      sentence: (names) => `on ${names} the pod would exceed the skew that a topology spread constraint allows`,
      proof: 'spec.topologySpreadConstraints',
      nodeField: 'metadata.labels',
      wouldChange: 'Make room in the other domains, raise maxSkew, or use whenUnsatisfiable: ScheduleAnyway.',
      path: `${SCHEDULING}topology-spread-constraints/`,
    },
  ],
  [
    'volume node affinity conflict',
    {
      code: 'volume-node-conflict',
      sentence: (names) => `a volume of the pod cannot be used on ${names}: its node affinity is for other nodes`,
      proof: 'claims',
      wouldChange: 'Make room on the nodes of the volume, or use another claim.',
      path: 'concepts/storage/persistent-volumes/#node-affinity',
    },
  ],
  [
    'persistent volumes to bind',
    {
      code: 'no-volume-to-bind',
      sentence: (names) => `for ${names} there is no persistent volume that fits a claim of the pod, and nobody who makes one`,
      proof: 'claims',
      wouldChange: 'Create a persistent volume that fits, or use a class with a provisioner.',
      path: 'concepts/storage/persistent-volumes/#binding',
    },
  ],
  [
    'ReadWriteOncePod',
    {
      code: 'claim-taken',
      sentence: () => 'another pod uses a claim of this pod, whose access mode ReadWriteOncePod lets one pod only',
      proof: 'claims',
      wouldChange: 'Remove the other pod, or use another access mode.',
      path: 'concepts/storage/persistent-volumes/#access-modes',
    },
  ],
];

/** The nodes that say a thing, and what it means. */
export function explainRefusal(state: ClusterState, pod: Pod, reason: string, infos: readonly NodeInfo[]): Finding {
  const names = listed(infos.map(({ name }) => name));
  if (reason === 'node(s) were unschedulable') return cordoned(infos, names);
  const taint = /^node\(s\) had untolerated taint \{(.*): (.*)\}$/.exec(reason);
  if (taint !== null) return tainted(infos, names, taint[1] ?? '', taint[2] ?? '');
  if (reason.includes('node affinity/selector') || reason.includes('[NodeAffinity]')) return mismatched(pod, infos, names);
  if (reason.includes('free ports')) return portsTaken(pod, infos);
  const words = WORDS.find(([part]) => reason.includes(part))?.[1];
  if (words === undefined)
    return {
      code: 'node-refuses',
      sentence: `Not scheduled: ${names}: ${reason}.`,
      because: nodesOf(infos, 'status'),
      wouldChange: 'Add a node that the pod fits.',
      documentation: page(`${SCHEDULING}kube-scheduler/`),
    };
  const own = words.proof === 'claims' ? volumesOf(state, pod) : [refer(podKind, pod, words.proof)];
  return {
    code: words.code,
    sentence: `Not scheduled: ${words.sentence(names, infos.length === 1 ? 'has' : 'have')}.`,
    because: [...own, ...(words.nodeField === undefined ? [] : nodesOf(infos, words.nodeField))],
    wouldChange: words.wouldChange,
    documentation: page(words.path),
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

function cordoned(infos: readonly NodeInfo[], names: string): Finding {
  return {
    code: 'node-unschedulable',
    sentence: `Not scheduled: ${names} ${infos.length === 1 ? 'is' : 'are'} cordoned.`,
    because: nodesOf(infos, 'spec.unschedulable'),
    wouldChange: `kubectl uncordon ${infos[0]?.name ?? ''}`,
    documentation: page('concepts/architecture/nodes/#manual-node-administration'),
  };
}

/** Taints that the cluster itself puts on nodes that are not well. */
const CONDITION_TAINTS: Readonly<Record<string, string>> = {
  'node.kubernetes.io/not-ready': 'not ready',
  'node.kubernetes.io/unreachable': 'not heard of',
  'node.kubernetes.io/memory-pressure': 'short of memory',
  'node.kubernetes.io/disk-pressure': 'short of disk space',
  'node.kubernetes.io/pid-pressure': 'short of process ids',
  'node.kubernetes.io/network-unavailable': 'without a network',
};

function tainted(infos: readonly NodeInfo[], names: string, key: string, value: string): Finding {
  const text = value === '' ? key : `${key}=${value}`;
  const because = infos.slice(0, EXPLANATION_REFERENCES_MAX).map(({ node }) => refer(nodeKind, node, 'spec.taints', text));
  const condition = CONDITION_TAINTS[key];
  if (condition !== undefined)
    return {
      code: 'node-unhealthy',
      sentence: `Not scheduled: ${names} ${infos.length === 1 ? 'is' : 'are'} ${condition}, which the taint ${key} says.`,
      because,
      wouldChange: 'Mend the node; the taint goes by itself.',
      documentation: page('concepts/architecture/nodes/#condition'),
    };
  return {
    code: 'taint-not-tolerated',
    sentence: `Not scheduled: ${names} ${infos.length === 1 ? 'has' : 'have'} the taint ${text}, which the pod does not tolerate.`,
    because,
    wouldChange: `Give the pod a toleration of ${text}, or remove the taint: kubectl taint node ${infos[0]?.name ?? ''} ${key}-`,
    documentation: page(`${SCHEDULING}taint-and-toleration/`),
  };
}

/** The labels that are wanted and what the nodes have. */
function mismatched(pod: Pod, infos: readonly NodeInfo[], names: string): Finding {
  const { nodeSelector } = pod.spec;
  const wrong = Object.entries(nodeSelector ?? {}).filter(([key, value]) =>
    infos.some(({ node }) => node.metadata.labels?.[key] !== value),
  );
  if (wrong.length === 0)
    return {
      code: 'node-affinity',
      sentence: `Not scheduled: ${names} ${infos.length === 1 ? 'does' : 'do'} not match the required node affinity of the pod.`,
      because: [
        refer(podKind, pod, 'spec.affinity.nodeAffinity'),
        ...infos.slice(0, EXPLANATION_REFERENCES_MAX).map(({ node }) => refer(nodeKind, node, 'metadata.labels')),
      ],
      wouldChange: 'Label a node as the affinity asks, or relax the affinity.',
      documentation: page(`${SCHEDULING}assign-pod-node/#node-affinity`),
    };
  const labels = labelText(Object.fromEntries(wrong));
  return {
    code: 'node-selector',
    sentence: `Not scheduled: the node selector asks for ${labels}, which ${names} ${infos.length === 1 ? 'does' : 'do'} not have.`,
    because: [
      refer(podKind, pod, 'spec.nodeSelector', labelText(nodeSelector)),
      ...infos
        .slice(0, EXPLANATION_REFERENCES_MAX)
        .map(({ node }) =>
          refer(nodeKind, node, `metadata.labels.${wrong[0]?.[0] ?? ''}`, node.metadata.labels?.[wrong[0]?.[0] ?? ''] ?? ''),
        ),
    ],
    wouldChange: `Label a node: kubectl label node ${infos[0]?.name ?? ''} ${wrong.map(([key, value]) => `${key}=${value}`).join(' ')}`,
    documentation: page(`${SCHEDULING}assign-pod-node/#nodeselector`),
  };
}

function portsTaken(pod: Pod, infos: readonly NodeInfo[]): Finding {
  const ports = hostPortsOf(pod);
  const takers = infos
    .slice(0, EXPLANATION_REFERENCES_MAX)
    .flatMap((info) => [...info.pods.values()].filter((placed) => doPortsConflict(placed.ports, ports)));
  const who = listed(takers.map((placed) => `${placed.pod.metadata.name} on ${placed.nodeName}`));
  return {
    code: 'host-port-taken',
    sentence: `Not scheduled: the host ${ports.length === 1 ? 'port' : 'ports'} ${listed(ports.map(({ port }) => String(port)))} ${ports.length === 1 ? 'is' : 'are'} taken by ${who}.`,
    because: [
      refer(podKind, pod, 'spec.containers.ports.hostPort'),
      ...takers.map((placed) => refer(podKind, placed.pod, 'spec.containers.ports.hostPort')),
    ],
    wouldChange: 'Use a Service instead of a host port, another port, or remove the pods that have it.',
    documentation: page('concepts/configuration/overview/#services'),
  };
}
