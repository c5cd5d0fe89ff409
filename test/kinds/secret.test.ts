// The kind Secret: defaults, validation, columns.

import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeBytes, encodeBase64 } from '../../src/engine/apimachinery/base64.ts';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { secretKind } from '../../src/engine/kinds/secret/index.ts';
import type { Secret } from '../../src/engine/kinds/secret/types.ts';
import { createTestCluster } from '../support/engine.ts';

const secret = (fields: object = {}): JsonObject =>
  ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, ...fields }) as unknown as JsonObject;

const messageOf = (body: JsonObject): string | undefined =>
  createTestCluster().refusal({ verb: 'create', resource: 'secrets', namespace: 'default', body, options: {} })?.message;

describe('Secret', () => {
  it('O13 type Opaque, stringData over data', () => {
    const stored = createTestCluster().create<Secret>(secret({ data: { a: 'MQ==', b: 'Mg==' }, stringData: { b: 'zwei', c: 'ü' } }));
    expect(stored.type).toBe('Opaque');
    expect(stored.stringData).toBeUndefined();
    expect(Object.entries(stored.data ?? {}).map(([key, value]) => `${key}=${decodeBase64(value)}`)).toEqual(['a=1', 'b=zwei', 'c=ü']);
  });

  it('N8, G5 columns and the field type', () => {
    const cluster = createTestCluster();
    const stored = cluster.create<Secret>(secret({ type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'x', 'tls.key': 'y' } }));
    expect(secretKind.cells(stored, cluster.state.nowMs + 61_000)).toEqual(['s', 'kubernetes.io/tls', 2, '61s']);
    expect(secretKind.selectableFields?.(stored)).toEqual({ type: 'kubernetes.io/tls' });
  });

  it.each<[string, object, string]>([
    ['a bad key', { stringData: { 'a b': 'x' } }, 'data[a b]: Invalid value: "a b": a valid config key must consist of'],
    ['tls', { type: 'kubernetes.io/tls', data: {} }, '[data[tls.crt]: Required value, data[tls.key]: Required value]'],
    ['basic-auth', { type: 'kubernetes.io/basic-auth' }, '[data[username]: Required value, data[password]: Required value]'],
    ['ssh-auth', { type: 'kubernetes.io/ssh-auth', stringData: { 'ssh-privatekey': '' } }, 'data[ssh-privatekey]: Required value'],
    ['docker', { type: 'kubernetes.io/dockerconfigjson' }, 'data[.dockerconfigjson]: Required value'],
    [
      'docker without JSON',
      { type: 'kubernetes.io/dockercfg', stringData: { '.dockercfg': '' } },
      'data[.dockercfg]: Invalid value: "<secret contents redacted>": unexpected end of JSON input',
    ],
    [
      'account token',
      { type: 'kubernetes.io/service-account-token' },
      'metadata.annotations[kubernetes.io/service-account.name]: Required value',
    ],
    ['too much', { data: { a: 'AAAA'.repeat(349_526) } }, 'data: Too long: may not be more than 1048576 bytes'],
  ])('P10, D9 refuses %s', (_name, fields, text) => {
    expect(messageOf(secret(fields))).toContain(`Secret "s" is invalid: ${text}`);
  });

  it.each([
    ['a', 0],
    ['MQ', 0],
    ['MQ=', 3],
    ['M*==', 1],
    ['MQ==M', 4],
  ])('C15 refuses data %s', (text, at) => {
    expect(messageOf(secret({ data: { a: text } }))).toBe(
      `Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte ${at}`,
    );
  });

  it('I9 an immutable secret and the type stay as they are', () => {
    const cluster = createTestCluster();
    cluster.create(secret({ immutable: true, stringData: { a: '1' } }));
    const change = (body: object): string | undefined => {
      const target = { resource: 'secrets', namespace: 'default', name: 's' };
      return cluster.refusal({ verb: 'patch', ...target, patchType: 'merge', body: body as JsonObject, options: {} })?.message;
    };
    const text = 'Forbidden: field is immutable when `immutable` is set';
    expect(change({ stringData: { a: '2' } })).toBe(`Secret "s" is invalid: data: ${text}`);
    expect(change({ immutable: false })).toBe(`Secret "s" is invalid: immutable: ${text}`);
    expect(change({ type: 'x' })).toBe('Secret "s" is invalid: type: Invalid value: "x": field is immutable');
    expect(change({ metadata: { labels: { a: 'b' } } })).toBeUndefined();
  });
});

describe('base64', () => {
  it.each(['', 'a', 'ab', 'abc', 'grün', '€', '😀', 'line\n'])('O13 there and back: %j', (text) => {
    expect(encodeBase64(text)).toBe(Buffer.from(text, 'utf8').toString('base64'));
    expect(decodeBase64(encodeBase64(text))).toBe(text);
  });

  it('O13 line breaks are skipped, bytes that are no text replaced', () => {
    expect(decodeBytes('YWJj\nZA==\n')).toEqual({ ok: true, bytes: [97, 98, 99, 100] });
    expect(decodeBase64('/w==')).toBe('\uFFFD');
  });
});
