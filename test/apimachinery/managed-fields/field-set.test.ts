// Sets of fields and their text, as tables.

import { describe, expect, it } from 'vitest';
import { compareObjects } from '../../../src/engine/apimachinery/managed-fields/compare.ts';
import { configProblems, fieldsOfConfig } from '../../../src/engine/apimachinery/managed-fields/extract.ts';
import {
  decodeSet,
  EMPTY_SET,
  encodeSet,
  intersectSets,
  pathsOf,
  pathText,
  setOfPaths,
  subtractBelow,
  subtractSet,
  unionSets,
  withNamedParents,
} from '../../../src/engine/apimachinery/managed-fields/field-set.ts';
import { mergeConfig, removeFields } from '../../../src/engine/apimachinery/managed-fields/merge.ts';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { OWNERSHIP_TYPES } from '../../../src/engine/kinds/fields/ownership.ts';

const POD = 'core.v1.Pod';
const SERVICE = 'core.v1.Service';

/** A set of paths such as `spec containers k:{"name":"c"} image`; a word without prefix is a field. */
function set(...lines: string[]): ReturnType<typeof setOfPaths> {
  return setOfPaths(lines.map((line) => line.split(' ').map((word) => (/^[kvi]:/.test(word) ? word : `f:${word}`))));
}

describe('K4 sets of fields', () => {
  it('K4 writes members of inner nodes as a dot and orders names before keys before values', () => {
    const fields = set('data b', 'data a', 'data', 'list v:"y"', 'list k:{"name":"c"}', 'list zone');
    expect(JSON.stringify(encodeSet(fields))).toBe(
      '{"f:data":{".":{},"f:a":{},"f:b":{}},"f:list":{"f:zone":{},"k:{\\"name\\":\\"c\\"}":{},"v:\\"y\\"":{}}}',
    );
  });

  it.each([
    ['{"f:a":{}}', true],
    ['{"f:a":{".":{},"f:b":{}}}', true],
    ['{"k:{\\"name\\":\\"c\\"}":{".":{}}}', true],
    ['{"v:1":{}}', true],
    ['{"i:0":{}}', true],
    ['{"a":{}}', false],
    ['{"k:name":{}}', false],
    ['{"f:a":1}', false],
    ['[]', false],
  ])('K4 reads %s: %s', (text, isReadable) => {
    const decoded = decodeSet(JSON.parse(text) as JsonObject);
    expect(decoded !== undefined).toBe(isReadable);
    if (decoded !== undefined && !text.includes('".":{}}')) expect(JSON.stringify(encodeSet(decoded))).toBe(text);
  });

  it.each([
    ['union', unionSets(set('a', 'b c'), set('b', 'd')), ['.a', '.b', '.d', '.b.c']],
    ['difference', subtractSet(set('a', 'b', 'b c'), set('b')), ['.a', '.b.c']],
    ['difference with all below', subtractBelow(set('a', 'b', 'b c'), set('b')), ['.a']],
    ['intersection', intersectSets(set('a', 'b c', 'd'), set('b', 'b c', 'd')), ['.d', '.b.c']],
    ['parents', withNamedParents(set('spec ports k:{"port":80} name')), ['.spec', '.spec.ports', '.spec.ports[port=80].name']],
  ])('K4 %s', (_name, fields, expected) => {
    expect(pathsOf(fields).map(pathText)).toEqual(expected);
  });

  it.each([
    [['f:spec', 'f:containers', 'k:{"name":"c"}', 'f:image'], '.spec.containers[name="c"].image'],
    [['f:ports', 'k:{"containerPort":80,"protocol":"TCP"}'], '.ports[containerPort=80,protocol="TCP"]'],
    [['f:metadata', 'f:finalizers', 'v:"a/b"'], '.metadata.finalizers[="a/b"]'],
  ])('K6 shows %j as %s', (path, text) => {
    expect(pathText(path)).toBe(text);
  });
});

