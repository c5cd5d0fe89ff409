// What the editor knows of manifests: mistakes, the place somebody types at, and what may stand there.

import { describe, expect, it } from 'vitest';
import { apiVersionsOf, checkYaml } from '../../src/web/editor/check-yaml.ts';
import { choicesAt } from '../../src/web/editor/complete-yaml.ts';
import type { Schemas } from '../../src/web/editor/schema.ts';
import { placeAt } from '../../src/web/editor/yaml-place.ts';

const reference = (name: string) => ({ allOf: [{ $ref: `#/components/schemas/${name}` }] });
const SCHEMAS: Schemas = {
  Deployment: {
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: reference('Meta'),
      spec: reference('Spec'),
      status: { type: 'object' },
    },
    'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }],
  },
  Meta: { type: 'object', properties: { name: { type: 'string' }, labels: { type: 'object', additionalProperties: { type: 'string' } } } },
  Spec: {
    type: 'object',
    required: ['template'],
    properties: {
      replicas: { type: 'integer', description: 'How many.' },
      paused: { type: 'boolean' },
      strategy: { type: 'string', enum: ['Recreate', 'RollingUpdate'] },
      template: { type: 'object', properties: { containers: { type: 'array', items: { $ref: '#/components/schemas/Container' } } } },
      anything: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  },
  Container: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string' },
      image: { type: 'string' },
      args: { type: 'array', items: { type: 'string' } },
      port: { type: 'string', format: 'int-or-string' },
      cpu: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity' },
    },
  },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: 'string' },
};
const HEAD = 'apiVersion: apps/v1\nkind: Deployment\n';
const lookup = (apiVersion: string) => (apiVersion === 'apps/v1' ? SCHEMAS : apiVersion === 'later/v1' ? undefined : null);

function problems(text: string): readonly string[] {
  return checkYaml(text, lookup).map(({ from, to, ...problem }) => {
    const words = Object.values(problem).filter((one) => one !== undefined);
    return `${text.slice(from, to)}: ${words.join(' ')}`;
  });
}

