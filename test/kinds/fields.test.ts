// The one table of types: what Go's structs and protobuf say of every field stands beside what the documents say.

import { describe, expect, it } from 'vitest';
import { fieldsOf, filledFieldsOf, isAtomicType, typeNames, zeroesOf } from '../../src/engine/kinds/fields/index.ts';
import { OWNERSHIP_TYPES } from '../../src/engine/kinds/fields/ownership.ts';
import { KINDS } from '../../src/engine/kinds/index.ts';
import { layoutOf, messageName } from '../../src/http/kube/protobuf/layout.ts';

/** Types of a kind, those of its fields included. */
function typesOf(type: string, seen = new Set<string>()): ReadonlySet<string> {
  const bare = type.replace(/^(?:\[\]|map:)+/, '');
  const fields = fieldsOf(bare);
  if (fields === undefined || seen.has(bare)) return seen;
  seen.add(bare);
  for (const field of fields.values()) typesOf(field.type, seen);
  return seen;
}

describe('fields', () => {
  it('D4 all have a number in protobuf, in every type that is stored', () => {
    const without = KINDS.flatMap((kind) =>
      [...typesOf(kind.schema)].flatMap((type) =>
        [...(fieldsOf(type)?.values() ?? [])]
          .filter(({ name, numbers }) => numbers.length === 0 && name !== 'kind' && name !== 'apiVersion')
          .map(({ name }) => `${type}.${name}`),
      ),
    );
    expect(without).toEqual([]);
  });

  it('D4 have numbers that are unique in their message', () => {
    const twice = typeNames().filter((type) => {
      const paths = [...(fieldsOf(type)?.values() ?? [])].flatMap(({ numbers }) => (numbers.length === 0 ? [] : [numbers.join('.')]));
      return new Set(paths).size !== paths.length;
    });
    expect(twice).toEqual([]);
  });

  it('D4 of inlined structs lie in a message of their own', () => {
    const rules = fieldsOf('admissionregistration.v1.NamedRuleWithOperations');
    expect(['resourceNames', 'operations', 'resources'].map((name) => rules?.get(name)?.numbers)).toEqual([[1], [2, 1], [2, 2, 3]]);
    expect([...layoutOf('core.v1.Probe').keys()]).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('D4.3 messages are found by the group up to its first dot, options in every group, nothing else', () => {
    const names = [
      ['v1', 'Pod'],
      ['apiregistration.k8s.io/v1', 'APIService'],
      ['apps/v1', 'DeleteOptions'],
      ['v1', 'APIResourceList'],
      ['v1', '__proto__'],
    ].map(([apiVersion = '', kind = '']) => messageName(apiVersion, kind));
    expect(names).toEqual(['core.v1.Pod', 'aggregator.apiregistration.v1.APIService', 'meta.v1.DeleteOptions', undefined, undefined]);
  });

  it('C11 that a body leaves out are filled in where Go has no pointer', () => {
    expect(filledFieldsOf('apps.v1.DeploymentSpec').map(({ name }) => name)).toEqual(['template']);
    expect(zeroesOf('networking.v1.HTTPIngressPath')).toEqual([]);
    expect(zeroesOf('core.v1.ContainerPort')).toEqual([['containerPort', 0]]);
  });

  it('K4 K11 say what ownership asks: atomic types, structs, what is written when empty, defaults of keys', () => {
    expect([isAtomicType('core.v1.NodeSelector'), isAtomicType('core.v1.NodeAffinity')]).toEqual([true, false]);
    const { isPlainStruct, isAlwaysWritten, keyDefault } = OWNERSHIP_TYPES;
    expect([isPlainStruct('apps.v1.DeploymentSpec', 'strategy'), isPlainStruct('apps.v1.DeploymentSpec', 'selector')]).toEqual([
      true,
      false,
    ]);
    expect(['creationTimestamp', 'deletionTimestamp', 'name'].map((name) => isAlwaysWritten('meta.v1.ObjectMeta', name))).toEqual([
      true,
      false,
      false,
    ]);
    expect([isAlwaysWritten('apps.v1.DeploymentSpec', 'selector'), isAlwaysWritten('core.v1.Pod', 'kind')]).toEqual([true, false]);
    expect([keyDefault('core.v1.ServicePort', 'protocol'), keyDefault('core.v1.ServicePort', 'port')]).toEqual(['TCP', undefined]);
  });
});
