import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/engine/apimachinery/status.ts';
import { decodeObject, decodePatch, objectTypeOf, patchTypeOf } from '../../../src/http/kube/decode.ts';
import { parseDeleteOptions } from '../../../src/http/kube/delete-options.ts';
import { parseRevision } from '../../../src/engine/apiserver/read/list-options.ts';
import { parseListQuery, parseWriteOptions } from '../../../src/http/kube/query.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const show = (result: Result<unknown>) => (result.ok ? JSON.stringify(result.value) : `${result.status.code} ${result.status.message}`);

describe('write options', () => {
  it.each([
    ['', '{}'],
    [
      'dryRun=All&fieldManager=kubectl-create&fieldValidation=Strict&timeout=32s',
      '{"dryRun":true,"fieldManager":"kubectl-create","fieldValidation":"Strict"}',
    ],
    ['dryRun=', '{}'],
    ['dryRun=Foo', '422 CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: []string{"Foo"}: supported values: "All"'],
    [
      'fieldValidation=Foo',
      '422 CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Foo": supported values: "", "Ignore", "Strict", "Warn"',
    ],
    [
      `fieldManager=${'m'.repeat(129)}`,
      '422 CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    ],
  ])('A5 E5 reads %j of a create', (query, expected) => {
    expect(show(parseWriteOptions(new URLSearchParams(query), 'create'))).toBe(expected);
  });

  it('K2 wants a manager for apply and force for nothing else', () => {
    const patch = (query: string, type: 'apply' | 'merge') => show(parseWriteOptions(new URLSearchParams(query), 'patch', type));
    expect(patch('', 'apply')).toBe(
      '422 PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
    expect(patch('force=true', 'merge')).toBe(
      '422 PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
    expect(patch('fieldManager=a&force=true', 'apply')).toBe('{"fieldManager":"a","force":true}');
  });
});

describe('list and watch options', () => {
  const list = (query: string) => show(parseListQuery(new URLSearchParams(query)));

  it.each([
    ['limit=abc', '400 strconv.ParseInt: parsing "abc": invalid syntax'],
    ['timeoutSeconds=abc', '400 strconv.ParseInt: parsing "abc": invalid syntax'],
    [
      'resourceVersionMatch=Exact',
      '422 ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      'resourceVersion=0&resourceVersionMatch=Exact',
      '422 ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    ],
    [
      'watch=1&resourceVersion=1&resourceVersionMatch=NotOlderThan',
      '422 ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
    [
      'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
      '422 ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    ],
  ])('G7 H7 H8 refuses %j', (query, expected) => {
    expect(list(query)).toBe(expected);
  });

  it.each([
    ['watch=true', true],
    ['watch=1', true],
    ['watch', true],
    ['watch=maybe', true],
    ['watch=false', false],
    ['watch=0', false],
    ['', false],
  ])('H1 takes %j for a watch: %s', (query, isWatch) => {
    const read = parseListQuery(new URLSearchParams(query));
    expect(read.ok && read.value.isWatch).toBe(isWatch);
  });

  it('G7 H3 words a bad revision for lists and for watches', () => {
    expect(show(parseRevision('abc', false))).toBe(
      '400 invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    );
    const watch = parseRevision('abc', true);
    expect(show(watch)).toBe('500 resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax');
    expect(watch.ok || 'reason' in watch.status).toBe(false);
    expect(show(parseRevision('7', true))).toBe('7');
  });
});

describe('delete options', () => {
  const read = async (body: string, query = '', type: string | null = 'application/json') =>
    show(await parseDeleteOptions(encode(body), type, new URLSearchParams(query)));

  it.each([
    ['', '', '{}'],
    ['', 'gracePeriodSeconds=5&propagationPolicy=Orphan&dryRun=All', '{"gracePeriodSeconds":5,"propagationPolicy":"Orphan","dryRun":true}'],
    ['', 'orphanDependents=false', '{"propagationPolicy":"Background","orphanDependents":false}'],
    ['{"propagationPolicy":"Background","gracePeriodSeconds":0}', '', '{"gracePeriodSeconds":0,"propagationPolicy":"Background"}'],
    ['{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"u"}}', '', '{"preconditions":{"uid":"u"}}'],
    ['{"dryRun":["All"]}', '', '{"dryRun":true}'],
    [
      '{"orphanDependents":true,"propagationPolicy":"Foreground"}',
      '',
      '422 DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Foreground": orphanDependents and deletionPropagation cannot be both set',
    ],
    [
      '',
      'propagationPolicy=Foo',
      '422 DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Foo": supported values: "Foreground", "Background", "Orphan", "nil"',
    ],
    [
      '{"gracePeriodSeconds":"x"}',
      '',
      /^400 .*cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64$/,
    ],
    ['{bad', '', /^400 the object provided is unrecognized \(must be of type DeleteOptions\)/],
  ])('L1 L2 reads body %j and query %j', async (body, query, expected) => {
    if (typeof expected === 'string') expect(await read(body, query)).toBe(expected);
    else expect(await read(body, query)).toMatch(expected);
  });
});

describe('bodies', () => {
  it.each([
    ['', "couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)"],
    [
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"',
      'couldn\'t get version/kind; json parse error: unexpected end of JSON input ({"apiVersion":"v1","kind":"Pod ...)',
    ],
    [
      '[1,2]',
      'couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b312c325d)',
    ],
  ])('D7 refuses the JSON body %j', async (body, expected) => {
    expect(show(await decodeObject(encode(body), 'application/json', 'Pod'))).toBe(
      `400 the object provided is unrecognized (must be of type Pod): ${expected}`,
    );
  });

  it('D7 summarises a YAML body by its bytes', async () => {
    const body = 'apiVersion: v1\nkind: Pod\nmetadata: {name: [\n';
    expect(show(await decodeObject(encode(body), 'application/yaml', 'Pod'))).toMatch(
      /^400 the object provided is unrecognized \(must be of type Pod\): yaml: line \d+: .* \(61706956657273696f6e3a2076310a6b696e643a20506f640a6d65746164 \.\.\.\)$/,
    );
  });

  it('D3 J1 refuses other content types', () => {
    expect(show(objectTypeOf('text/plain'))).toBe(
      '415 the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
    expect(show(objectTypeOf('application/json; charset=utf-8'))).toBe('"application/json"');
    expect(show(patchTypeOf('application/json'))).toMatch(/^415 .*application\/json-patch\+json, application\/merge-patch\+json, /);
    expect(show(patchTypeOf('toString'))).toMatch(/^415/);
  });

  it('J1 words a malformed patch by its type', async () => {
    expect(show(await decodePatch(encode('{bad'), 'strategic'))).toBe(
      "400 invalid character 'b' looking for beginning of object key string",
    );
    expect(show(await decodePatch(encode('{bad'), 'merge'))).toBe(
      "400 error decoding patch: invalid character 'b' looking for beginning of object key string",
    );
    expect(show(await decodePatch(encode('a: [\n'), 'apply'))).toMatch(
      /^400 error decoding YAML: error converting YAML to JSON: yaml: line/,
    );
  });
});
