// Bindings, by the subresource of a pod and by the older resource whose body names it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking } from '../../support/kube-client.ts';
import { createTestCluster, type TestCluster } from './server.ts';

const CORE = '/api/v1/namespaces/default';

let cluster: TestCluster;
const ask = asking(() => cluster);
beforeAll(() => {
  cluster = createTestCluster();
});
afterAll(() => cluster.remove());

/** A pod that no scheduler takes. */
async function createPod(name: string, spec: object = {}): Promise<{ readonly uid: string; readonly resourceVersion: string }> {
  const containers = [{ name: 'web', image: 'nginx' }];
  const { status, body } = await ask('POST', `${CORE}/pods`, { metadata: { name }, spec: { containers, schedulerName: 'mine', ...spec } });
  expect(status).toBe(201);
  return body.metadata;
}

const binding = (name: string, more: object = {}, target: object = { kind: 'Node', name: 'node-1' }): object => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name, ...more },
  target,
});

const WAYS: readonly [string, (name: string) => string][] = [
  ['the subresource', (name) => `${CORE}/pods/${name}/binding`],
  ['the older resource', () => `${CORE}/bindings`],
];

describe.each(WAYS)('M4 %s', (way, pathOf) => {
  const named = (name: string): string => `${name}-${way === 'the subresource' ? 'one' : 'two'}`;

  it('M4 gives a pod to a node, with its annotations', async () => {
    const name = named('bound');
    await createPod(name, {});
    const answer = await ask('POST', pathOf(name), binding(name, { annotations: { 'example.com/why': 'it fits' } }));
    expect([answer.status, answer.body]).toEqual([201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }]);
    const { metadata, spec, status } = (await ask('GET', `${CORE}/pods/${name}`)).body;
    expect([metadata.annotations, spec.nodeName]).toEqual([{ 'example.com/why': 'it fits' }, 'node-1']);
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'PodScheduled', status: 'True' }));
    const again = await ask('POST', pathOf(name), binding(name));
    const text = `Operation cannot be fulfilled on pods/binding "${name}": pod ${name} is already assigned to node "node-1"`;
    expect([again.status, again.body.message]).toEqual([409, text]);
  });

  it('M4 a pod with gates, and one that is another, are refused', async () => {
    const name = named('gated');
    const { uid, resourceVersion } = await createPod(name, { schedulingGates: [{ name: 'example.com/wait' }] });
    const gated = await ask('POST', pathOf(name), binding(name, { uid, resourceVersion }));
    const why = `Operation cannot be fulfilled on pods/binding "${name}": pod ${name} has non-empty .spec.schedulingGates`;
    expect([gated.status, gated.body.message]).toEqual([409, why]);
    const other = await ask('POST', pathOf(name), binding(name, { uid: 'another' }));
    const storage = `StorageError: invalid object, Code: 4, Key: /pods/default/${name}, ResourceVersion: 0, AdditionalErrorMsg:`;
    // A Binding of the older resource is a new object, whose uid in the request says nothing.
    const isSubresource = way === 'the subresource';
    const conflict = `Operation cannot be fulfilled on pods "${name}": ${storage} Precondition failed: UID in precondition: another, UID in object meta: ${uid}`;
    expect([other.status, other.body.message]).toEqual([409, isSubresource ? conflict : why]);
    const older = await ask('POST', pathOf(name), binding(name, { resourceVersion: '1' }));
    expect([older.status, older.body.message]).toEqual([
      409,
      `Operation cannot be fulfilled on pods "${name}": ${storage} Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: ${resourceVersion}`,
    ]);
  });

  it.each([
    [{}, 'target.name: Required value'],
    [{ kind: 'Pod', name: 'x' }, 'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"'],
  ])('M4 a target %j is refused without a reason of the API', async (target, message) => {
    const answer = await ask('POST', pathOf('nobody'), binding('nobody', {}, target));
    expect([answer.status, answer.body]).toEqual([
      500,
      { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 },
    ]);
  });

  it('M4 a pod that is not there', async () => {
    const answer = await ask('POST', pathOf('nobody'), binding('nobody'));
    expect([answer.status, answer.body.message]).toEqual([404, 'pods "nobody" not found']);
  });
});

it('M4 the name in the path is that in the body', async () => {
  const answer = await ask('POST', `${CORE}/pods/a/binding`, binding('b'));
  expect([answer.status, answer.body.message]).toEqual([400, 'name in URL does not match name in Binding object']);
});

it('B5 bindings can be created only, and are stored nowhere', async () => {
  const { resources } = (await ask('GET', '/api/v1')).body;
  expect(resources[0]).toEqual({ name: 'bindings', singularName: 'binding', namespaced: true, kind: 'Binding', verbs: ['create'] });
  expect((await ask('GET', `${CORE}/bindings`)).status).toBe(405);
  expect((await ask('GET', `${CORE}/bindings/x`)).status).toBe(404);
  expect((await ask('GET', '/api/v1/bindings')).status).toBe(404);
});
