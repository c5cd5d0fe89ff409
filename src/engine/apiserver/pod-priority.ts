// What admission says of the priority of a new pod (P4, M11). The only classes are those that every cluster has.
// Upstream: plugin/pkg/admission/priority/admission.go (v1.33). Omits other PriorityClasses: there is no such kind.

import { forbiddenObject, type Status } from '../apimachinery/status.ts';
import type { Draft, Kind } from '../kinds/kind.ts';
import { priorityOf } from '../kinds/pod/priority.ts';
import type { Pod, PodSpec } from '../kinds/shared/pod-spec.ts';

/** The refusal of a new pod, or undefined. What admission computes is filled in later (kinds/pod/defaults.ts), as it has no owner. */
export function admitPriority(kind: Kind, pod: Draft<Pod>, name: string): Status | undefined {
  const spec = pod.spec as Draft<PodSpec> | undefined;
  if (spec === undefined) return undefined;
  const { priorityClassName = '' } = spec;
  const computed = priorityOf(priorityClassName);
  if (computed === undefined) return forbiddenObject(kind, name, `no PriorityClass with name ${priorityClassName} was found`);
  if (spec.priority !== undefined && spec.priority !== computed) {
    return forbiddenObject(
      kind,
      name,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name`,
    );
  }
  return undefined;
}
