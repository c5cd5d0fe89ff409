// What admission does about priorities: a new pod gets those of its class, and one class at most is the default of all pods.
// Upstream: plugin/pkg/admission/priority/admission.go (v1.33). Rules: C845, O3.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { forbiddenObject, type Status } from '../../apimachinery/status.ts';
import type { Draft, Kind } from '../../kinds/kind.ts';
import { priorityClassKind } from '../../kinds/priorityclass/index.ts';
import type { PriorityClass } from '../../kinds/priorityclass/types.ts';
import { resourceOf } from '../../kinds/kind.ts';
import type { Pod, PodSpec } from '../../kinds/shared/pod-spec.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored, storedOf } from '../../kernel/store.ts';
import type { AdmissionPlugin } from './plugin.ts';

type Priority = Pick<PriorityClass, 'value' | 'preemptionPolicy'> & { readonly className: string };

const RESOURCE = resourceOf(priorityClassKind as Kind);
const NO_CLASS: Priority = { className: '', value: 0, preemptionPolicy: 'PreemptLowerPriority' };

export const priority: AdmissionPlugin = {
  name: 'Priority',
  resource: 'pods',
  admit: (state, kind, draft, name) => admitPriority(state, kind, draft as Draft<Pod>, name),
  complete: (state, draft) => completePriority(state, draft as Draft<Pod>),
};

/** The same plug-in, as far as it is about classes. */
export const priorityClasses: AdmissionPlugin = {
  name: 'Priority',
  resource: RESOURCE,
  judge: (state, _kind, object, { previous, subresource }) =>
    subresource === '' ? admitPriorityClass(state, object, previous === undefined) : undefined,
};

/** The refusal of a new pod, or undefined. What admission computes is filled in by `completePriority`, as it has no owner. */
function admitPriority(state: ClusterState, kind: Kind, pod: Draft<Pod>, name: string): Status | undefined {
  const spec = pod.spec as Draft<PodSpec> | undefined;
  if (spec === undefined) return undefined;
  const computed = priorityOf(state, spec.priorityClassName);
  if (computed === undefined) return forbiddenObject(kind, name, `no PriorityClass with name ${spec.priorityClassName} was found`);
  const { priority, preemptionPolicy } = spec;
  if (priority !== undefined && priority !== computed.value) {
    return forbiddenObject(kind, name, differs('the integer value of priority', String(priority), String(computed.value)));
  }
  if (preemptionPolicy !== undefined && preemptionPolicy !== computed.preemptionPolicy) {
    return forbiddenObject(kind, name, differs('the string value of PreemptionPolicy', preemptionPolicy, computed.preemptionPolicy));
  }
  return undefined;
}

/** C845: the priority of the pod's class, of the default class, or 0. */
function completePriority(state: ClusterState, pod: Draft<Pod>): void {
  const spec = pod.spec as Draft<PodSpec> | undefined;
  if (spec === undefined) return;
  const { className, value, preemptionPolicy } = priorityOf(state, spec.priorityClassName) ?? NO_CLASS;
  if ((spec.priorityClassName ?? '') === '' && className !== '') spec.priorityClassName = className;
  spec.priority ??= value;
  spec.preemptionPolicy ??= preemptionPolicy;
}

/** The refusal of a class that would be a second default, or undefined. */
function admitPriorityClass(state: ClusterState, object: KubeObject, isNew: boolean): Status | undefined {
  if (object['globalDefault'] !== true) return undefined;
  const { name } = object.metadata;
  const present = defaultClassOf(state);
  if (present === undefined || (present.metadata.name === name && !isNew)) return undefined;
  const detail = `PriorityClass ${present.metadata.name} is already marked as default. Only one default can exist`;
  return forbiddenObject(priorityClassKind as Kind, name, detail);
}

function priorityOf(state: ClusterState, className = ''): Priority | undefined {
  const found = className === '' ? defaultClassOf(state) : (getStored(state, RESOURCE, className)?.object as PriorityClass | undefined);
  if (found === undefined) return className === '' ? NO_CLASS : undefined;
  return { className: found.metadata.name, value: found.value, preemptionPolicy: found.preemptionPolicy };
}

/** The default class of lowest value; there are few classes, so all are looked at. */
function defaultClassOf(state: ClusterState): PriorityClass | undefined {
  let lowest: PriorityClass | undefined;
  for (const { object } of storedOf(state, RESOURCE).values()) {
    const candidate = object as PriorityClass;
    if (candidate.globalDefault === true && (lowest === undefined || candidate.value < lowest.value)) lowest = candidate;
  }
  return lowest;
}

function differs(what: string, given: string, computed: string): string {
  return `${what} (${given}) must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name`;
}
