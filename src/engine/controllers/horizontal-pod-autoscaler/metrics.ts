// What the metrics of an HPA propose together.
// Upstream: pkg/controller/podautoscaler/horizontal.go computeReplicasForMetrics, computeStatusForResourceMetricGeneric; metrics/client.go,
// k8s.io/metrics custom_metrics (v1.33). Rules: C604, C605, C610, C615, C617-C619. Only resource metrics exist here: metrics of pods, objects
// and the outside fail as in a cluster without an adapter for them.

import { compareText } from '../../apimachinery/text.ts';
import { formatQuantity, quantityToMilli } from '../../apimachinery/quantity.ts';
import type {
  HorizontalPodAutoscaler,
  MetricIdentifier,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../../kinds/horizontalpodautoscaler/types.ts';
import type { LabelSelector } from '../../kinds/shared/types.ts';
import { type Answer, replicasForAverage, replicasForUtilization, type ResourceQuestion } from './calculator.ts';
import type { Reason } from './limits.ts';

/** What is known of the target. */
export type Surroundings = Omit<ResourceQuestion, 'resource' | 'container'>;

export interface Proposed {
  readonly replicas: number;
  /** The metric that asked for most (C617). */
  readonly metric: string;
}

export interface Computed {
  /** Undefined when nothing may be done (C610). */
  readonly proposed: Proposed | undefined;
  readonly statuses: readonly MetricStatus[];
  /** Of ScalingActive; True when something is proposed. */
  readonly activity: Reason;
  /** What each metric that failed says: the reason and the message of its event. */
  readonly failures: readonly Reason[];
  /** What FailedComputeMetricsReplicas says. */
  readonly error: string;
}

type Measured =
  | { readonly ok: true; readonly replicas: number; readonly metric: string; readonly status: MetricStatus }
  /** `whole` is the text by which several metrics are told of (C618). */
  | { readonly ok: false; readonly reason: string; readonly message: string; readonly whole: string };

/** C610: the largest proposal wins; with failures only a change upwards, or none, is believed. */
export function computeReplicas({ spec, metadata }: HorizontalPodAutoscaler, around: Surroundings): Computed {
  const measured = spec.metrics.map((metric) => measure(metric, around, metadata.namespace ?? ''));
  const statuses = measured.map((item): MetricStatus => (item.ok ? item.status : { type: '' }));
  const failures = measured.flatMap((item) => (item.ok ? [] : [item]));
  let best: Proposed | undefined;
  for (const item of measured) {
    if (item.ok && (best === undefined || best.replicas === 0 || item.replicas > best.replicas))
      best = { replicas: item.replicas, metric: item.metric };
  }
  const [first] = failures;
  const error =
    first === undefined ? '' : `invalid metrics (${failures.length} invalid out of ${measured.length}), first error is: ${first.whole}`;
  if (best === undefined || (first !== undefined && best.replicas < around.currentReplicas)) {
    const message = `the HPA was unable to compute the replica count: ${first?.message ?? ''}`;
    return { proposed: undefined, statuses, activity: { reason: first?.reason ?? '', message }, failures, error };
  }
  const message = `the HPA was able to successfully calculate a replica count from ${best.metric}`;
  return { proposed: best, statuses, activity: { reason: 'ValidMetricFound', message }, failures, error };
}

function measure(metric: MetricSpec, around: Surroundings, namespace: string): Measured {
  const { resource, containerResource, pods, object, external } = metric;
  switch (metric.type) {
    case 'Resource':
      return measureResource('Resource', resource ?? { name: '', target: { type: '' } }, '', around);
    case 'ContainerResource': {
      const source = containerResource ?? { name: '', target: { type: '' }, container: '' };
      return measureResource('ContainerResource', source, source.container, around);
    }
    case 'Pods':
      return unmeasured('FailedGetPodsMetric', 'failed to get pods metric value', `unable to get metric ${nameOf(pods)}: ${NO_CUSTOM}`);
    case 'Object': {
      const { kind = '', name = '' } = object?.describedObject ?? {};
      const problem = `unable to get metric ${nameOf(object)}: ${kind} on ${namespace} ${name}/${NO_CUSTOM}`;
      return unmeasured('FailedGetObjectMetric', 'failed to get object metric value', problem);
    }
    case 'External': {
      const name = nameOf(external);
      const problem = `unable to get external metric ${namespace}/${name}/${goSelector(external?.metric.selector)}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`;
      return unmeasured('FailedGetExternalMetric', `failed to get ${name} external metric value`, problem);
    }
  }
}

const NO_CUSTOM = 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';

function nameOf(source: { readonly metric: MetricIdentifier } | undefined): string {
  return source?.metric.name ?? '';
}

function unmeasured(reason: string, prefix: string, message: string): Measured {
  return { ok: false, reason, message, whole: `${prefix}: ${message}` };
}

/** The ratio and proposal of a metric of the pods' own containers (C604, C605, C617). */
function measureResource(
  type: 'Resource' | 'ContainerResource',
  { name, target }: { readonly name: string; readonly target: MetricTarget },
  container: string,
  around: Surroundings,
): Measured {
  const question = { ...around, resource: name, container };
  const isAverage = target.averageValue !== undefined;
  const answer: Answer = isAverage
    ? replicasForAverage(question, quantityToMilli(target.averageValue))
    : replicasForUtilization(question, target.averageUtilization ?? 0);
  const whole = type === 'Resource' ? `failed to get ${name} resource metric value` : `failed to get ${container} container metric value`;
  if (!answer.ok) {
    const reason = type === 'Resource' ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric';
    return unmeasured(reason, whole, `failed to get ${name} ${isAverage ? 'usage' : 'utilization'}: ${answer.error}`);
  }
  const averageValue = formatQuantity({ nano: BigInt(answer.averageMilli) * 1_000_000n, format: 'DecimalSI' });
  const { utilization: averageUtilization } = answer;
  const current: MetricValueStatus = { averageValue, ...(averageUtilization === undefined ? {} : { averageUtilization }) };
  const status: MetricStatus =
    type === 'Resource' ? { type, resource: { name, current } } : { type, containerResource: { name, current, container } };
  const kind = isAverage ? 'resource' : `${type === 'Resource' ? 'resource' : 'container resource'} utilization (percentage of request)`;
  return { ok: true, replicas: answer.replicas, metric: `${name} ${kind}`, status };
}

/** A selector as Go prints it. */
function goSelector(selector: LabelSelector | undefined): string {
  if (selector === undefined) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {}).sort(([a], [b]) => compareText(a, b));
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  const map = labels.map(([key, value]) => `${key}: ${value},`).join('');
  return `&LabelSelector{MatchLabels:map[string]string{${map}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`;
}
