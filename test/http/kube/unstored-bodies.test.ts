// What is created without being stored is decoded as the type that it is: a wrong type, an unknown field, another namespace.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Answer, asking, pod, PODS } from '../../support/kube-client.ts';
import { createTestCluster, type TestCluster } from './server.ts';

const BINDINGS = '/api/v1/namespaces/default/bindings';
const OTHER_NAMESPACE = 'the namespace of the provided object does not match the namespace sent on the request';
const binding = (metadata: object, more: object = {}): object => ({ kind: 'Binding', metadata, target: { name: 'node-1' }, ...more });
const eviction = (metadata: object, more: object = {}): object => ({ apiVersion: 'policy/v1', kind: 'Eviction', metadata, ...more });

let cluster: TestCluster;

beforeEach(async () => {
  cluster = createTestCluster({ nodes: 1 });
  await ask('POST', PODS, pod('p', { schedulerName: 'mine' }));
});
afterEach(() => cluster.remove());

const ask = asking(() => cluster);
const told = ({ status, body }: Answer): [number, string] => [status, body.message];

it.each<[string, string, (metadata: object, more?: object) => object, object, string]>([
  ['Binding', `${PODS}/p/binding`, binding, { target: 'node-1' }, 'Go struct field Binding.target of type v1.ObjectReference'],
  ['Binding', BINDINGS, binding, { target: 'node-1' }, 'Go struct field Binding.target of type v1.ObjectReference'],
  ['Eviction', `${PODS}/p/eviction`, eviction, { deleteOptions: 'now' }, 'Go struct field Eviction.deleteOptions of type v1.DeleteOptions'],
])('C11 C15 D7 I4 a %s at %s is of its type and its namespace', async (kind, path, make, wrong, field) => {
  expect(told(await ask('POST', path, make({ name: 'p', namespace: 'kube-system' })))).toEqual([400, OTHER_NAMESPACE]);
  const unread = `${kind} in version "v1" cannot be handled as a ${kind}: `;
  expect(told(await ask('POST', path, make({ name: 'p' }, wrong)))).toEqual([400, `${unread}json: cannot unmarshal string into ${field}`]);
  expect(told(await ask('POST', `${path}?fieldValidation=Strict`, make({ name: 'p' }, { foo: 1 })))).toEqual([
    400,
    `${unread}strict decoding error: unknown field "foo"`,
  ]);
  const { body } = await ask('GET', `${PODS}/p`);
  expect([body.spec.nodeName, body.metadata.deletionTimestamp]).toEqual([undefined, undefined]);
  expect((await ask('POST', path, make({ name: 'p' }))).status).toBe(201);
});

it('M4 a uid is a precondition of a subresource, and says nothing of the pod that a Binding names', async () => {
  const other = binding({ name: 'p', uid: 'another' });
  expect((await ask('POST', `${PODS}/p/binding`, other)).status).toBe(409);
  expect(told(await ask('POST', BINDINGS, binding({})))).toEqual([400, 'Name parameter required.']);
  expect((await ask('POST', BINDINGS, other)).status).toBe(201);
});
