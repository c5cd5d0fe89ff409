// Every object that is accepted can be lived with: of every kind a full object, and the same without each of its members in turn, or with the member empty.
// What is accepted then lives in a cluster with pods, claims, deletions and a clock; the engine must never stop on it, whatever is missing.

import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json, type JsonObject, type KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { kindByGvk, KINDS } from '../../src/engine/kinds/index.ts';
import { type Kind, resourceOf } from '../../src/engine/kinds/kind.ts';
import { markStored } from '../../src/engine/cluster/index.ts';
import { forkState, tableData } from '../../src/engine/kernel/state.ts';
import { createTestCluster, TestCluster } from '../support/engine.ts';
import { changed, type Path, pathsOf, valueAt } from '../support/members.ts';
import { SENT_SAMPLES } from '../support/samples.ts';

interface Variant {
  /** `without spec.limits`, `with spec.limits empty`. */
  readonly what: string;
  readonly object: JsonObject;
  /** The merge patch that takes the member from an object that has it; of a list it replaces all items. */
  readonly patch?: JsonObject;
}

/** The object itself, then with a hole at every place. */
function variantsOf(sample: JsonObject): readonly Variant[] {
  const variants: Variant[] = [{ what: 'whole', object: sample }];
  for (const path of pathsOf(sample)) {
    const isIdentity = ['kind', 'apiVersion', 'metadata', 'metadata.name'].includes(path.join('.'));
    // What is in the specification of a pod is tried with pods.
    const templateAt = path.indexOf('template');
    if (isIdentity || (templateAt >= 0 && path.length > templateAt + 3)) continue;
    const name = path.join('.');
    variants.push({ what: `without ${name}`, object: changed(sample, path, undefined), patch: nullAt(path) });
    const value = valueAt(sample, path);
    if (isJsonObject(value)) variants.push({ what: `with ${name} empty`, object: changed(sample, path, {}) });
    if (Array.isArray(value)) variants.push({ what: `with ${name} empty`, object: changed(sample, path, []) });
  }
  return variants;
}

function nullAt(path: Path): JsonObject {
  return path.reduceRight<Json>((inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }), null) as JsonObject;
}

const BYSTANDERS: readonly JsonObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'bystander', labels: { app: 'a' } },
    spec: { containers: [{ name: 'main', image: 'nginx' }] },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'bystander' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'bystander' }, spec: { selector: { app: 'a' }, ports: [{ port: 80 }] } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bystander' } },
];

/** What every object meets. */
const before = createTestCluster({ nodes: 2 });
markStored(before.state);

/**
 * Creates the object in a cluster of its own if the cluster takes it, and makes the next variant of it there, by an update and by a patch; what it
 * does there must never throw.
 */
function live(kind: Kind, { object }: Variant, next: Variant): boolean {
  const cluster = new TestCluster(forkState(before.state));
  const namespace = kind.namespaced ? { namespace: 'default' } : {};
  const resource = resourceOf(kind);
  const { name } = (object as unknown as KubeObject).metadata;
  const target = { resource, ...namespace, name };
  const created = cluster.refusal({ verb: 'create', resource, ...namespace, body: object, options: {} });
  if (created !== undefined) return false;
  for (const bystander of BYSTANDERS) attempt(cluster, bystander);
  cluster.advance(12_000);
  showChanged(cluster);
  if (kind.hasStatus) {
    const present = cluster.find(`${resource}/${kind.namespaced ? 'default/' : ''}${name}`);
    if (present !== undefined) {
      const body = { ...present, metadata: { name, ...namespace }, status: {} } as unknown as JsonObject;
      cluster.refusal({ verb: 'update', ...target, subresource: 'status', body, options: {} });
    }
  }
  cluster.refusal({ verb: 'patch', ...target, patchType: 'merge', body: { metadata: { labels: { touched: 'yes' } } }, options: {} });
  cluster.refusal({ verb: 'update', ...target, body: next.object, options: {} });
  if (next.patch !== undefined) cluster.refusal({ verb: 'patch', ...target, patchType: 'merge', body: next.patch, options: {} });
  cluster.advance(3_000);
  showChanged(cluster);
  cluster.refusal({ verb: 'delete', ...target, options: { propagationPolicy: 'Foreground' } });
  cluster.advance(20_000);
  return true;
}

function attempt(cluster: TestCluster, object: JsonObject): void {
  const kind = kindByGvk(object['apiVersion'] as string, object['kind'] as string) as Kind;
  cluster.refusal({ verb: 'create', resource: resourceOf(kind), namespace: 'default', body: object, options: {} });
}

/** Cells of tables are made from whatever is stored. */
function showChanged(cluster: TestCluster): void {
  for (const kind of KINDS) {
    const resource = resourceOf(kind);
    if (kind.conversion !== undefined || tableData(cluster.state, `objects/${resource}`).changedKeys.size === 0) continue;
    for (const object of cluster.list(resource)) kind.cells(object, cluster.state.nowMs);
  }
}

describe.each(SENT_SAMPLES.map((sample) => [String(sample['kind']), sample] as const))('%s', (name, sample) => {
  it('lives whole and with any member missing or empty', () => {
    const kind = kindByGvk(sample['apiVersion'] as string, name) as Kind;
    const stopped: string[] = [];
    let accepted = 0;
    const variants = variantsOf(sample);
    for (const [index, variant] of variants.entries()) {
      const next = variants[(index + 1) % variants.length] as Variant;
      try {
        if (live(kind, variant, next)) accepted += 1;
        else if (variant.what === 'whole') stopped.push('the whole object is refused');
      } catch (error) {
        stopped.push(`${variant.what}, then ${next.what}: ${(error as Error).message}`);
      }
    }
    expect(stopped, stopped.join('\n')).toEqual([]);
    expect(accepted).toBeGreaterThan(1);
  }, 60_000);
});
