// Taints and tolerations. Upstream: staging/src/k8s.io/api/core/v1/toleration.go, component-helpers/scheduling/corev1/helpers.go (v1.33).
// Rules: C811, C813, C814, C1025.

import { isJsonEqual } from '../../apimachinery/meta.ts';
import type { Taint } from '../node/types.ts';
import type { Toleration } from './pod-spec.ts';

export type Tolerations = readonly Toleration[];

/** C813: what cordoning puts on a node. */
export const UNSCHEDULABLE_TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** C1025: empty effect and empty key match all; Equal (the default) compares values, Exists does not. */
export function toleratesTaint(toleration: Toleration, taint: Taint): boolean {
  if ((toleration.effect ?? '') !== '' && toleration.effect !== taint.effect) return false;
  if ((toleration.key ?? '') !== '' && toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
}

/** True when some toleration matches. */
export function isTolerated(taint: Taint, tolerations: Tolerations): boolean {
  return tolerations.some((toleration) => toleratesTaint(toleration, taint));
}

/** The first taint that keeps a pod off and is not tolerated. */
export function firstUntolerated(taints: readonly Taint[], tolerations: Tolerations): Taint | undefined {
  return taints.find((taint) => isRepelling(taint) && !isTolerated(taint, tolerations));
}

/** How many taints of effect PreferNoSchedule are not tolerated (C833). */
export function countUntoleratedSoft(taints: readonly Taint[], tolerations: Tolerations): number {
  let count = 0;
  for (const taint of taints) if (taint.effect === 'PreferNoSchedule' && !isTolerated(taint, tolerations)) count += 1;
  return count;
}

/** C814: PreferNoSchedule only lowers the score. */
function isRepelling(taint: Taint): boolean {
  return taint.effect === 'NoSchedule' || taint.effect === 'NoExecute';
}

/** Whether a toleration tolerates all that another one does. */
export function toleratesAsMuch(toleration: Toleration, other: Toleration): boolean {
  if (isJsonEqual(toleration, other)) return true;
  const { key = '', operator = 'Equal', effect = '', tolerationSeconds } = toleration;
  if ((other.key ?? '') !== key && (key !== '' || operator !== 'Exists')) return false;
  if ((other.effect ?? '') !== effect && effect !== '') return false;
  if (effect === 'NoExecute' && tolerationSeconds !== undefined && (other.tolerationSeconds ?? Number.MAX_SAFE_INTEGER) > tolerationSeconds)
    return false;
  return operator === 'Exists' || (other.operator === 'Equal' && (other.value ?? '') === (toleration.value ?? ''));
}
