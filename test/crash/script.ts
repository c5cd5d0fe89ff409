// The commands of the crash test: the n-th one is always the same.

import { type ClusterConfig, type Command, defaultNodes } from '../../src/engine/cluster/index.ts';

export function crashConfig(name: string, seed: number): ClusterConfig {
  return {
    name,
    seed,
    startMs: Date.UTC(2025, 0, 1),
    clock: { mode: 'manual' },
    nodes: defaultNodes(2),
    images: {},
    timing: {},
    retention: { watchEvents: 200 },
  };
}

/** Every third command turns the clock by `toMs` milliseconds; the others create pods that crash, and configmaps. */
export function crashCommand(index: number): Command {
  if (index % 3 === 2) return { type: 'advance', toMs: 1000 + (index % 7) * 700 };
  const metadata = { name: `o${index}` };
  if (index % 3 === 1) return create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text: 'x'.repeat(index % 500) } });
  const annotations = { 'orrery.sim/behavior.c': '{"run": {"for": "2s", "exitCode": 1}}' };
  const spec = { containers: [{ name: 'c', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] };
  return create({ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, annotations }, spec });
}

function create(object: Extract<Command, { type: 'manifests' }>['objects'][number]): Command {
  return { type: 'manifests', mode: 'create', namespace: 'default', objects: [object] };
}
