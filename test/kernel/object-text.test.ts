// What is read in the text of an object is what its encoder knows of it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMetadata, readObjectText } from '../../src/engine/kernel/object-text.ts';
import { encodeObject, type KernelObject } from '../../src/engine/kernel/stored-object.ts';

const object = (metadata: object, rest: object = {}): KernelObject =>
  ({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'a', uid: 'u', resourceVersion: '0', ...metadata }, ...rest }) as KernelObject;

function expectRead(given: KernelObject): void {
  const { stored, members } = encodeObject(given, undefined, [], 17);
  const { name, namespace } = given.metadata;
  expect(readObjectText(stored.json)).toMatchObject({ name, namespace, hashes: members.map(({ hash }) => hash) });
  expect(readMetadata(stored.json)).toEqual(JSON.parse(stored.json).metadata);
}

describe('the text of an object', () => {
  it.each([
    ['without a namespace', object({})],
    ['with members called like others', object({ namespace: 'b', labels: { name: 'x', resourceVersion: '5', namespace: 'y' } })],
    ['with its text in an annotation', object({ annotations: { last: '{"metadata":{"name":"x","resourceVersion":"3"}}\n' } })],
    ['with backslashes before quotation marks', object({ annotations: { a: '\\', b: '\\"', c: '\\\\"}' } }, { data: { d: '"\\' } })],
    ['with empty and nested members', object({ labels: {} }, { spec: {}, list: [], deep: [[{}], { a: [1, '}', ']'] }] })],
    ['with metadata in other places', object({}, { spec: { template: { metadata: { name: 'x', resourceVersion: '9' } } }, name: 'no' })],
  ])('%s', (_, given) => expectRead(given));

  it('whatever it says', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (labels, spec) => expectRead(object({ labels }, { spec }))),
    );
  });
});
