// The scale of an HPA's target, and the pods behind it.
// Upstream: pkg/controller/podautoscaler/horizontal.go scaleForResourceMappings, validateAndParseSelector; pkg/registry/*/storage (ScaleREST)
// (v1.33). Rules: C603, C614, C615.

import { matchesSelector, parseSelector, type Selector } from '../../apimachinery/labels.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { getObject, keepServerMetadata, listBySelector, listObjects, writeObject } from '../../apiserver/api.ts';
import { scaleNotFound } from '../../apiserver/subresources.ts';
import { KINDS } from '../../kinds/index.ts';
import { horizontalPodAutoscalerKind } from '../../kinds/horizontalpodautoscaler/index.ts';
import type { HorizontalPodAutoscaler } from '../../kinds/horizontalpodautoscaler/types.ts';
import type { Kind } from '../../kinds/kind.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { objectKey } from '../../kernel/store.ts';
import { memoryOf } from './memory.ts';

export interface TargetScale {
  readonly kind: Kind;
  readonly object: KubeObject;
  /** spec.replicas. */
  readonly replicas: number;
  readonly selector: string;
}

/** The target's scale, or why there is none (FailedGetScale). */
export function readTarget(state: ClusterState, { spec, metadata }: HorizontalPodAutoscaler): TargetScale | string {
  const { apiVersion = '', kind: kindName, name } = spec.scaleTargetRef;
  const parts = apiVersion.split('/');
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`;
  const group = parts.length === 2 ? (parts[0] ?? '') : '';
  const kind = KINDS.find((candidate) => candidate.kind === kindName && candidate.group === group);
  if (kind === undefined) return `no matches for kind "${kindName}" in group "${group}"`;
  if (kind.scale === undefined) return 'the server could not find the requested resource';
  const object = getObject(state, kind, metadata.namespace, name);
  if (object === undefined) return scaleNotFound(kind, name).message ?? '';
  return { kind, object, replicas: kind.scale.replicas(object), selector: kind.scale.selector(object) };
}

/** C620: writes through the scale. */
export function writeTarget(state: ClusterState, { kind, object }: TargetScale, replicas: number): void {
  const scaled = kind.scale?.withReplicas(object, replicas);
  if (scaled !== undefined) writeObject(state, kind, keepServerMetadata(kind, scaled, object));
}

/** Pods that the scale's selector matches. */
export function podsOfTarget(state: ClusterState, namespace: string, selector: Selector): readonly Pod[] {
  return listBySelector(state, podKind, namespace, selector);
}

/** C615: all HPAs, this one included, whose selector at their last look matches one of the pods. */
export function autoscalersOf(state: ClusterState, namespace: string, pods: readonly Pod[]): readonly string[] {
  const keys = listObjects(state, horizontalPodAutoscalerKind, namespace).map(({ metadata }) => objectKey(namespace, metadata.name));
  return keys
    .filter((key) => {
      const { selector } = memoryOf(state, key);
      const parsed = selector === null ? undefined : parseSelector(selector);
      return parsed?.ok === true && pods.some((pod) => matchesSelector(parsed.value, pod.metadata.labels));
    })
    .sort();
}
