// What admission says of the priority of a new pod (P4, M11). The only classes are those that every cluster has.
// Upstream: plugin/pkg/admission/priority/admission.go (v1.33). Omits other PriorityClasses: there is no such kind.

import { forbiddenObject, type Status } from '../apimachinery/status.ts';
import type { Draft, Kind } from '../kinds/kind.ts';
import type { Pod, PodSpec } from '../kinds/shared/pod-spec.ts';

const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** Fills in priority and preemption policy; the refusal, or undefined. */
export function admitPriority(kind: Kind, pod: Draft<Pod>, name: string): Status | undefined {
  const spec = pod.spec as Draft<PodSpec> | undefined;
  if (spec === undefined) return undefined;
  const { priorityClassName = '' } = spec;
  const computed =
    priorityClassName === '' ? 0 : Object.hasOwn(SYSTEM_CLASSES, priorityClassName) ? SYSTEM_CLASSES[priorityClassName] : undefined;
  if (computed === undefined) return forbiddenObject(kind, name, `no PriorityClass with name ${priorityClassName} was found`);
  if (spec.priority !== undefined && spec.priority !== computed) {
    return forbiddenObject(
      kind,
      name,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name`,
    );
  }
  spec.priority = computed;
  return undefined;
}
