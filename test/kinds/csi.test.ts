// CSIDriver, CSINode, CSIStorageCapacity and VolumeAttachment: what is filled in, shown and refused.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { createTestCluster } from '../support/engine.ts';
import { changeRefusal, objectOf, refusalOf, rowOf, storedForm } from '../support/kind-cases.ts';

const STORAGE = 'storage.k8s.io/v1';
const driver = (spec: object = {}): JsonObject => objectOf(STORAGE, 'CSIDriver', { spec });
const node = (...drivers: object[]): JsonObject => objectOf(STORAGE, 'CSINode', { spec: { drivers } });
const capacity = (fields: object = {}): JsonObject => objectOf(STORAGE, 'CSIStorageCapacity', { storageClassName: 'standard', ...fields });
const attachment = (spec: object = {}): JsonObject =>
  objectOf(STORAGE, 'VolumeAttachment', { spec: { attacher: 'a.b', nodeName: 'node-1', source: { persistentVolumeName: 'p' }, ...spec } });

const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const QUALIFIED =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LONG = 'a'.repeat(64);

describe('kinds of storage drivers', () => {
  it('O14 a driver gets its defaults, and nothing that a gate keeps off', () => {
    expect(storedForm(driver({ nodeAllocatableUpdatePeriodSeconds: 20 }))['spec']).toEqual({
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: ['Persistent'],
      requiresRepublish: false,
      seLinuxMount: false,
    });
  });

  it('I6 the status of an attachment has a write of its own', () => {
    const cluster = createTestCluster();
    const made = cluster.create({ ...attachment(), status: { attached: true } } as JsonObject);
    expect(made['status']).toEqual({ attached: false });
    const target = { resource: 'volumeattachments.storage.k8s.io', name: 'x', options: {} };
    const status = { attached: true, attachError: { message: 'm', errorCode: 3 } };
    const body = { ...made, spec: {}, status } as unknown as JsonObject;
    const written = cluster.accept({ verb: 'update', ...target, subresource: 'status', body });
    expect(written).toMatchObject({ spec: made['spec'], status: { attached: true, attachError: { message: 'm' } } });
    expect(JSON.stringify(written['status'])).not.toContain('errorCode');
  });

  it.each<[string, JsonObject, string]>([
    [
      'a driver',
      driver({ tokenRequests: [{ audience: 'a' }, { audience: 'b' }], volumeLifecycleModes: ['Persistent', 'Ephemeral'] }),
      'Name=x AttachRequired=true PodInfoOnMount=false StorageCapacity=false TokenRequests=a,b RequiresRepublish=false Modes=Persistent,Ephemeral',
    ],
    [
      'a driver that says nothing',
      driver(),
      'Name=x AttachRequired=true PodInfoOnMount=false StorageCapacity=false TokenRequests=<unset> RequiresRepublish=false Modes=Persistent',
    ],
    ['a node', node({ name: 'a.b', nodeID: 'n' }), 'Name=x Drivers=1'],
    ['a node without drivers', objectOf(STORAGE, 'CSINode', { spec: { drivers: null } }), 'Name=x Drivers=0'],
    ['a capacity', capacity({ capacity: '1024Mi' }), 'Name=x StorageClassName=standard Capacity=1Gi'],
    ['a capacity that is not known', capacity(), 'Name=x StorageClassName=standard Capacity=<unset>'],
    ['an attachment', attachment(), 'Name=x Attacher=a.b PV=p Node=node-1 Attached=false'],
  ])('N8 the row of %s', (_what, body, expected) => {
    expect(rowOf(body)).toBe(expected);
  });

  it.each<[string, JsonObject, string]>([
    [
      'CSIDriver: another policy',
      driver({ fsGroupPolicy: 'All' }),
      'spec.fsGroupPolicy: Unsupported value: "All": supported values: "File", "None", "ReadWriteOnceWithFSType"',
    ],
    [
      'CSIDriver: another mode',
      driver({ volumeLifecycleModes: ['Persistent', 'Short'] }),
      'spec.volumeLifecycleModes: Unsupported value: "Short": supported values: "Persistent", "Ephemeral"',
    ],
    [
      'CSIDriver: an audience twice',
      driver({ tokenRequests: [{ audience: 'a' }, { audience: 'a' }] }),
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
    ],
    [
      'CSIDriver: a short token',
      driver({ tokenRequests: [{ audience: 'a', expirationSeconds: 599 }] }),
      'spec.tokenRequests[0].expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
    ],
    [
      'CSIDriver: a long token',
      driver({ tokenRequests: [{ audience: 'a', expirationSeconds: 4294967297 }] }),
      'spec.tokenRequests[0].expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
    ],
    ['CSINode: no id', node({ name: 'a.b', nodeID: '' }), 'spec.drivers[0].nodeID: Required value'],
    [
      'CSINode: a long id',
      node({ name: 'a.b', nodeID: 'i'.repeat(257) }),
      `spec.drivers[0].nodeID: Invalid value: "${'i'.repeat(257)}": must be 256 characters or less`,
    ],
    ['CSINode: a long name', node({ name: LONG, nodeID: 'n' }), 'spec.drivers[0].name: Too long: may not be more than 63 bytes'],
    [
      'CSINode: a driver twice',
      node({ name: 'a.b', nodeID: 'n' }, { name: 'a.b', nodeID: 'm' }),
      'spec.drivers[1].name: Duplicate value: "a.b"',
    ],
    [
      'CSINode: a negative count',
      node({ name: 'a.b', nodeID: 'n', allocatable: { count: -1 } }),
      'spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'CSINode: bad keys',
      node({ name: 'a.b', nodeID: 'n', topologyKeys: ['a', 'a', '-'] }),
      `[spec.drivers[0]: Duplicate value: "a", spec.drivers[0]: Invalid value: "-": ${QUALIFIED}]`,
    ],
    ['CSIStorageCapacity: a bad class', capacity({ storageClassName: 'A' }), `storageClassName: Invalid value: "A": ${SUBDOMAIN}`],
    [
      'CSIStorageCapacity: less than nothing',
      capacity({ capacity: '-1' }),
      'capacity: Invalid value: "-1": must be greater than or equal to 0',
    ],
    [
      'CSIStorageCapacity: a bad selector',
      capacity({ nodeTopology: { matchExpressions: [{ key: 'a', operator: 'Is' }] } }),
      'nodeTopology.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
    ],
    [
      'VolumeAttachment: no source',
      attachment({ source: {} }),
      'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
    ],
    [
      'VolumeAttachment: two sources',
      attachment({ source: { persistentVolumeName: 'p', inlineVolumeSpec: {} } }),
      'spec.source: Forbidden: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
    ],
    ['VolumeAttachment: a bad node', attachment({ nodeName: 'A' }), `spec.nodeName: Invalid value: "A": ${SUBDOMAIN}`],
    ['VolumeAttachment: a bad driver', attachment({ attacher: '-' }), `spec.attacher: Invalid value: "-": ${SUBDOMAIN}`],
    ['VolumeAttachment: a long driver', attachment({ attacher: LONG }), 'spec.attacher: Too long: may not be more than 63 bytes'],
    [
      'VolumeAttachment: a bad volume',
      attachment({ source: { persistentVolumeName: 'P' } }),
      `spec.source.persistentVolumeName: Invalid value: "P": ${SUBDOMAIN}`,
    ],
  ])('P1 refuses a %s', (what, body, expected) => {
    const [kind] = what.split(':');
    expect(refusalOf(body)).toBe(`${kind}.storage.k8s.io "x" is invalid: ${expected}`);
  });

  it.each<[string, JsonObject, object, string]>([
    [
      'whether a driver attaches',
      driver(),
      { spec: { attachRequired: false } },
      'CSIDriver.storage.k8s.io "x" is invalid: spec.attachedRequired: Invalid value: false: field is immutable',
    ],
    [
      'a driver of a node',
      node({ name: 'a.b', nodeID: 'n' }),
      { spec: { drivers: [{ name: 'a.b', nodeID: 'm' }] } },
      'CSINode.storage.k8s.io "x" is invalid: spec.drivers: Invalid value: {"name":"a.b","nodeID":"m"}: field is immutable',
    ],
    [
      'what a capacity is of',
      capacity(),
      { storageClassName: 'other' },
      'CSIStorageCapacity.storage.k8s.io "x" is invalid: storageClassName: Invalid value: "other": field is immutable',
    ],
    [
      'an attachment',
      attachment(),
      { spec: { attacher: 'a.b', nodeName: 'node-2', source: { persistentVolumeName: 'p' } } },
      'VolumeAttachment.storage.k8s.io "x" is invalid: spec: Invalid value: {"attacher":"a.b","nodeName":"node-2","source":{"persistentVolumeName":"p"}}: field is immutable',
    ],
  ])('I9 never changes %s', (_what, body, change, expected) => {
    expect(changeRefusal(body, change)).toBe(expected);
  });

  it('P1 refuses a status with a long message', () => {
    const status = { attached: true, attachError: { message: 'm'.repeat(1025) } };
    expect(changeRefusal(attachment(), { status }, 'status')).toBe(
      'VolumeAttachment.storage.k8s.io "x" is invalid: status.attachError.message: Too long: may not be more than 262144 bytes',
    );
  });

  it.each([driver(), node(), capacity(), attachment()].map((body) => [String(body['kind']), body] as const))(
    'I5 an update of a %s says which version it is of',
    (_kind, body) => {
      expect(changeRefusal(body, { metadata: { name: 'x' } })).toMatch(
        /metadata.resourceVersion: Invalid value: .*must be specified for an update/,
      );
    },
  );
});
