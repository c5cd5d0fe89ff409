// Field ownership through requests: each case is a story of writes, then who owns what. The clock stands still unless a case moves it.

import { describe, expect, it } from 'vitest';
import type { Json, JsonObject, KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import type { ApiRequest, RequestOptions } from '../../../src/engine/apiserver/request-types.ts';
import type { Outcome } from '../../../src/engine/cluster/command.ts';
import { createTestCluster, type TestCluster } from '../../support/engine.ts';

interface Write {
  readonly verb?: ApiRequest['verb'];
  readonly patchType?: ApiRequest['patchType'];
  readonly subresource?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly options?: RequestOptions;
}

function send(cluster: TestCluster, manager: string, body: Json, write: Write = {}): Outcome {
  const { verb = 'patch', patchType = 'apply', subresource, resource = 'configmaps', name = 'c', options = {} } = write;
  return cluster.execute({
    type: 'request',
    request: {
      verb,
      resource,
      namespace: 'default',
      ...(verb === 'create' ? {} : { name }),
      ...(verb === 'patch' ? { patchType } : {}),
      ...(subresource === undefined ? {} : { subresource }),
      body,
      options: { fieldManager: manager, ...options },
    },
  }).outcome;
}

function configMap(data: Readonly<Record<string, string>>, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', ...metadata }, data };
}

function replicaSet(replicas: number, image: string): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'c' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image }] } },
    },
  };
}

const SETS: Write = { resource: 'replicasets.apps' };

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1: JsonObject;
}

function objectOf(outcome: Outcome): KubeObject & { readonly data?: Json } {
  if (!outcome.ok) throw new Error(outcome.status.message);
  return outcome.object as KubeObject;
}

/** `m1 Apply {"f:data":{"f:a":{}}}`, one line an entry. */
function owners(outcome: Outcome): readonly string[] {
  const entries = (objectOf(outcome).metadata.managedFields ?? []) as unknown as readonly Entry[];
  return entries.map(({ manager, operation, subresource, fieldsV1 }) =>
    [manager, operation, ...(subresource === undefined ? [] : [subresource]), JSON.stringify(fieldsV1)].join(' '),
  );
}

function refusal(outcome: Outcome): string {
  return outcome.ok ? 'accepted' : `${outcome.status.code} ${outcome.status.reason ?? '-'} ${outcome.status.message}`;
}

