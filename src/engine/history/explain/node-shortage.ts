// Nodes without room: what the pod asks for, what a node has, and what is left of it.

import { EXPLANATION_REFERENCES_MAX } from '../../kernel/limits.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { NodeInfo } from '../../scheduler/node-cache.ts';
import { fitsEmptyNode } from '../../scheduler/filters.ts';
import type { Amounts } from '../../scheduler/resources.ts';
import { say } from '../words/message.ts';
import { page, refer, type Unsaid } from './finding.ts';

const TOO_MANY = 'Too many pods';
const INSUFFICIENT = 'Insufficient ';

/** Whether the scheduler's reason is that a node has too little of something. */
export function isShortage(reason: string): boolean {
  return reason === TOO_MANY || reason.startsWith(INSUFFICIENT);
}

/** The finding of nodes that have too little of one thing. */
export function explainShortage(pod: Pod, requests: Readonly<Amounts>, reason: string, infos: readonly NodeInfo[]): Unsaid {
  return reason === TOO_MANY ? tooManyPods(infos) : insufficient(pod, requests, reason.slice(INSUFFICIENT.length), infos);
}

function tooManyPods(infos: readonly NodeInfo[]): Unsaid {
  return {
    code: 'too-many-pods',
    sentence: say('tooManyPods', { nodes: infos.map(({ name, podsMax }) => ({ name, podsMax })) }),
    because: infos
      .slice(0, EXPLANATION_REFERENCES_MAX)
      .map(({ node, podsMax }) => refer(nodeKind, node, 'status.allocatable.pods', String(podsMax))),
    wouldChange: say('removePodsOrAddNode'),
    documentation: page('setup/best-practices/cluster-large/'),
  };
}

function insufficient(pod: Pod, requests: Readonly<Amounts>, resource: string, infos: readonly NodeInfo[]): Unsaid {
  const wanted = formatAmount(resource, amountOf(requests, resource));
  const nodes = infos.map((info) => {
    const total = amountOf(info.allocatable, resource);
    const free = Math.max(total - amountOf(info.requested, resource), 0);
    return { name: info.name, free: formatAmount(resource, free), total: formatAmount(resource, total) };
  });
  const fitsSome = infos.some((info) => fitsEmptyNode(requests, info.allocatable, info.podsMax));
  return {
    code: `insufficient-${resource.replace(/[^a-z0-9]+/g, '-')}`,
    sentence: say('insufficient', { resource, wanted, nodes }),
    because: [
      refer(podKind, pod, `spec.containers.resources.requests.${resource}`, wanted),
      ...infos
        .slice(0, EXPLANATION_REFERENCES_MAX)
        .map(({ node, allocatable }) =>
          refer(nodeKind, node, `status.allocatable.${resource}`, formatAmount(resource, amountOf(allocatable, resource))),
        ),
    ],
    wouldChange: say(fitsSome ? 'makeRoom' : 'addLargerNode'),
    documentation: page('concepts/configuration/manage-resources-containers/#how-pods-with-resource-requests-are-scheduled'),
  };
}

function amountOf(amounts: Readonly<Amounts>, resource: string): number {
  if (resource === 'cpu') return amounts.milliCpu;
  if (resource === 'memory') return amounts.memory;
  return resource === 'ephemeral-storage' ? amounts.ephemeralStorage : (amounts.scalars?.get(resource) ?? 0);
}

const UNITS = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const;

/** As a manifest would say it: `1500m`, `2`, `512Mi`. */
export function formatAmount(resource: string, amount: number): string {
  if (resource === 'cpu') return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`;
  if (resource !== 'memory' && resource !== 'ephemeral-storage') return String(amount);
  let value = amount;
  let unit = 0;
  while (value !== 0 && value % 1024 === 0 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value}${UNITS[unit]}`;
}
