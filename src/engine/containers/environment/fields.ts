// `fieldRef`: what a container may know of its pod. Upstream: pkg/fieldpath/fieldpath.go, pkg/kubelet/kubelet_pods.go
// (podFieldSelectorRuntimeValue, v1.33).

import { compareText } from '../../apimachinery/text.ts';
import type { StringMap } from '../../apimachinery/meta.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { Outcome } from './outcome.ts';
import { ownValue } from './own.ts';

/** Addresses that only the kubelet knows when it starts a container. */
export interface PodAddresses {
  readonly podIp: string;
  readonly hostIp: string;
}

const SUBSCRIPT = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/s;

/** The value of a field path; a label or annotation that is not there is the empty text. */
export function fieldValue(path: string, pod: Pod, addresses: PodAddresses): Outcome<string> {
  const { metadata, spec } = pod;
  const subscript = SUBSCRIPT.exec(path);
  if (subscript !== null) {
    const map = subscript[1] === 'metadata.labels' ? metadata.labels : metadata.annotations;
    return { ok: true, value: ownValue(map, subscript[2] as string) ?? '' };
  }
  switch (path) {
    case 'metadata.name':
      return { ok: true, value: metadata.name };
    case 'metadata.namespace':
      return { ok: true, value: metadata.namespace ?? '' };
    case 'metadata.uid':
      return { ok: true, value: metadata.uid };
    case 'metadata.labels':
      return { ok: true, value: formatMap(metadata.labels) };
    case 'metadata.annotations':
      return { ok: true, value: formatMap(metadata.annotations) };
    case 'spec.nodeName':
      return { ok: true, value: spec.nodeName ?? '' };
    case 'spec.serviceAccountName':
      return { ok: true, value: spec.serviceAccountName ?? '' };
    case 'status.podIP':
    case 'status.podIPs':
      return { ok: true, value: addresses.podIp };
    case 'status.hostIP':
    case 'status.hostIPs':
      return { ok: true, value: addresses.hostIp };
    default:
      return { ok: false, error: `unsupported fieldPath: ${path}` };
  }
}

/** One `key="value"` a line, sorted by key. */
function formatMap(map: StringMap | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}