describe('K4 fields of a configuration', () => {
  it.each([
    ['scalars and maps', 'core.v1.ConfigMap', { data: { a: '1' }, binaryData: {} }, '{"f:binaryData":{},"f:data":{"f:a":{}}}'],
    [
      'keyed lists, a default key (K11)',
      POD,
      { spec: { containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] } },
      '{"f:spec":{"f:containers":{"k:{\\"name\\":\\"c\\"}":{".":{},"f:name":{},"f:ports":{"k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:containerPort":{}}}}}}}',
    ],
    ['atomic lists', POD, { spec: { tolerations: [{ key: 'a' }] } }, '{"f:spec":{"f:tolerations":{}}}'],
    ['atomic maps', POD, { spec: { nodeSelector: { a: 'b' } } }, '{"f:spec":{"f:nodeSelector":{}}}'],
    ['atomic structs', 'apps.v1.ReplicaSet', { spec: { selector: { matchLabels: { a: 'b' } } } }, '{"f:spec":{"f:selector":{}}}'],
    ['sets', POD, { metadata: { finalizers: ['a/b'] } }, '{"f:metadata":{"f:finalizers":{"v:\\"a/b\\"":{}}}}'],
    [
      'keyed items that are atomic',
      POD,
      { metadata: { ownerReferences: [{ uid: 'u', name: 'n' }] } },
      '{"f:metadata":{"f:ownerReferences":{"k:{\\"uid\\":\\"u\\"}":{}}}}',
    ],
  ])('K4 %s', (_name, type, config, expected) => {
    expect(JSON.stringify(encodeSet(fieldsOfConfig(OWNERSHIP_TYPES, type, config)))).toBe(expected);
  });

  it.each([
    ['an unknown field', { foo: 1 }, ['.foo: field not declared in schema']],
    [
      'an unknown inner field',
      { spec: { containers: [{ name: 'c', x: 1 }] } },
      ['.spec.containers[name="c"].x: field not declared in schema'],
    ],
    ['a key twice', { spec: { containers: [{ name: 'c' }, { name: 'c' }] } }, ['.spec.containers: duplicate entries for key [name="c"]']],
    [
      'an item without its key',
      { spec: { containers: [{ image: 'a' }] } },
      [
        '.spec.containers: element 0: associative list with keys has an element that omits key field "name" (and doesn\'t have default value)',
      ],
    ],
    ['nothing', { metadata: { labels: { any: 'thing' } } }, []],
  ])('K9 finds %s', (_name, config, expected) => {
    expect(configProblems(OWNERSHIP_TYPES, POD, config)).toEqual(expected);
  });
});

describe('K7 comparison', () => {
  const texts = (before: JsonObject, after: JsonObject, type = POD, ignored = EMPTY_SET): string => {
    const { added, modified, removed } = compareObjects(OWNERSHIP_TYPES, type, before, after, ignored);
    return [...pathsOf(added).map((path) => `+${pathText(path)}`), ...pathsOf(modified).map((path) => `~${pathText(path)}`)]
      .concat(pathsOf(removed).map((path) => `-${pathText(path)}`))
      .join(' ');
  };

  it.each([
    ['a new map', {}, { metadata: { labels: { a: '1' } } }, '+.metadata +.metadata.labels +.metadata.labels.a'],
    ['a changed scalar', { spec: { hostname: 'a' } }, { spec: { hostname: 'b' } }, '~.spec.hostname'],
    [
      'a lost item',
      { spec: { containers: [{ name: 'a' }, { name: 'b' }] } },
      { spec: { containers: [{ name: 'b' }] } },
      '-.spec.containers[name="a"] -.spec.containers[name="a"].name',
    ],
    [
      'another order of items',
      { spec: { containers: [{ name: 'a' }, { name: 'b' }] } },
      { spec: { containers: [{ name: 'b' }, { name: 'a' }] } },
      '',
    ],
    ['a changed atomic list', { spec: { tolerations: [] } }, { spec: { tolerations: [{ key: 'a' }] } }, '~.spec.tolerations'],
    ['an emptied map', { metadata: { labels: { a: '1' } } }, { metadata: { labels: {} } }, '-.metadata.labels.a'],
  ])('K7 %s', (_name, before, after, expected) => {
    expect(texts(before, after)).toBe(expected);
  });

  it('K7 leaves out what a write cannot change', () => {
    expect(texts({ status: { phase: 'Pending' } }, { status: { phase: 'Running' } }, POD, set('status'))).toBe('');
  });
});

describe('K5 merging and removing', () => {
  const names = (object: JsonObject): string =>
    ((object['spec'] as { containers?: { name: string }[] }).containers ?? []).map(({ name }) => name).join(' ');

  it.each([
    ['a b c', 'b', 'a b c'],
    ['a b', 'c', 'a b c'],
    ['a b', 'b a', 'b a'],
    ['a x b', 'b a', 'x b a'],
    ['', 'a b', 'a b'],
  ])('K5 items %j with %j applied are %j', (live, config, expected) => {
    const pod = (text: string): JsonObject => ({
      spec: {
        containers: text
          .split(' ')
          .filter((name) => name !== '')
          .map((name) => ({ name })),
      },
    });
    expect(names(mergeConfig(OWNERSHIP_TYPES, POD, pod(live), pod(config)))).toBe(expected);
  });

  it('K11 tells the ports of a Service apart by port and protocol', () => {
    const live = { spec: { ports: [{ port: 53, protocol: 'TCP' }] } };
    const merged = mergeConfig(OWNERSHIP_TYPES, SERVICE, live, {
      spec: {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, name: 'dns' },
        ],
      },
    });
    expect(merged).toEqual({
      spec: {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP', name: 'dns' },
        ],
      },
    });
  });

  it('K5 removes fields, items, and what they leave empty', () => {
    const object = {
      metadata: { labels: { a: '1' } },
      spec: {
        containers: [
          { name: 'a', image: 'x' },
          { name: 'b', image: 'y' },
        ],
      },
    };
    const fields = set('metadata labels a', 'spec containers k:{"name":"a"}', 'spec containers k:{"name":"b"} image');
    expect(removeFields(OWNERSHIP_TYPES, POD, object, fields)).toEqual({ spec: { containers: [{ name: 'b' }] } });
  });
});
