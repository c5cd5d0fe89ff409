// HorizontalPodAutoscalers as autoscaling/v1 shows them: what that version has no fields for stands in annotations.
// Upstream: pkg/apis/autoscaling/v1/{conversion,defaults}.go, pkg/apis/autoscaling/annotations.go (v1.33). Rules: C602, C622, O13.

import { type Condition, isJsonObject, type Json, type JsonObject, type KubeObject } from '../../apimachinery/meta.ts';
import type { Kind } from '../kind.ts';
import { horizontalPodAutoscalerKind } from './index.ts';
import type { HorizontalPodAutoscaler, MetricIdentifier, MetricSpec, MetricStatus } from './types.ts';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
const METRICS = `${PREFIX}metrics`;
const BEHAVIOR = `${PREFIX}behavior`;
const STATUS_METRICS = `${PREFIX}current-metrics`;
const CONDITIONS = `${PREFIX}conditions`;

export const horizontalPodAutoscalerV1Kind: Kind = {
  ...(horizontalPodAutoscalerKind as Kind),
  version: 'v1',
  schema: 'autoscaling.v1.HorizontalPodAutoscaler',
  applyDefaults(draft) {
    const { spec } = draft as { spec?: { minReplicas?: number } };
    if (spec !== undefined) spec.minReplicas ??= 1;
  },
  // Rows are made from what is stored.
  cells: (object, nowMs) => horizontalPodAutoscalerKind.cells(storedForm(object) as HorizontalPodAutoscaler, nowMs),
  conversion: { fromStored: (object) => shownForm(object as HorizontalPodAutoscaler), toStored: storedForm },
};

