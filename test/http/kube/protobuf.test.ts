import { describe, expect, it } from 'vitest';
import { decodeProtobuf } from '../../../src/http/kube/protobuf/decode.ts';
import { WireWriter } from '../../../src/http/kube/protobuf/wire.ts';

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

describe('protobuf request bodies', () => {
  it.each([
    [
      'Namespace',
      '6b3873000a0f0a02763112094e616d657370616365121c0a140a0464656d6f12001a0022002a0032003800420012001a020a001a002200',
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } },
    ],
    [
      'ConfigMap',
      '6b3873000a0f0a0276311209436f6e6669674d617012240a1a0a0363666712001a0764656661756c7422002a0032003800420012060a016b1201761a002200',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cfg', namespace: 'default' }, data: { k: 'v' } },
    ],
    [
      'SelfSubjectAccessReview',
      '6b3873000a320a17617574686f72697a6174696f6e2e6b38732e696f2f7631121753656c665375626a656374416363657373526576696577123c0a100a0012001a0022002a00320038004200121e0a1c0a0764656661756c7412036765741a0022002a04706f647332003a001a08080012001a0020001a002200',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { namespace: 'default', verb: 'get', resource: 'pods' } },
        status: { allowed: false },
      },
    ],
  ])('X5 decodes the %s of the worked example', (_kind, hex, expected) => {
    const decoded = decodeProtobuf(bytes(hex));
    expect(decoded).toEqual({ ok: true, value: expected });
  });

  it('D4 decodes quantities, ports, pointers, times and repeated fields', () => {
    const quantity = (text: string) => new WireWriter().delimited(1, text);
    const container = new WireWriter()
      .delimited(1, 'app')
      .delimited(2, 'nginx')
      .delimited(3, 'serve')
      .delimited(3, '--now')
      .delimited(8, new WireWriter().delimited(2, new WireWriter().delimited(1, 'cpu').delimited(2, quantity('100m'))))
      .delimited(
        10,
        new WireWriter().delimited(
          1,
          new WireWriter().delimited(2, new WireWriter().delimited(1, '/').delimited(2, new WireWriter().varint(1, 0).varint(2, 80))),
        ),
      );
    const pod = new WireWriter()
      .delimited(1, new WireWriter().delimited(1, 'web').delimited(8, new WireWriter().varint(1, 1735689600)))
      .delimited(2, new WireWriter().delimited(2, container).varint(4, 0));
    const type = new WireWriter().delimited(1, 'v1').delimited(2, 'Pod');
    const envelope = new WireWriter().delimited(1, type).delimited(2, pod).finish();
    const decoded = decodeProtobuf(Uint8Array.from([0x6b, 0x38, 0x73, 0, ...envelope]));
    expect(decoded).toEqual({
      ok: true,
      value: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web', creationTimestamp: '2025-01-01T00:00:00Z' },
        spec: {
          containers: [
            {
              name: 'app',
              image: 'nginx',
              command: ['serve', '--now'],
              resources: { requests: { cpu: '100m' } },
              livenessProbe: { httpGet: { path: '/', port: 80 } },
            },
          ],
          terminationGracePeriodSeconds: 0,
        },
      },
    });
  });

  it.each([
    ['nothing', ''],
    ['JSON', '7b7d'],
    ['a cut envelope', '6b3873000a0f0a0276'],
    ['an unknown kind', '6b3873000a070a02763112014e1200'],
    ['a cut message', '6b3873000a0f0a02763112094e616d65737061636512030a140a'],
  ])('D4 refuses %s without throwing', (_what, hex) => {
    expect(decodeProtobuf(bytes(hex)).ok).toBe(false);
  });

  it('D4 refuses any truncation of a valid body without throwing', () => {
    const body = bytes(
      '6b3873000a0f0a0276311209436f6e6669674d617012240a1a0a0363666712001a0764656661756c7422002a0032003800420012060a016b1201761a002200',
    );
    for (let length = 0; length < body.length; length += 1) {
      const decoded = decodeProtobuf(body.subarray(0, length));
      if (decoded.ok) expect(decoded.value['kind']).toBe('ConfigMap');
      else expect(decoded.message).not.toBe('');
    }
  });
});
