// Validation of HorizontalPodAutoscalers. Upstream: pkg/apis/autoscaling/validation/validation.go (v1.33). Rules: P10, C602.

import { type FieldError, forbidden, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { compareQuantities, parseQuantity } from '../../apimachinery/quantity.ts';
import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscaler,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
  ScalingRules,
} from './types.ts';

const STABILIZATION_SECONDS_MAX = 3600;
const PERIOD_SECONDS_MAX = 1800;

export function validateAutoscaler({ spec }: HorizontalPodAutoscaler): readonly FieldError[] {
  const { minReplicas = 1, maxReplicas = 0, scaleTargetRef, metrics = [], behavior } = spec;
  const errors: FieldError[] = [];
  // C635: scaling to zero is an alpha feature, which is off.
  if (minReplicas < 1) errors.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (maxReplicas < minReplicas) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  errors.push(...validateReference(scaleTargetRef, 'spec.scaleTargetRef'));
  metrics.forEach((metric, index) => errors.push(...validateMetric(metric, `spec.metrics[${index}]`)));
  const canBeZero = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas === 0 && !canBeZero)
    errors.push(forbidden('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas'));
  if (behavior?.scaleUp !== undefined) errors.push(...validateRules(behavior.scaleUp, 'spec.behavior.scaleUp'));
  if (behavior?.scaleDown !== undefined) errors.push(...validateRules(behavior.scaleDown, 'spec.behavior.scaleDown'));
  return errors;
}

function validateReference(reference: Partial<CrossVersionObjectReference> | undefined, path: string): FieldError[] {
  const { kind = '', name = '' } = reference ?? {};
  return [...validateSegment(kind, `${path}.kind`, ''), ...validateSegment(name, `${path}.name`, '')];
}

/** A name that can stand in a path. */
function validateSegment(value: string, field: string, whenMissing: string): FieldError[] {
  if (value === '') return [required(field, whenMissing)];
  if (value === '.' || value === '..') return [invalid(field, value, `may not be '${value}'`)];
  return ['/', '%'].filter((part) => value.includes(part)).map((part) => invalid(field, value, `may not contain '${part}'`));
}

/** Members of a metric in the order upstream looks at them, with the type each belongs to. */
const SOURCES = [
  ['object', 'Object'],
  ['external', 'External'],
  ['pods', 'Pods'],
  ['resource', 'Resource'],
  ['containerResource', 'ContainerResource'],
] as const;