describe('K5 apply', () => {
  it('K5 creates, removes what is no longer applied, and keeps what another owns', () => {
    const cluster = createTestCluster();
    expect(owners(send(cluster, 'm1', configMap({ a: '1', b: '2', z: '0' })))).toEqual([
      'm1 Apply {"f:data":{"f:a":{},"f:b":{},"f:z":{}}}',
    ]);
    send(cluster, 'm2', configMap({ z: '0' }));
    const applied = send(cluster, 'm1', configMap({ a: '1' }));
    expect(objectOf(applied).data).toEqual({ a: '1', z: '0' });
    expect(owners(applied)).toEqual(['m2 Apply {"f:data":{"f:z":{}}}', 'm1 Apply {"f:data":{"f:a":{}}}']);
  });

  it('K6 answers conflicts, one or several, and what owns them', () => {
    const cluster = createTestCluster();
    send(cluster, 'one', replicaSet(0, 'a:1'), SETS);
    expect(refusal(send(cluster, 'two', replicaSet(2, 'a:1'), SETS))).toBe(
      '409 Conflict Apply failed with 1 conflict: conflict with "one": .spec.replicas',
    );
    expect(refusal(send(cluster, 'two', replicaSet(2, 'a:2'), SETS))).toBe(
      '409 Conflict Apply failed with 2 conflicts: conflicts with "one":\n- .spec.replicas\n- .spec.template.spec.containers[name="c"].image',
    );
  });

  it('K6 names the subresource and the version of an updater', () => {
    const cluster = createTestCluster();
    send(cluster, 'one', replicaSet(0, 'a:1'), SETS);
    const scale = { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'c' }, spec: { replicas: 1 } };
    send(cluster, 'sc', scale, { ...SETS, verb: 'update', subresource: 'scale' });
    expect(refusal(send(cluster, 'one', replicaSet(0, 'a:1'), SETS))).toBe(
      '409 Conflict Apply failed with 1 conflict: conflict with "sc" with subresource "scale" using apps/v1: .spec.replicas',
    );
  });

  it('K6 applies a Scale: conflicts, force, and an owner through the subresource', () => {
    const cluster = createTestCluster();
    send(cluster, 'one', replicaSet(0, 'a:1'), SETS);
    const scale = { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'c' }, spec: { replicas: 1 } };
    const write = { ...SETS, subresource: 'scale' };
    expect(refusal(send(cluster, 'sc', scale, write))).toBe(
      '409 Conflict Apply failed with 1 conflict: conflict with "one": .spec.replicas',
    );
    expect(refusal(send(cluster, 'sc', { ...scale, kind: 'Pod' }, write))).toBe(
      '400 BadRequest invalid object type: autoscaling/v1, Kind=Pod',
    );
    const scaled = objectOf(send(cluster, 'sc', scale, { ...write, options: { force: true } }));
    expect([scaled.kind, scaled['spec']]).toEqual(['Scale', { replicas: 1 }]);
    const label = { metadata: { labels: { x: 'y' } } };
    expect(owners(send(cluster, 'u', label, { ...SETS, patchType: 'merge' }))).toContain('sc Apply scale {"f:spec":{"f:replicas":{}}}');
  });

  it('K7 force takes ownership, equal values are shared', () => {
    const cluster = createTestCluster();
    send(cluster, 'm1', configMap({ a: '1', b: '2' }));
    expect(owners(send(cluster, 'm2', configMap({ a: '5', b: '2' }), { options: { force: true } }))).toEqual([
      'm1 Apply {"f:data":{"f:b":{}}}',
      'm2 Apply {"f:data":{"f:a":{},"f:b":{}}}',
    ]);
  });

  it('F5 an apply that changes nothing spends no revision', () => {
    const cluster = createTestCluster();
    const first = objectOf(send(cluster, 'm1', configMap({ a: '1' })));
    cluster.execute({ type: 'advance', toMs: cluster.state.nowMs + 5_000 });
    expect(objectOf(send(cluster, 'm1', configMap({ a: '1' })))).toEqual(first);
  });

  it('F5 a new owner of equal values is a change, the same owners at another time are none', () => {
    const cluster = createTestCluster();
    const first = objectOf(send(cluster, 'm1', configMap({ a: '1' })));
    const shared = objectOf(send(cluster, 'm2', configMap({ a: '1' })));
    expect(shared.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
    cluster.execute({ type: 'advance', toMs: cluster.state.nowMs + 5_000 });
    expect(objectOf(send(cluster, 'm2', configMap({ a: '1' }))).metadata.resourceVersion).toBe(shared.metadata.resourceVersion);
    const left = objectOf(send(cluster, 'm2', configMap({})));
    expect(left.metadata.resourceVersion).not.toBe(shared.metadata.resourceVersion);
    // An apply that changed no value has no time, and comes first.
    expect(owners(send(cluster, 'm1', configMap({ a: '1' })))).toEqual(['m2 Apply {"f:data":{}}', 'm1 Apply {"f:data":{"f:a":{}}}']);
  });

  it('I3 a dry run shows the result and stores nothing', () => {
    const cluster = createTestCluster();
    send(cluster, 'm1', configMap({ a: '1' }));
    const revision = cluster.state.revision;
    expect(objectOf(send(cluster, 'm1', configMap({ b: '2' }), { options: { dryRun: true } })).data).toEqual({ b: '2' });
    expect(cluster.state.revision).toBe(revision);
    expect(objectOf(send(cluster, 'm1', configMap({ a: '1' }))).data).toEqual({ a: '1' });
  });

  it('K5 the first apply to an untracked object leaves the rest to before-first-apply', () => {
    const cluster = createTestCluster();
    send(cluster, 'm1', configMap({ a: '5', z: '9' }));
    const reset = { metadata: { managedFields: [{}] } };
    expect(owners(send(cluster, 'm1', reset, { patchType: 'merge' }))).toEqual([]);
    expect(owners(send(cluster, 'u', { data: { q: '1' } }, { patchType: 'merge' }))).toEqual([]);
    expect(owners(send(cluster, 'm1', configMap({ a: '5' })))).toEqual([
      'm1 Apply {"f:data":{"f:a":{}}}',
      'before-first-apply Update {"f:data":{".":{},"f:a":{},"f:q":{},"f:z":{}}}',
    ]);
  });

  it('K5 status is applied through its subresource only', () => {
    const cluster = createTestCluster();
    send(cluster, 'one', replicaSet(0, 'a:1'), SETS);
    const status = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'c' }, spec: { replicas: 7 }, status: { replicas: 3 } };
    const applied = send(cluster, 'st', status, { ...SETS, subresource: 'status' });
    expect(owners(applied).filter((line) => line.startsWith('st'))).toEqual(['st Apply status {"f:status":{"f:replicas":{}}}']);
  });
});