/** From v2 to v1. */
function shownForm({ kind, metadata, spec, status }: HorizontalPodAutoscaler): KubeObject {
  const cpu = spec.metrics.find(isPlainCpu);
  const others = spec.metrics.filter((metric) => metric !== cpu);
  const measured = (status.currentMetrics ?? []).filter(({ type }) => type !== '');
  const current = measured.find(({ resource }) => resource?.name === 'cpu')?.resource?.current.averageUtilization;
  const extra: Record<string, string> = {};
  if (others.length > 0) extra[METRICS] = JSON.stringify(others.map(shownMetric));
  if (spec.behavior !== undefined) extra[BEHAVIOR] = JSON.stringify(withKeys(spec.behavior as Json, capitalized));
  if (measured.length > 0) extra[STATUS_METRICS] = JSON.stringify(measured.map(shownStatus));
  if (status.conditions !== undefined) extra[CONDITIONS] = JSON.stringify(status.conditions.map(shownCondition));
  const { scaleTargetRef, minReplicas, maxReplicas } = spec;
  const { observedGeneration, lastScaleTime, currentReplicas = 0, desiredReplicas } = status;
  const target = cpu?.resource?.target.averageUtilization;
  return {
    kind,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(metadata, { ...metadata.annotations, ...extra }),
    spec: { scaleTargetRef, minReplicas, maxReplicas, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      ...(observedGeneration === undefined ? {} : { observedGeneration }),
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      currentReplicas,
      desiredReplicas,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  };
}

function isPlainCpu({ resource }: MetricSpec): boolean {
  return resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
}

/** From v1 to v2. What annotations say of the status is the server's own and dropped. */
function storedForm(object: KubeObject): KubeObject {
  const { kind, metadata, spec = {}, status } = object as Shown;
  const { targetCPUUtilizationPercentage: share, ...fields } = spec;
  const {
    [METRICS]: metrics,
    [BEHAVIOR]: behavior,
    [STATUS_METRICS]: current,
    [CONDITIONS]: conditions,
    ...kept
  } = metadata.annotations ?? {};
  const own = share === undefined ? [] : [resourceMetric({ name: 'cpu', targetAverageUtilization: share })];
  const all = [...objectsOf(metrics).map(storedMetric), ...own];
  const rules = parseText(behavior);
  const { currentCPUUtilizationPercentage: _share, ...counts } = status ?? {};
  return {
    kind,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(metadata, kept),
    spec: {
      ...fields,
      ...(all.length === 0 ? {} : { metrics: all }),
      ...(isJsonObject(rules) ? { behavior: withKeys(rules, uncapitalized) } : {}),
    },
    status: {
      ...counts,
      currentMetrics: current === undefined ? null : objectsOf(current).map(storedStatus),
      ...(conditions === undefined ? {} : { conditions: objectsOf(conditions) }),
    },
  };
}

interface Shown {
  readonly kind: string;
  readonly metadata: KubeObject['metadata'];
  readonly spec?: { readonly targetCPUUtilizationPercentage?: number; readonly [field: string]: unknown };
  readonly status?: JsonObject;
}

function withAnnotations(metadata: KubeObject['metadata'], wanted: Readonly<Record<string, string>>): KubeObject['metadata'] {
  const { annotations: _before, ...rest } = metadata;
  return Object.keys(wanted).length === 0 ? rest : { ...rest, annotations: wanted };
}

/** A metric under the names of v1. */
function shownMetric({ type, resource, containerResource, pods, object, external }: MetricSpec): JsonObject {
  const about = (metric: MetricIdentifier, name: string): object =>
    metric.selector === undefined ? { metricName: metric.name } : { metricName: metric.name, [name]: metric.selector };
  const perPod = (target: { readonly averageUtilization?: number; readonly averageValue?: string }): object => ({
    ...(target.averageUtilization === undefined ? {} : { targetAverageUtilization: target.averageUtilization }),
    ...(target.averageValue === undefined ? {} : { targetAverageValue: target.averageValue }),
  });
  const shown = {
    type,
    ...(resource && { resource: { name: resource.name, ...perPod(resource.target) } }),
    ...(containerResource && {
      containerResource: { name: containerResource.name, ...perPod(containerResource.target), container: containerResource.container },
    }),
    ...(pods && { pods: { ...about(pods.metric, 'selector'), ...perPod(pods.target) } }),
    ...(object && {
      object: {
        target: object.describedObject,
        ...about(object.metric, 'selector'),
        targetValue: object.target.value ?? '0',
        ...(object.target.averageValue === undefined ? {} : { averageValue: object.target.averageValue }),
      },
    }),
    ...(external && {
      external: {
        ...about(external.metric, 'metricSelector'),
        ...(external.target.value === undefined ? {} : { targetValue: external.target.value }),
        ...perPod(external.target),
      },
    }),
  };
  return shown as unknown as JsonObject;
}

/** A metric of an annotation under the names of v2. */
function storedMetric({ type, resource, containerResource, pods, object, external }: JsonObject): JsonObject {
  const about = (source: JsonObject): JsonObject => {
    const selector = source['selector'] ?? source['metricSelector'];
    return { name: source['metricName'] ?? '', ...(selector === undefined ? {} : { selector }) };
  };
  if (isJsonObject(resource)) return resourceMetric(resource);
  if (isJsonObject(containerResource)) {
    const { name = '', container = '' } = containerResource;
    return { type: 'ContainerResource', containerResource: { name, target: targetOf(containerResource), container } };
  }
  if (isJsonObject(pods)) return { type: 'Pods', pods: { metric: about(pods), target: targetOf(pods) } };
  if (isJsonObject(external)) return { type: 'External', external: { metric: about(external), target: targetOf(external) } };
  if (!isJsonObject(object)) return { type: type ?? '' };
  const { averageValue, targetValue = '0', target = {} } = object;
  const aim: JsonObject = averageValue === undefined ? { type: 'Value', value: targetValue } : { type: 'AverageValue', averageValue };
  return { type: 'Object', object: { describedObject: target, target: aim, metric: about(object) } };
}

function resourceMetric(source: JsonObject): JsonObject {
  return { type: 'Resource', resource: { name: source['name'] ?? '', target: targetOf(source) } };
}

function targetOf(source: JsonObject): JsonObject {
  const { targetAverageUtilization: averageUtilization, targetAverageValue: averageValue, targetValue: value } = source;
  if (averageUtilization !== undefined) return { type: 'Utilization', averageUtilization };
  if (averageValue !== undefined) return { type: 'AverageValue', averageValue };
  return { type: 'Value', ...(value === undefined ? {} : { value }) };
}

/** Only resources are ever measured. */
function shownStatus({ type, resource, containerResource }: MetricStatus): object {
  const source = resource ?? containerResource;
  const { averageUtilization, averageValue = '0' } = source?.current ?? {};
  const values = {
    name: source?.name ?? '',
    ...(averageUtilization === undefined ? {} : { currentAverageUtilization: averageUtilization }),
    currentAverageValue: averageValue,
  };
  return containerResource === undefined
    ? { type, resource: values }
    : { type, containerResource: { ...values, container: containerResource.container } };
}

function storedStatus(shown: JsonObject): JsonObject {
  const member = isJsonObject(shown['containerResource']) ? 'containerResource' : 'resource';
  const source = shown[member];
  if (!isJsonObject(source)) return shown;
  const { currentAverageUtilization: averageUtilization, currentAverageValue: averageValue, ...rest } = source;
  const current: Record<string, Json> = {};
  if (averageValue !== undefined) current['averageValue'] = averageValue;
  if (averageUtilization !== undefined) current['averageUtilization'] = averageUtilization;
  return { type: shown['type'] ?? '', [member]: { ...rest, current } };
}

function shownCondition({ type, status, lastTransitionTime, reason, message }: Condition): object {
  return { type, status, lastTransitionTime, reason, message };
}

/** JSON of an annotation that anybody may have written; what is none counts as absent. */
function parseText(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function objectsOf(text: string | undefined): readonly JsonObject[] {
  const value = parseText(text);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The behavior's annotation has Go's names of fields. */
function withKeys(value: Json, rename: (key: string) => string): Json {
  if (Array.isArray(value)) return value.map((item: Json) => withKeys(item, rename));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), withKeys(item, rename)]));
}

function capitalized(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

function uncapitalized(key: string): string {
  return key.charAt(0).toLowerCase() + key.slice(1);
}
