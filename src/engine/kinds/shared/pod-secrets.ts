// The names of the Secrets that a pod spec mentions. Upstream: pkg/api/pod/util.go VisitPodSecretNames (v1.33). Rule: U3.

import type { PodSpec } from './pod-spec.ts';

/** Where a volume source names a Secret: the source, and the path to the name within it. */
const VOLUME_SECRETS: readonly (readonly [string, ...string[]])[] = [
  ['azureFile', 'secretName'],
  ['cephfs', 'secretRef', 'name'],
  ['cinder', 'secretRef', 'name'],
  ['flexVolume', 'secretRef', 'name'],
  ['rbd', 'secretRef', 'name'],
  ['secret', 'secretName'],
  ['scaleIO', 'secretRef', 'name'],
  ['iscsi', 'secretRef', 'name'],
  ['storageos', 'secretRef', 'name'],
  ['csi', 'nodePublishSecretRef', 'name'],
];

/** Every name, as often as it is mentioned. */
export function secretNamesOf(spec: PodSpec): readonly string[] {
  const names: string[] = [];
  const add = (holder: unknown, ...path: readonly string[]): void => {
    let value = holder;
    for (const step of path) value = (value as Readonly<Record<string, unknown>> | undefined)?.[step];
    if (typeof value === 'string') names.push(value);
  };
  for (const reference of (spec['imagePullSecrets'] ?? []) as readonly object[]) add(reference, 'name');
  for (const container of [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])]) {
    for (const source of container.envFrom ?? []) add(source, 'secretRef', 'name');
    for (const variable of container.env ?? []) add(variable, 'valueFrom', 'secretKeyRef', 'name');
  }
  for (const volume of spec.volumes ?? []) {
    for (const path of VOLUME_SECRETS) add(volume, ...path);
    const { sources = [] } = (volume['projected'] ?? {}) as { readonly sources?: readonly object[] };
    for (const source of sources) add(source, 'secret', 'name');
  }
  return names;
}