describe('K7 updates', () => {
  it('K7 own what they change and take it from others', () => {
    const cluster = createTestCluster();
    send(cluster, 'm1', configMap({ a: '1', b: '2' }));
    expect(owners(send(cluster, 'u', { data: { a: '7', q: '8' } }, { patchType: 'merge' }))).toEqual([
      'm1 Apply {"f:data":{"f:b":{}}}',
      'u Update {"f:data":{"f:a":{},"f:q":{}}}',
    ]);
    expect(refusal(send(cluster, 'm1', configMap({ a: '1', b: '2' })))).toBe(
      '409 Conflict Apply failed with 1 conflict: conflict with "u" using v1: .data.a',
    );
  });

  it('K3 a create owns what it says and what is defaulted', () => {
    const cluster = createTestCluster();
    expect(owners(send(cluster, 'kubectl-create', configMap({ a: '1' }, { labels: { x: 'y' } }), { verb: 'create' }))).toEqual([
      'kubectl-create Update {"f:data":{".":{},"f:a":{}},"f:metadata":{"f:labels":{".":{},"f:x":{}}}}',
    ]);
  });

  it('K3 sent entries replace the live ones, none or unreadable ones do not', () => {
    const cluster = createTestCluster();
    send(cluster, 'm1', configMap({ a: '1' }));
    const entry = { operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:a': {} } } };
    const patch = (managedFields: Json): Outcome => send(cluster, 'x', { metadata: { managedFields } }, { patchType: 'merge' });
    expect(owners(patch([]))).toEqual(['m1 Apply {"f:data":{"f:a":{}}}']);
    expect(owners(patch([{ ...entry, operation: 'Guess', manager: 'm2' }]))).toEqual(['m1 Apply {"f:data":{"f:a":{}}}']);
    expect(owners(patch([{ ...entry, manager: 'm2' }]))).toEqual(['m2 Apply {"f:data":{"f:a":{}}}']);
  });

  it('K3 more than ten updaters are merged into ancient-changes', () => {
    const cluster = createTestCluster();
    send(cluster, 'u00', configMap({ k00: '' }), { verb: 'create' });
    let last = send(cluster, 'u00', { data: { k00: '0' } }, { patchType: 'merge' });
    for (let index = 1; index <= 11; index += 1) {
      cluster.execute({ type: 'advance', toMs: cluster.state.nowMs + 1_000 });
      const name = String(index).padStart(2, '0');
      last = send(cluster, `u${name}`, { data: { [`k${name}`]: '1' } }, { patchType: 'merge' });
    }
    expect(owners(last).map((line) => line.split(' ')[0])).toEqual([
      'ancient-changes',
      ...Array.from({ length: 9 }, (_, index) => `u${String(index + 3).padStart(2, '0')}`),
    ]);
  });

  it('K3 a write that changes nothing keeps the times', () => {
    const cluster = createTestCluster();
    const first = objectOf(send(cluster, 'u', configMap({ a: '1' }), { verb: 'create' }));
    cluster.execute({ type: 'advance', toMs: cluster.state.nowMs + 5_000 });
    expect(objectOf(send(cluster, 'u', { data: { a: '1' } }, { patchType: 'merge' }))).toEqual(first);
  });
});

describe('K8, K9 refused applies', () => {
  it.each<[string, JsonObject, string]>([
    ['managedFields', configMap({}, { managedFields: [] }), '400 BadRequest metadata.managedFields must be nil'],
    ['another kind', { ...configMap({}), kind: 'Pod' }, '400 BadRequest invalid object type: /v1, Kind=Pod'],
    ['another name', configMap({}, { name: 'q' }), '400 BadRequest the name of the object (q) does not match the name on the URL (c)'],
    [
      'an unknown field',
      { ...configMap({}), foo: 1 },
      '500 - failed to create typed patch object (default/c; /v1, Kind=ConfigMap): .foo: field not declared in schema',
    ],
    [
      'a uid of nothing',
      configMap({}, { uid: 'abc' }),
      '409 Conflict Operation cannot be fulfilled on configmaps "c": uid mismatch: the provided object specified uid abc, and no existing object was found',
    ],
  ])('K8 %s', (_name, body, expected) => {
    expect(refusal(send(createTestCluster(), 'm', body))).toBe(expected);
  });

  it('K8 a stale resourceVersion', () => {
    const cluster = createTestCluster();
    send(cluster, 'm', configMap({ a: '1' }));
    expect(refusal(send(cluster, 'm', configMap({ a: '2' }, { resourceVersion: '1' })))).toBe(
      '409 Conflict Operation cannot be fulfilled on configmaps "c": the object has been modified; please apply your changes to the latest version and try again',
    );
  });
});

describe('K10 from client-side to server-side apply', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const clientSide = (cluster: TestCluster): Outcome => {
    const text = `${JSON.stringify(configMap({ a: '1' }))}\n`;
    return send(cluster, 'kubectl-client-side-apply', configMap({ a: '1' }, { annotations: { [annotation]: text } }), { verb: 'create' });
  };

  it('K10 kubectl takes over what client-side apply said, and keeps the annotation in step', () => {
    const cluster = createTestCluster();
    clientSide(cluster);
    const applied = objectOf(send(cluster, 'kubectl', configMap({ a: '2' })));
    expect(applied.data).toEqual({ a: '2' });
    expect(applied.metadata.annotations?.[annotation]).toBe(
      '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"c"}}\n',
    );
  });

  it('K10 another applier has to force', () => {
    const cluster = createTestCluster();
    clientSide(cluster);
    expect(refusal(send(cluster, 'other', configMap({ a: '2' })))).toBe(
      '409 Conflict Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.a',
    );
  });
});
