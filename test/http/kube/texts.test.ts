import { describe, expect, it } from 'vitest';
import { readJsonText } from '../../../src/engine/apimachinery/json-text.ts';
import { readYamlBody } from '../../../src/http/kube/yaml-documents.ts';
import { resolvePlainScalar, writeYamlText } from '../../../src/http/kube/yaml-text.ts';

describe('JSON text', () => {
  it.each([
    ['', 'unexpected end of JSON input'],
    ['{"apiVersion":"v1","metadata":{"name":"x"', 'unexpected end of JSON input'],
    ['{bad', "invalid character 'b' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['{"a":1}x', "invalid character 'x' after top-level value"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['nil', "invalid character 'i' in literal null (expecting 'u')"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
  ])('D7 explains %j as Go does', (text, message) => {
    expect(readJsonText(text)).toMatchObject({ ok: false, message });
  });

  it('C11 names members that occur twice by their path', () => {
    const read = readJsonText('{"metadata":{"name":"a","name":"b"},"spec":{"containers":[{"name":"c"},{"image":"i","image":"j"}]}}');
    expect(read.ok && read.duplicates).toEqual(['metadata.name', 'spec.containers[1].image']);
  });

  it('D7 refuses nesting that no object has', () => {
    expect(readJsonText('['.repeat(600) + ']'.repeat(600))).toMatchObject({ ok: false, message: 'exceeded max depth of 500' });
  });
});

describe('YAML text', () => {
  it.each([
    ['y', true],
    ['No', false],
    ['OFF', false],
    ['on', true],
    ['~', null],
    ['null', null],
    ['010', 8],
    ['0o17', 15],
    ['0x1f', 31],
    ['1_000', 1000],
    ['-5', -5],
    ['1e3', 1000],
    ['.5', 0.5],
    ['12:30:00', '12:30:00'],
    ['2001-01-01', '2001-01-01'],
    ['yEs', 'yEs'],
    ['1.2.3', '1.2.3'],
  ])('D3 W15 resolves the plain scalar %s', (text, value) => {
    expect(resolvePlainScalar(text)).toBe(value);
  });

  it('D3 keeps quoted scalars as strings and expands anchors and merges', async () => {
    const read = await readYamlBody('base: &b {a: 1, b: "2"}\nitem:\n  <<: *b\n  a: \'yes\'\nlist: [*b]\n');
    expect(read.ok && read.value).toEqual({ base: { a: 1, b: '2' }, item: { a: 'yes', b: '2' }, list: [{ a: 1, b: '2' }] });
  });

  it('C11 reports keys that occur twice with their line', async () => {
    const read = await readYamlBody('a: 1\nb:\n  c: 1\n  c: 2\n');
    expect(read.ok && read.duplicates).toEqual(['line 4: key "c" already set in map']);
  });

  it.each([
    ['metadata: {name: [\n', /^yaml: line \d+: /],
    ['a: b: c', /^yaml: line 1: /],
    ['? [a]\n: 1', /^yaml: invalid map key/],
    ['a: *nothing', /^yaml: unknown anchor 'nothing' referenced/],
  ])('D7 refuses %j', async (text, message) => {
    const read = await readYamlBody(text);
    expect(read.ok ? '' : read.message).toMatch(message);
  });

  it('D9 refuses a bomb of aliases', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i}: &l${i} [${Array.from({ length: 10 }, () => (i === 0 ? 'x' : `*l${i - 1}`)).join(', ')}]`,
    );
    expect(await readYamlBody(levels.join('\n'))).toEqual({ ok: false, message: 'yaml: document contains excessive aliasing' });
  });

  it('D9 refuses a few aliases of a long text', async () => {
    const list = Array.from({ length: 3_000 }, () => '- *a').join('\n');
    const read = await readYamlBody(`a: &a ${'x'.repeat(500_000)}\nlist:\n${list}\n`);
    expect(read).toEqual({ ok: false, message: 'yaml: document contains excessive aliasing' });
  });

  it('D9 refuses a document that is long, or of many small parts; as JSON it may be', async () => {
    const refused = { ok: false, message: 'yaml: the document is longer than 1048576 characters, or has too many parts; send JSON' };
    expect(await readYamlBody(`- a: ${'x'.repeat(80)}\n`.repeat(15_000))).toEqual(refused);
    expect(await readYamlBody(`a: [${'1,'.repeat(300_000)}1]`)).toEqual(refused);
    const json = JSON.stringify({ a: Array.from({ length: 300_000 }, () => 1) });
    expect((await readYamlBody(json)).ok).toBe(true);
  });

  it('D2 writes sorted keys and quotes what YAML 1.1 would read as something else', () => {
    const object = {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      data: { t: 'true', n: '5', a: 'line1\nline2\n' },
      metadata: { finalizers: ['a'] },
    };
    expect(writeYamlText(object)).toBe(
      'apiVersion: v1\ndata:\n  a: |\n    line1\n    line2\n  "n": "5"\n  t: "true"\nkind: ConfigMap\nmetadata:\n  finalizers:\n  - a\n',
    );
  });
});
