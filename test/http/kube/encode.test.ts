import { describe, expect, it } from 'vitest';
import type { JsonObject, KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import { warningHeader } from '../../../src/http/kube/answer.ts';
import { answerList, answerObject, type View } from '../../../src/http/kube/answer-object.ts';
import { encodedObject, type EncodedObject } from '../../../src/engine/apiserver/read/encoded-object.ts';
import { listBody } from '../../../src/http/kube/encode.ts';
import { encodeListBody, type ListBody } from '../../../src/http/kube/list-body.ts';
import { encodeProtobuf } from '../../../src/http/kube/protobuf/encode.ts';
import { writeYamlText } from '../../../src/http/kube/yaml-text.ts';
import { finish } from '../../../src/engine/cluster/index.ts';
import { type Format, PLAIN_JSON, type Shape } from '../../../src/http/kube/negotiate.ts';
import { encodeBookmark, encodeErrorEvent, encodeEvent } from '../../../src/http/kube/watch-encode.ts';
import { expired } from '../../../src/engine/apimachinery/status.ts';
import { plainKind } from './kinds.ts';

const kind = plainKind({
  kind: 'Pod',
  plural: 'pods',
  columns: [
    { name: 'Name', type: 'string', format: 'name', description: 'n', priority: 0 },
    { name: 'Age', type: 'string', format: '', description: 'a', priority: 0 },
  ],
  cells: (object, nowMs) => [object.metadata.name, `${(nowMs - Date.UTC(2025, 0)) / 1000}s`],
  rowConditions: (object) => (object.metadata.name === 'done' ? [{ type: 'Completed', status: 'True' }] : []),
});
const NOW_MS = Date.UTC(2025, 0, 1, 0, 0, 9);

function pod(name: string): KubeObject {
  const metadata = { name, namespace: 'default', uid: `uid-${name}`, resourceVersion: '7', creationTimestamp: '2025-01-01T00:00:00Z' };
  return { kind: 'Pod', apiVersion: 'v1', metadata, spec: { nodeName: 'n' } };
}

function viewOf(shape: Shape, includeObject: string | null = null, format: Partial<Format> = {}): View {
  return { kind, format: { ...PLAIN_JSON, shape, ...format }, includeObject, nowMs: NOW_MS };
}

const bodyOf = async (response: Response | Promise<Response>) => (await (await response).json()) as Record<string, unknown>;
const META = { resourceVersion: '9' };
const jsonOf = (list: ListBody<EncodedObject>) => finish(encodeListBody(list, 'json')).body as string;

describe('lists', () => {
  it('D8 glues items without kind and apiVersion', () => {
    const text = jsonOf(listBody({ kind: 'Pod', apiVersion: 'v1' }, [encodedObject(pod('a')), encodedObject(pod('b'))], META));
    const { kind: _kind, apiVersion: _apiVersion, ...item } = pod('b');
    expect(JSON.parse(text)).toEqual({
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '9' },
      items: [expect.objectContaining({ spec: { nodeName: 'n' } }), item],
    });
    expect(jsonOf(listBody({ kind: 'Pod', apiVersion: 'v1' }, [], META))).toContain('"items":[]');
  });

  it('D8 does so whatever the order of members', () => {
    const { kind: _kind, apiVersion: _apiVersion, ...item } = pod('a');
    const text = jsonOf(listBody({ kind: 'Pod', apiVersion: 'v1' }, [encodedObject({ ...item, kind: 'Pod', apiVersion: 'v1' })], META));
    expect(JSON.parse(text).items).toEqual([item]);
  });

  it.each(['json', 'yaml', 'protobuf'] as const)('are encoded as %s an item a step, as they would be in one piece', (encoding) => {
    const folded = { ...pod('b'), spec: { nodeName: 'many words '.repeat(20), tolerations: [{ key: 'a: #', operator: 'Exists' }] } };
    for (const members of [[], [pod('a')], [pod('a'), folded as KubeObject, pod('c')]]) {
      const list = listBody({ kind: 'Pod', apiVersion: 'v1' }, members.map(encodedObject), META);
      const whole = JSON.parse(jsonOf(list)) as JsonObject;
      const steps = encodeListBody(list, encoding);
      let count = 0;
      let step = steps.next();
      for (; step.done !== true; step = steps.next()) count += 1;
      expect(count).toBe(members.length);
      const expected = { json: JSON.stringify(whole), yaml: writeYamlText(whole), protobuf: encodeProtobuf(whole) }[encoding];
      expect(step.value).toEqual({ encoding, body: expected });
    }
  });

  it('D6 reduces to metadata, and refuses the form of one object', async () => {
    const answer = await bodyOf(answerList(viewOf('metadata-list'), [encodedObject(pod('a'))], META));
    expect(answer).toEqual({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '9' },
      items: [{ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: pod('a').metadata }],
    });
    const refused = await answerList(viewOf('metadata'), [], META);
    expect(refused.status).toBe(406);
    expect((await bodyOf(refused))['message']).toBe(
      'you requested PartialObjectMetadata, but the requested object is a list (*core.PodList)',
    );
  });
});

