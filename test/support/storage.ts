// Manifests of volumes, claims and classes for tests.

import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';

type Fields = Readonly<Record<string, unknown>>;

/** JSON has no `undefined`: such a field is left out. */
function manifest(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

/** A volume of the class `manual` on the host. */
export function volume(name: string, storage: string, spec: Fields = {}): JsonObject {
  const fields = { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'manual', hostPath: { path: `/mnt/${name}` } };
  return manifest({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec: { ...fields, ...spec } });
}

/** A claim of the class `manual`. */
export function claim(name: string, storage: string, spec: Fields = {}): JsonObject {
  const fields = { accessModes: ['ReadWriteOnce'], storageClassName: 'manual', resources: { requests: { storage } } };
  return manifest({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec: { ...fields, ...spec } });
}

export function storageClass(name: string, fields: Fields = {}): JsonObject {
  return manifest({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'example.com/disk',
    ...fields,
  });
}
