// Clusters for tests of the scheduler: nodes as a table of text, pods as one line of YAML each.

import { parse } from 'yaml';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import type { NodeSpec } from '../../src/engine/cluster/config.ts';
import type { Taint } from '../../src/engine/kinds/node/types.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { createTestCluster, type TestCluster, type TestConfig } from './engine.ts';
import { parseTable } from './text-table.ts';

/**
 * Reads nodes from a table with the columns `name`, `capacity` (`cpu=2 pods=5`), `labels` (`zone=a disk=ssd`) and `taints`
 * (`key=value:Effect`); all but the name may be missing.
 */
export function nodesOf(table: string): NodeSpec[] {
  return parseTable(table).map(({ name = '', capacity = '', labels = '', taints = '' }) => ({
    name,
    capacity: pairsOf(capacity),
    labels: pairsOf(labels),
    taints: words(taints).map(taintOf),
  }));
}

/** A cluster of such nodes. */
export function clusterOf(table: string, config: TestConfig = {}): TestCluster {
  return createTestCluster({ ...config, nodes: nodesOf(table) });
}

/** A pod from a line of YAML: members of its spec; `labels`, `cpu`, `memory` and `port` are short for what they name. */
export function podOf(name: string, text = '{}', namespace = 'default'): JsonObject {
  const { labels, cpu, memory, hostPort, ...spec } = parse(text) as JsonObject;
  const requests = { ...(cpu === undefined ? {} : { cpu: String(cpu) }), ...(memory === undefined ? {} : { memory: String(memory) }) };
  const ports = hostPort === undefined ? {} : { ports: [{ containerPort: 80, hostPort }] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...(labels === undefined ? {} : { labels }) },
    spec: { containers: [{ name: 'c', image: 'registry.example/app:v1', resources: { requests }, ...ports }], ...spec },
  } as JsonObject;
}

/** Creates a pod and says where it went, or why nowhere. */
export function place(cluster: TestCluster, name: string, text = '{}'): string {
  cluster.create(podOf(name, text));
  return placeOf(cluster, name);
}

/** The node of a pod, or the message of its PodScheduled condition. */
export function placeOf(cluster: TestCluster, name: string): string {
  const { spec, status } = cluster.get<Pod>(`pods/${name}`);
  return spec.nodeName ?? (status.conditions ?? []).find(({ type }) => type === 'PodScheduled')?.message ?? 'not tried';
}

/** The message without the part about preemption. */
export function filterPart(message: string): string {
  return message.replace(/ preemption: .*$/, '');
}

function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(words(text).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
}

function taintOf(word: string): Taint {
  const [, key = '', value = '', effect = ''] = /^([^=:]+)=?([^:]*):(.+)$/.exec(word) ?? [];
  return { key, ...(value === '' ? {} : { value }), effect: effect as Taint['effect'] };
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
