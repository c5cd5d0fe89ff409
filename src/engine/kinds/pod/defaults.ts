// Defaults and creation of pods (O3, O5, K101, K660).
// Upstream: pkg/apis/core/v1/defaults.go, pkg/registry/core/pod/strategy.go, plugin/pkg/admission/defaulttolerationseconds (v1.33).
// Rules: C720, K104.

import type { LabelSelectorRequirement } from '../../apimachinery/labels.ts';
import type { Condition } from '../../apimachinery/meta.ts';
import { quantityToMilli } from '../../apimachinery/quantity.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Draft, HookContext } from '../kind.ts';
import { applyPodSpecDefaults } from '../shared/pod-defaults.ts';
import type { Container, Pod, PodSpec, QosClass, Toleration } from '../shared/pod-spec.ts';

/** Defaults of the stored form. */
export function applyPodDefaults(draft: Draft<Pod>): void {
  if (draft.spec === undefined) return;
  applyPodSpecDefaults(draft.spec);
  draft.spec['enableServiceLinks'] ??= true;
  // A negative grace counts as one second, and is stored as such.
  if ((draft.spec.terminationGracePeriodSeconds ?? 0) < 0) draft.spec.terminationGracePeriodSeconds = 1;
  for (const container of [...(draft.spec.initContainers ?? []), ...draft.spec.containers]) {
    applyRequestDefaults(container);
    if (draft.spec.hostNetwork === true) for (const port of container.ports ?? []) port.hostPort ??= port.containerPort;
  }
  // F9: these times are always printed.
  for (const condition of (draft.status?.conditions ?? []) as Draft<Condition>[]) {
    condition.lastProbeTime ??= null;
    condition.lastTransitionTime ??= null;
  }
}

/** O2: what is limited is requested. Templates stay as they are; their pods get the default. */
function applyRequestDefaults(container: Draft<Container>): void {
  const { resources } = container;
  if (resources?.limits === undefined) return;
  const requests: Record<string, string> = { ...resources.requests };
  for (const [name, quantity] of Object.entries(resources.limits)) requests[name] ??= quantity;
  resources.requests = requests;
}

/** Status and class of service of a new pod, which admission has completed. */
export function preparePod(draft: Draft<Pod>, context: HookContext): void {
  const { spec } = draft;
  mergeLabelKeys(draft);
  const gates = spec.schedulingGates ?? [];
  draft.status = {
    phase: 'Pending',
    ...(gates.length === 0
      ? {}
      : {
          conditions: [{ ...GATED, lastTransitionTime: formatTime(context.nowMs), reason: 'SchedulingGated', message: GATED_MESSAGE }],
        }),
    qosClass: qosClassOf(spec as PodSpec),
  } as Draft<Pod>['status'];
}

/** C811: matchLabelKeys and mismatchLabelKeys of affinity between pods become part of the selector, with the pod's own values. */
function mergeLabelKeys({ metadata, spec }: Draft<Pod>): void {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  for (const affinity of [podAffinity, podAntiAffinity]) {
    const preferred = (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm);
    for (const term of [...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...preferred]) {
      const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
      if (labelSelector === undefined) continue;
      const added = (keys: readonly string[], operator: string): Draft<LabelSelectorRequirement>[] =>
        keys.flatMap((key) => {
          const value = metadata.labels?.[key];
          return value === undefined ? [] : [{ key, operator, values: [value] }];
        });
      const expressions = [...added(matchLabelKeys, 'In'), ...added(mismatchLabelKeys, 'NotIn')];
      if (expressions.length > 0) labelSelector.matchExpressions = [...(labelSelector.matchExpressions ?? []), ...expressions];
    }
  }
}

/** What a gated pod is told (C802). */
const GATED = { type: 'PodScheduled', status: 'False', lastProbeTime: null } as const;
const GATED_MESSAGE = 'Scheduling is blocked due to non-empty scheduling gates';

/** K660: cpu and memory of all regular and init containers. */
export function qosClassOf(spec: PodSpec): QosClass {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const amounts = (container: Container, list: 'limits' | 'requests'): number[] =>
    ['cpu', 'memory'].map((resource) => quantityToMilli(container.resources?.[list]?.[resource]));
  if (containers.every((container) => [...amounts(container, 'limits'), ...amounts(container, 'requests')].every((amount) => amount === 0)))
    return 'BestEffort';
  const isGuaranteed = containers.every((container) => {
    const limits = amounts(container, 'limits');
    return limits.every((limit, index) => limit > 0 && limit === amounts(container, 'requests')[index]);
  });
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

const EVICTION_DELAY_SECONDS = 300;

/** O3, I8: both tolerations unless the pod has its own. */
export function addTolerations(spec: Draft<PodSpec>): void {
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    const covers = (item: Draft<Toleration>): boolean =>
      (item.key === key || item.key === undefined || item.key === '') && (item.effect === 'NoExecute' || item.effect === undefined);
    if ((spec.tolerations ?? []).some(covers)) continue;
    spec.tolerations = [
      ...(spec.tolerations ?? []),
      { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: EVICTION_DELAY_SECONDS },
    ];
  }
}
