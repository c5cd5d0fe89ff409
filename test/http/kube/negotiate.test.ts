import { describe, expect, it } from 'vitest';
import { negotiateFormat } from '../../../src/http/kube/negotiate.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

function formatOf(accept: string | undefined, isWatch = false): string {
  const format = negotiateFormat(accept, { isWatch, isCollection: true, hasProtobuf: true });
  if (!format.ok) return `${format.status.code} ${format.status.message}`;
  const { encoding, shape, shapeVersion, isEventStream } = format.value;
  return `${encoding} ${shape}${shape === 'object' ? '' : ` ${shapeVersion}`}${isEventStream ? ' event-stream' : ''}`;
}

describe('content negotiation', () => {
  it.each([
    [undefined, 'json object'],
    ['', 'json object'],
    ['*/*', 'json object'],
    ['application/*', 'json object'],
    ['application/json, */*', 'json object'],
    ['application/vnd.kubernetes.protobuf,application/json', 'json object'],
    ['application/vnd.kubernetes.protobuf, */*', 'json object'],
    ['text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'json object'],
    ['application/yaml', 'yaml object'],
    ['application/json;q=0.5,application/yaml', 'yaml object'],
    [TABLE, 'json table v1'],
    ['application/json;g=meta.k8s.io;v=v1beta1;as=Table', 'json table v1beta1'],
    ['application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json', 'json object'],
    ['application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1', 'json metadata v1'],
    ['application/vnd.kubernetes.protobuf', 'protobuf object'],
    ['application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1', 'protobuf metadata v1'],
    ['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1', 'json metadata-list v1'],
  ])('D1 D5 D6 answers Accept %j with %s', (accept, expected) => {
    expect(formatOf(accept)).toBe(expected);
  });

  it.each([
    ['application/json;stream=watch', 'json object'],
    ['text/event-stream', 'json object event-stream'],
    [TABLE, 'json table v1'],
    ['application/vnd.kubernetes.protobuf;stream=watch', 'protobuf object'],
  ])('H1 answers a watch with Accept %j with %s', (accept, expected) => {
    expect(formatOf(accept, true)).toBe(expected);
  });

  it.each([
    ['text/html', /^406 406: Not Acceptable\n\nAvailable representations: application\/json, .*stream=watch$/s],
    ['text/event-stream', /^406 406: Not Acceptable/],
    [
      'application/json;as=Table;v=v9;g=meta.k8s.io',
      /^406 only the following media types are accepted: application\/json, application\/yaml, /,
    ],
    ['application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io', /^406 only the following media types/],
    ['application/cbor', /^406 406: Not Acceptable/],
  ])('D2 refuses Accept %j', (accept, expected) => {
    expect(formatOf(accept)).toMatch(expected);
  });

  it('D2 has no YAML form of a watch', () => {
    expect(formatOf('application/yaml', true)).toBe(
      '406 only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
    );
  });

  it('D2 custom resources have no protobuf form', () => {
    const format = negotiateFormat('application/vnd.kubernetes.protobuf', { isWatch: false, isCollection: false, hasProtobuf: false });
    expect(format.ok ? '' : format.status.message).toMatch(/^only the following media types/);
  });
});