describe('tables', () => {
  it('N1 N3 N4 shows one object as a row with its metadata', async () => {
    expect(await bodyOf(answerObject(viewOf('table'), encodedObject(pod('a'))))).toEqual({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '7' },
      columnDefinitions: kind.columns,
      rows: [{ cells: ['a', '9s'], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: pod('a').metadata } }],
    });
  });

  it.each([
    ['None', null],
    ['Object', pod('done')],
  ])('N3 includes %s', async (include, object) => {
    const { rows } = await bodyOf(answerList(viewOf('table', include), [encodedObject(pod('done'))], META));
    expect(rows).toEqual([{ cells: ['done', '9s'], conditions: [{ type: 'Completed', status: 'True' }], object }]);
  });

  it('N2 shows an empty list as a table without rows', async () => {
    expect(await bodyOf(answerList(viewOf('table'), [], META))).toMatchObject({ rows: [] });
  });

  it('N3 refuses another includeObject', async () => {
    const refused = await answerObject(viewOf('table', 'Foo'), encodedObject(pod('a')));
    expect(refused.status).toBe(400);
    expect((await bodyOf(refused))['message']).toBe(
      `Unable to convert to Table as requested: includeObject: Invalid value: "Foo": must be 'Metadata', 'Object', 'None', or empty`,
    );
  });

  it('N4 leaves a Status as it is', async () => {
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
    expect(await bodyOf(answerObject(viewOf('table'), encodedObject(status as unknown as KubeObject)))).toEqual(status);
  });
});

describe('watch events', () => {
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const event = { type: 'ADDED', ...encodedObject(pod('a')), timeMs: NOW_MS } as const;

  it('H1 is one line of JSON', () => {
    const line = decode(encodeEvent({ kind, format: PLAIN_JSON, include: 'Metadata' }, event, true));
    expect(line.endsWith('\n')).toBe(true);
    expect(JSON.parse(line)).toEqual({ type: 'ADDED', object: pod('a') });
  });

  it('H10 carries columns only in the first table', () => {
    const form = { kind, format: { ...PLAIN_JSON, shape: 'table' }, include: 'None' } as const;
    expect(JSON.parse(decode(encodeEvent(form, event, true))).object.columnDefinitions).toEqual(kind.columns);
    const later = JSON.parse(decode(encodeEvent(form, event, false))).object;
    expect(later).toEqual({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '7' },
      columnDefinitions: null,
      rows: [{ cells: ['a', '9s'], object: null }],
    });
  });

  it('H1 is a server-sent event when asked for', () => {
    const form = { kind, format: { ...PLAIN_JSON, isEventStream: true }, include: 'Metadata' } as const;
    const [id, name, data, blank, end] = decode(encodeEvent(form, event, true)).split('\n');
    expect([id, name, blank, end]).toEqual(['id: 7', 'event: ADDED', '', '']);
    expect(JSON.parse(data?.replace(/^data: /, '') ?? '')).toMatchObject({ type: 'ADDED', object: pod('a') });
  });

  it('H3 H6 H10 keeps bookmarks and errors what they are in every form', () => {
    const form = { kind, format: { ...PLAIN_JSON, shape: 'metadata' }, include: 'Metadata' } as const;
    expect(JSON.parse(decode(encodeBookmark(form, 12, NOW_MS)))).toEqual({
      type: 'BOOKMARK',
      object: { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: '12', creationTimestamp: null } },
    });
    const status = expired('too old resource version: 1 (2)');
    expect(JSON.parse(decode(encodeErrorEvent(form, status, NOW_MS)))).toEqual({ type: 'ERROR', object: status });
  });
});

describe('headers', () => {
  it('A8 quotes warnings and joins them', () => {
    expect(warningHeader(['unknown field "spec.foo"', 'back\\slash'])).toBe('299 - "unknown field \\"spec.foo\\"", 299 - "back\\\\slash"');
  });

  it('A8 sends any text without breaking the header', () => {
    const header = warningHeader(['日本\n語']);
    expect(new Headers({ Warning: header }).get('warning')).toBe(header);
    expect(Buffer.from(header, 'latin1').toString('utf8')).toBe('299 - "日本 語"');
  });
});
