// Where a container sees which volume. Upstream: pkg/kubelet/kubelet_pods.go (makeMounts), container/helpers.go
// (ExpandContainerVolumeMounts) (v1.33). Rule: K233. Omits mount propagation and block devices.

import type { Container, Pod, Volume, VolumeMount } from '../../kinds/pod/types.ts';
import { expand, type Outcome, type Variable } from '../environment/index.ts';
import { isWritten } from './payload.ts';

export interface PlannedMount {
  readonly volume: Volume;
  /** Absolute path in the container. */
  readonly path: string;
  /** Absolute path inside the volume, `/` for all of it. */
  readonly subPath: string;
  readonly isReadOnly: boolean;
}

/** The mounts of a container, or why it cannot be made. */
export function planMounts(pod: Pod, container: Container, variables: readonly Variable[]): Outcome<readonly PlannedMount[]> {
  const planned: PlannedMount[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const volume = (pod.spec.volumes ?? []).find((item) => item.name === mount.name);
    if (volume === undefined) continue;
    const subPath = subPathOf(mount, variables);
    if (!subPath.ok) return subPath;
    planned.push({
      volume,
      path: absolute(mount.mountPath),
      subPath: absolute(subPath.value),
      isReadOnly: mount.readOnly === true || isWritten(volume) || isReadOnlyClaim(volume),
    });
  }
  return { ok: true, value: planned };
}

function isReadOnlyClaim(volume: Volume): boolean {
  return (volume['persistentVolumeClaim'] as { readonly readOnly?: boolean } | undefined)?.readOnly === true;
}

function subPathOf(mount: VolumeMount, variables: readonly Variable[]): Outcome<string> {
  const { subPath = '' } = mount;
  const expression = mount['subPathExpr'];
  if (typeof expression !== 'string' || expression === '') return checkSubPath(subPath);
  const missing = new Set<string>();
  const expanded = expand(expression, (name) => {
    const value = variables.find((variable) => variable.name === name)?.value ?? '';
    if (value === '') missing.add(name);
    return value;
  });
  if (missing.size > 0) return { ok: false, error: `missing value for ${[...missing].sort().join(', ')}` };
  return checkSubPath(expanded);
}

function checkSubPath(subPath: string): Outcome<string> {
  if (subPath.startsWith('/')) return { ok: false, error: `error SubPath \`${subPath}\` must not be an absolute path` };
  if (subPath.split('/').includes('..')) return { ok: false, error: `unable to provision SubPath \`${subPath}\`: must not contain '..'` };
  return { ok: true, value: subPath };
}

/** `a//b/./c/` → `/a/b/c`. */
export function absolute(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;
}
