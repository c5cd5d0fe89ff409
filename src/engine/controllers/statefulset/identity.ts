// The identity of a StatefulSet's pods: name, ordinal, labels, and the claims that their volumes name.
// Upstream: pkg/controller/statefulset/stateful_set_utils.go (v1.33). Rules: C420, C421, C431.

import type { Draft } from '../../kinds/kind.ts';
import type { Pod, Volume } from '../../kinds/pod/types.ts';
import type { StatefulSet } from '../../kinds/statefulset/types.ts';

export const REVISION_LABEL = 'controller-revision-hash';
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

const MEMBER_NAME = /^(.*)-(\d+)$/;

/** The number at the end of the pod's name; -1 when there is none. */
export function ordinalOf(pod: Pod): number {
  const match = MEMBER_NAME.exec(pod.metadata.name);
  return match === null ? -1 : Number(match[2]);
}

/** C431: the pod is named `<set>-<n>`. */
export function isMember(set: StatefulSet, pod: Pod): boolean {
  return MEMBER_NAME.exec(pod.metadata.name)?.[1] === set.metadata.name;
}

/** C420: the labels that name a pod and its ordinal. */
export function identityLabels(name: string, ordinal: number): Readonly<Record<string, string>> {
  return { [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: String(ordinal) };
}

/** Whether the pod still carries the labels of its identity. */
export function hasIdentity(set: StatefulSet, pod: Pod): boolean {
  const { labels, name } = pod.metadata;
  return isMember(set, pod) && Object.entries(identityLabels(name, ordinalOf(pod))).every(([key, value]) => labels?.[key] === value);
}

/** C421: `<template>-<set>-<ordinal>`. */
export function claimName(set: StatefulSet, template: string, ordinal: number): string {
  return `${template}-${set.metadata.name}-${ordinal}`;
}

/** C420, C421: makes a pod of the template the one of this ordinal. */
export function giveIdentity(set: StatefulSet, draft: Draft<Pod>, ordinal: number, revision: string): void {
  const name = `${set.metadata.name}-${ordinal}`;
  const metadata = draft.metadata as { name?: string; labels?: Record<string, string> };
  metadata.name = name;
  metadata.labels = { ...metadata.labels, ...identityLabels(name, ordinal), [REVISION_LABEL]: revision };
  draft.spec['hostname'] = name;
  if (set.spec.serviceName !== '') draft.spec['subdomain'] = set.spec.serviceName;
  const claims = (set.spec.volumeClaimTemplates ?? []).map(({ metadata: { name: template = '' } }): Volume => {
    return { name: template, persistentVolumeClaim: { claimName: claimName(set, template, ordinal) } };
  });
  if (claims.length === 0) return;
  const names = new Set(claims.map((volume) => volume.name));
  draft.spec.volumes = [...claims, ...(draft.spec.volumes ?? []).filter((volume) => !names.has(volume.name))] as typeof draft.spec.volumes;
}