describe('mistakes', () => {
  it.each([
    ['nothing is wrong', `${HEAD}spec: {replicas: 1, template: {containers: [{name: a, port: 80, cpu: 1}]}}`, []],
    ['a field that is none', `${HEAD}spec: {replica: 1, template: {}}`, ['replica: unknown-field replica replicas']],
    ['a field far from any', `${HEAD}spec: {colour: red, template: {}}`, ['colour: unknown-field colour']],
    ['a field that is missing', `${HEAD}spec:\n  replicas: 1\n`, ['spec: missing template']],
    ['one that is missing in an item', `${HEAD}spec: {template: {containers: [{image: a}]}}`, ['image: missing name']],
    ['a text for a number', `${HEAD}spec: {replicas: "1", template: {}}`, ['"1": type integer']],
    ['a fraction for a whole number', `${HEAD}spec: {replicas: 1.5, template: {}}`, ['1.5: type integer']],
    ['a number for a text', `${HEAD}metadata: {labels: {a: 1}}`, ['1: type string']],
    ['a truth for a port', `${HEAD}spec: {template: {containers: [{name: a, port: true}]}}`, ['true: type int-or-string']],
    ['a word that is no choice', `${HEAD}spec: {strategy: Rolling, template: {}}`, ['Rolling: choice Recreate,RollingUpdate']],
    ['a list for fields', `${HEAD}metadata: [a]`, ['[a]: type object']],
    ['fields for a list', `${HEAD}spec: {template: {containers: {name: a}}}`, ['{name: a}: type array']],
    ['what is open takes anything', `${HEAD}spec: {anything: {deep: [1]}, template: {}}`, []],
    ['nothing is not there', `${HEAD}spec: {replicas: null, template: ~}`, []],
    ['a kind that the cluster lacks', 'apiVersion: apps/v1\nkind: Deploy\n', ['Deploy: unknown-kind Deploy apps/v1']],
    ['an apiVersion that the cluster lacks', 'apiVersion: x/v1\nkind: Deploy\n', ['x/v1: unknown-kind Deploy x/v1']],
    ['one that is not read yet', 'apiVersion: later/v1\nkind: Later\nspec: 1', []],
    ['no kind', 'metadata: {name: a}', ['metadata: missing apiVersion', 'metadata: missing kind']],
    [
      'each document',
      `${HEAD}spec: {template: {}, a: 1}\n---\n${HEAD}spec: {template: {}, b: 1}`,
      ['a: unknown-field a', 'b: unknown-field b'],
    ],
    ['an alias', `${HEAD}metadata: {labels: &same {a: b}}\nspec: {replicas: *same, template: {}}`, ['{a: b}: type integer']],
    ['nothing at all', '', []],
  ])('%s', (_name, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('what is no YAML', () => {
    expect(problems('spec: [\n')[0]).toMatch(/syntax/);
    expect(problems('a: 1\na: 2')[0]).toMatch(/syntax Map keys must be unique/);
  });

  it('says which apiVersions there are', () => {
    expect(apiVersionsOf(`${HEAD}---\napiVersion: v1\n---\n- 1\n---\n${HEAD}`)).toEqual(['apps/v1', 'v1']);
  });
});

/** The text with a bar where somebody types. */
function placeIn(text: string) {
  return placeAt(text.replace('|', ''), text.indexOf('|'));
}

describe('the place', () => {
  it.each([
    ['at the top', `${HEAD}sp|`, ''],
    ['below a field', `${HEAD}spec:\n  re|`, 'spec'],
    ['on an empty line', `${HEAD}spec:\n  replicas: 1\n  |`, 'spec'],
    ['in an item', `${HEAD}spec:\n  template:\n    containers:\n      - name: a\n        im|`, 'spec template containers []'],
    ['at the start of an item', `${HEAD}spec:\n  template:\n    containers:\n      - na|`, 'spec template containers []'],
    ['in an item that is not indented', `${HEAD}spec:\n  containers:\n  - name: a\n    im|`, 'spec containers []'],
    ['below an item', `a:\n  - b:\n      - c: 1\n        d: 2\n    |`, 'a []'],
    ['deep in an item', `a:\n  - b:\n      - c: 1\n        |`, 'a [] b []'],
    ['in a list of lists', `a:\n  - - b: 1\n      |`, 'a [] []'],
    ['behind comments and blanks', `a:\n  # b:\n\n  |`, 'a'],
    ['in the second document', `a:\n  b: 1\n---\nc:\n  |`, 'c'],
  ])('%s', (_name, text, path) => {
    expect(placeIn(text)?.path.join(' ')).toBe(path);
  });

  it('knows what stands beside', () => {
    const text = `${HEAD}spec:\n  template:\n    containers:\n      - name: a\n        i|\n        args: []\n      - port: 1\n  paused: true`;
    expect([...(placeIn(text)?.beside ?? [])]).toEqual(['name', 'args']);
  });

  it('is none inside of a flow or a text', () => {
    expect(placeIn('a: {b|')).toBeUndefined();
    expect(placeIn('a: some words|')).toBeUndefined();
  });
});

const KINDS = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'v1', kind: 'Pod' },
];

function choices(text: string): readonly string[] {
  const place = placeIn(text);
  return place === undefined ? [] : choicesAt(place, SCHEMAS, KINDS).map((choice) => JSON.stringify(choice.text).slice(1, -1));
}

describe('choices', () => {
  it.each([
    [
      'fields, what is required first',
      `${HEAD}spec:\n  |`,
      ['template:\\n    ', 'anything:\\n    ', 'paused: ', 'replicas: ', 'strategy: '],
    ],
    [
      'fields that are not there yet',
      `${HEAD}spec:\n  template:\n    containers:\n      - name: a\n        |`,
      ['args:\\n          - ', 'cpu: ', 'image: ', 'port: '],
    ],
    ['values', `${HEAD}spec:\n  strategy: R|`, ['Recreate', 'RollingUpdate']],
    ['truths', `${HEAD}spec:\n  paused: |`, ['true', 'false']],
    ['nothing for what is free', `${HEAD}metadata:\n  name: |`, []],
    ['apiVersions', 'apiVersion: |', ['apps/v1', 'v1']],
    ['kinds of an apiVersion', 'apiVersion: v1\nkind: |', ['Pod']],
    ['apiVersions of a kind', 'apiVersion: |\nkind: Deployment', ['apps/v1']],
    ['what every object has', '|', ['apiVersion: ', 'kind: ', 'metadata: ', 'spec: ']],
    ['no status, which the cluster writes', `${HEAD}|`, ['metadata:\\n  ', 'spec:\\n  ']],
  ])('%s', (_name, text, expected) => {
    expect(choices(text)).toEqual(expected);
  });
});
