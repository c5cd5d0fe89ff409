// The volume sources the simulation mounts, as a defaulted manifest has them (O4). Upstream: staging/src/k8s.io/api/core/v1/types.go (v1.33).

import type { ResourceSelector } from '../environment/index.ts';

export interface KeyToPath {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

/** A ConfigMap or Secret, alone or inside a projection. */
export interface ObjectSource {
  readonly name?: string;
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
}

export interface DownwardItem {
  readonly path: string;
  readonly fieldRef?: { readonly fieldPath: string };
  readonly resourceFieldRef?: ResourceSelector;
  readonly mode?: number;
}

export interface Projection {
  readonly configMap?: ObjectSource;
  readonly secret?: ObjectSource;
  readonly downwardAPI?: { readonly items?: readonly DownwardItem[] };
  readonly serviceAccountToken?: { readonly path: string; readonly audience?: string; readonly expirationSeconds?: number };
}

/** A volume as `volumes/` reads it. */
export interface VolumeSources {
  readonly name: string;
  readonly emptyDir?: { readonly medium?: string };
  readonly configMap?: ObjectSource & { readonly defaultMode?: number };
  readonly secret?: Omit<ObjectSource, 'name'> & { readonly secretName?: string; readonly defaultMode?: number };
  readonly downwardAPI?: { readonly items?: readonly DownwardItem[]; readonly defaultMode?: number };
  readonly projected?: { readonly sources?: readonly Projection[]; readonly defaultMode?: number };
  readonly hostPath?: { readonly path: string; readonly type?: string };
}