function validateMetric(metric: MetricSpec, path: string): FieldError[] {
  const type = (metric.type ?? '') as string;
  const types = SOURCES.map(([, name]) => name as string).sort();
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${path}.type`, 'must specify a metric source type'));
  if (!types.includes(type)) errors.push(notSupported(`${path}.type`, type, types));
  const present = SOURCES.filter(([member]) => metric[member] !== undefined).map(([member]) => member);
  const [first] = present;
  if (first !== undefined) errors.push(...validateSource(metric, first, `${path}.${first}`));
  const expected = SOURCES.find(([, name]) => name === type)?.[0];
  if (expected !== undefined && metric[expected] === undefined)
    errors.push(required(`${path}.${expected}`, 'must populate information for the given metric source'));
  if (present.length === 1) return errors;
  const others = present.filter((member) => member !== expected);
  return [...errors, ...others.map((member) => forbidden(`${path}.${member}`, 'must populate the given metric source only'))];
}

function validateSource(metric: MetricSpec, member: (typeof SOURCES)[number][0], path: string): FieldError[] {
  switch (member) {
    case 'object':
      return [
        ...validateReference(metric.object?.describedObject, `${path}.describedObject`),
        ...validateIdentifier(metric.object?.metric, `${path}.metric`),
        ...validateValues(metric.object?.target, `${path}.target`, 'must set either a target value or averageValue'),
      ];
    case 'external':
      return [
        ...validateIdentifier(metric.external?.metric, `${path}.metric`),
        ...validateValues(metric.external?.target, `${path}.target`, 'must set either a target value for metric or a per-pod target'),
        ...forbidBoth(metric.external?.target, `${path}.target`),
      ];
    case 'pods': {
      const { averageValue } = metric.pods?.target ?? {};
      const isMissing = averageValue === undefined || !isPositive(averageValue);
      return [
        ...validateIdentifier(metric.pods?.metric, `${path}.metric`),
        ...validateTarget(metric.pods?.target, `${path}.target`),
        ...(isMissing ? [required(`${path}.target.averageValue`, 'must specify a positive target averageValue')] : []),
      ];
    }
    case 'resource':
      return validateResource(metric.resource, path);
    case 'containerResource': {
      const isMissing = (metric.containerResource?.container ?? '') === '';
      const errors = isMissing ? [required(`${path}.container`, 'must specify a container')] : [];
      return [...errors, ...validateResource(metric.containerResource, path)];
    }
  }
}

function validateResource(source: { name?: string; target?: MetricTarget } | undefined, path: string): FieldError[] {
  const { name = '', target } = source ?? {};
  const errors = name === '' ? [required(`${path}.name`, 'must specify a resource name')] : [];
  errors.push(...validateTarget(target, `${path}.target`));
  const { averageUtilization, averageValue } = target ?? {};
  if (averageUtilization === undefined && averageValue === undefined)
    errors.push(required(`${path}.target.averageUtilization`, 'must set either a target raw value or a target utilization'));
  if (averageUtilization !== undefined && averageValue !== undefined)
    errors.push(forbidden(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization'));
  return errors;
}

function validateIdentifier(identifier: MetricIdentifier | undefined, path: string): FieldError[] {
  return validateSegment(identifier?.name ?? '', `${path}.name`, 'must specify a metric name');
}

function validateValues(target: MetricTarget | undefined, path: string, whenMissing: string): FieldError[] {
  const isMissing = target?.value === undefined && target?.averageValue === undefined;
  return [...validateTarget(target, path), ...(isMissing ? [required(`${path}.averageValue`, whenMissing)] : [])];
}

function forbidBoth(target: MetricTarget | undefined, path: string): FieldError[] {
  if (target?.value === undefined || target.averageValue === undefined) return [];
  return [forbidden(`${path}.value`, 'may not set both a target value for metric and a per-pod target')];
}

function validateTarget(target: MetricTarget | undefined, path: string): FieldError[] {
  const { type = '', value, averageValue, averageUtilization } = target ?? {};
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${path}.type`, 'must specify a metric target type'));
  if (!['Utilization', 'Value', 'AverageValue'].includes(type))
    errors.push(invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  for (const [name, amount] of Object.entries({ value, averageValue })) {
    if (amount !== undefined && !isPositive(amount)) errors.push(invalid(`${path}.${name}`, amount, 'must be positive'));
  }
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.push(invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  return errors;
}

function isPositive(amount: string): boolean {
  return parseQuantity(amount).ok && compareQuantities(amount, '0') > 0;
}

function validateRules(rules: ScalingRules, path: string): FieldError[] {
  const { stabilizationWindowSeconds: window = 0, selectPolicy, policies = [] } = rules;
  const errors: FieldError[] = [];
  const windowField = `${path}.stabilizationWindowSeconds`;
  if (window < 0) errors.push(invalid(windowField, window, 'must be greater than or equal to zero'));
  if (window > STABILIZATION_SECONDS_MAX)
    errors.push(invalid(windowField, window, `must be less than or equal to ${STABILIZATION_SECONDS_MAX}`));
  const choices = ['Disabled', 'Max', 'Min'];
  if (selectPolicy !== undefined && !choices.includes(selectPolicy))
    errors.push(notSupported(`${path}.selectPolicy`, selectPolicy, choices));
  if (policies.length === 0) errors.push(required(`${path}.policies`, 'must specify at least one Policy'));
  policies.forEach(({ type, value = 0, periodSeconds = 0 }, index) => {
    const at = `${path}.policies[${index}]`;
    if (!['Percent', 'Pods'].includes(type)) errors.push(notSupported(`${at}.type`, type ?? '', ['Percent', 'Pods']));
    if (value <= 0) errors.push(invalid(`${at}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0) errors.push(invalid(`${at}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    if (periodSeconds > PERIOD_SECONDS_MAX)
      errors.push(invalid(`${at}.periodSeconds`, periodSeconds, `must be less than or equal to ${PERIOD_SECONDS_MAX}`));
  });
  return errors;
}
