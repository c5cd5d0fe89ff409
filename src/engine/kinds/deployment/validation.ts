// Validation of Deployments. Upstream: pkg/apis/apps/validation/validation.go ValidateDeploymentSpec, ValidateDeploymentStatus (v1.33).
// Rules: C202, I9, P7.

import { type FieldError, forbidden, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { goIntOrPercent, leadingNumber, validateIntOrPercent, validateShareOfAll } from '../../apimachinery/int-or-percent.ts';
import { validateSelectorAndTemplate, validateSelectorUpdate } from '../shared/template.ts';
import type { Deployment, DeploymentStrategy } from './types.ts';

const NON_NEGATIVE = 'must be greater than or equal to 0';

export function validateDeployment(deployment: Deployment): readonly FieldError[] {
  const {
    replicas = 1,
    selector,
    template,
    strategy,
    minReadySeconds = 0,
    revisionHistoryLimit,
    progressDeadlineSeconds,
  } = deployment.spec;
  const errors: FieldError[] = [];
  const checkNonNegative = (field: string, value: number): void => {
    if (value < 0) errors.push(invalid(`spec.${field}`, value, NON_NEGATIVE));
  };
  checkNonNegative('replicas', replicas);
  errors.push(...validateSelectorAndTemplate(selector, template, 'ReplicaSet'), ...validateStrategy(strategy));
  checkNonNegative('minReadySeconds', minReadySeconds);
  if (revisionHistoryLimit !== undefined) checkNonNegative('revisionHistoryLimit', revisionHistoryLimit);
  if (progressDeadlineSeconds !== undefined) {
    checkNonNegative('progressDeadlineSeconds', progressDeadlineSeconds);
    if (progressDeadlineSeconds <= minReadySeconds)
      errors.push(invalid('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds'));
  }
  return errors;
}

/** C158, I9; M1 for the status. */
export function validateDeploymentUpdate(deployment: Deployment, previous: Deployment, subresource: string): readonly FieldError[] {
  if (subresource === 'status') return validateStatus(deployment, previous);
  return deployment.spec === previous.spec ? [] : validateSelectorUpdate(deployment.spec.selector, previous.spec.selector);
}

function validateStrategy(strategy: DeploymentStrategy): FieldError[] {
  const path = 'spec.strategy';
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') {
    const text = "may not be specified when strategy `type` is 'Recreate'";
    return rollingUpdate === undefined ? [] : [forbidden(`${path}.rollingUpdate`, text)];
  }
  if (type !== 'RollingUpdate') {
    const dump = `apps.DeploymentStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}`;
    return [notSupported(path, goText(dump), ['Recreate', 'RollingUpdate'])];
  }
  if (rollingUpdate === undefined) return [required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil')];
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const at = `${path}.rollingUpdate`;
  const errors = [...validateIntOrPercent(maxUnavailable, `${at}.maxUnavailable`), ...validateIntOrPercent(maxSurge, `${at}.maxSurge`)];
  if (leadingNumber(maxUnavailable) === 0 && leadingNumber(maxSurge) === 0)
    errors.push(invalid(`${at}.maxUnavailable`, goIntOrPercent(maxUnavailable), 'may not be 0 when `maxSurge` is 0'));
  return [...errors, ...validateShareOfAll(maxUnavailable, `${at}.maxUnavailable`)];
}

function validateStatus(deployment: Deployment, previous: Deployment): FieldError[] {
  const errors: FieldError[] = [];
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = deployment.status;
  const { unavailableReplicas = 0, collisionCount = 0 } = deployment.status;
  const counts = {
    observedGeneration,
    replicas,
    updatedReplicas,
    readyReplicas,
    availableReplicas,
    unavailableReplicas,
    collisionCount,
  };
  for (const [field, value] of Object.entries(counts)) if (value < 0) errors.push(invalid(`status.${field}`, value, NON_NEGATIVE));
  for (const field of ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    if (counts[field] > replicas) errors.push(invalid(`status.${field}`, counts[field], 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas)
    errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  if (collisionCount < (previous.status.collisionCount ?? 0))
    errors.push(invalid('status.collisionCount', collisionCount, 'cannot be decremented'));
  return errors;
}
