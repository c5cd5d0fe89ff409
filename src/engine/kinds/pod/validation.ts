// Validation of pods: the spec's rules, and which changes of a pod are allowed (I7, P4).
// Upstream: pkg/apis/core/validation/validation.go (ValidatePodUpdate) (v1.33). The human diff after the I7 text is omitted.

import { duplicate, type FieldError, forbidden, invalid, required } from '../../apimachinery/field-errors.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { labelProblems } from '../../apimachinery/names.ts';
import { qosClassOf } from './defaults.ts';
import type { Container, Pod, PodSpec } from '../shared/pod-spec.ts';
import { validatePodSpec } from '../shared/pod-validation.ts';
import { warnAboutHostname, warnAboutPodSpec } from '../shared/pod-warnings.ts';

export function validatePod(pod: Pod): readonly FieldError[] {
  const errors = validatePodSpec(pod.spec, 'spec');
  if ((pod.spec?.ephemeralContainers ?? []).length > 0 && pod.status?.startTime === undefined && pod.metadata.resourceVersion === '') {
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  return errors;
}

export function warnAboutPod(pod: Pod, previous: Pod | undefined): readonly string[] {
  const names = previous === undefined ? warnAboutHostname(pod.metadata.name) : [];
  return [...names, ...warnAboutPodSpec(pod.spec, 'spec')];
}

const IMMUTABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** I7. */
export function validatePodUpdate(pod: Pod, previous: Pod, subresource: string): readonly FieldError[] {
  if (subresource === 'status' || pod.spec === previous.spec) return [];
  if (subresource === 'resize') return validateResize(pod, previous);
  if (subresource === 'ephemeralcontainers') return validateEphemeralContainers(pod.spec, previous.spec);
  const errors: FieldError[] = [];
  if (pod.spec.containers.length !== previous.spec.containers.length)
    return [forbidden('spec.containers', 'pod updates may not add or remove containers')];
  if ((pod.spec.initContainers ?? []).length !== (previous.spec.initContainers ?? []).length) {
    return [forbidden('spec.initContainers', 'pod updates may not add or remove containers')];
  }
  validateDeadline(pod, previous, errors);
  if ((pod.spec.schedulingGates ?? []).some((gate) => !(previous.spec.schedulingGates ?? []).some((old) => old.name === gate.name))) {
    errors.push(forbidden('spec.schedulingGates', 'only deletion is allowed, but found new scheduling gates'));
  }
  if (!isJsonEqual(comparable(pod.spec, previous.spec), comparable(previous.spec, previous.spec)))
    errors.push(forbidden('spec', IMMUTABLE));
  return errors;
}

const RESIZED = ['cpu', 'memory'];

/**
 * M6: amounts of cpu and memory change, and nothing else. Deviation: a resize takes hold at the next sync and restarts nothing, whatever
 * `resizePolicy` says, because a simulated container does not depend on its limits while it stays below them.
 */
function validateResize(pod: Pod, previous: Pod): readonly FieldError[] {
  const before = previous.status.qosClass ?? 'BestEffort';
  if (qosClassOf(pod.spec) !== before) return [invalid('spec', before, 'Pod QOS Class may not change as a result of resizing')];
  const errors: FieldError[] = [];
  pod.spec.containers.forEach((container, index) => {
    const old = previous.spec.containers[index]?.resources ?? {};
    for (const list of ['limits', 'requests'] as const) {
      const removed = Object.keys(old[list] ?? {}).filter((name) => container.resources?.[list]?.[name] === undefined);
      if (removed.length > 0) errors.push(forbidden(`spec.containers[${index}].resources.${list}`, `resource ${list} cannot be removed`));
    }
  });
  if (errors.length > 0) return errors;
  if (isJsonEqual(withoutAmounts(pod.spec), withoutAmounts(previous.spec))) return [];
  return [forbidden('spec', 'only cpu and memory resources are mutable')];
}

function withoutAmounts(spec: PodSpec): unknown {
  const others = (amounts: Readonly<Record<string, string>> = {}): unknown =>
    Object.fromEntries(Object.entries(amounts).filter(([name]) => !RESIZED.includes(name)));
  const strip = ({ resources = {}, ...container }: Container): unknown => ({
    ...container,
    resources: { ...resources, limits: others(resources.limits), requests: others(resources.requests) },
  });
  return { ...spec, containers: spec.containers.map(strip), initContainers: (spec.initContainers ?? []).map(strip) };
}

/** M5: their names are their own, and what runs stays as it is. */
function validateEphemeralContainers(spec: PodSpec, previous: PodSpec): readonly FieldError[] {
  const errors: FieldError[] = [];
  const path = 'spec.ephemeralContainers';
  const names = new Set([...spec.containers, ...(spec.initContainers ?? [])].map((container) => container.name));
  const containers = spec.ephemeralContainers ?? [];
  containers.forEach(({ name = '', image = '' }, index) => {
    if (name === '') errors.push(required(`${path}[${index}].name`));
    for (const problem of name === '' ? [] : labelProblems(name)) errors.push(invalid(`${path}[${index}].name`, name, problem));
    if (name !== '' && names.has(name)) errors.push(duplicate(`${path}[${index}].name`, name));
    if (image === '') errors.push(required(`${path}[${index}].image`));
    names.add(name);
  });
  for (const before of previous.ephemeralContainers ?? []) {
    const after = containers.find((container) => container.name === before.name);
    const quoted = JSON.stringify(before.name);
    if (after === undefined) errors.push(forbidden(path, `existing ephemeral containers ${quoted} may not be removed\n`));
    else if (!isJsonEqual(after, before)) errors.push(forbidden(path, `existing ephemeral containers ${quoted} may not be changed\n`));
  }
  return errors;
}

function validateDeadline(pod: Pod, previous: Pod, errors: FieldError[]): void {
  const before = previous.spec.activeDeadlineSeconds;
  const after = pod.spec.activeDeadlineSeconds;
  if (before === undefined) return;
  const field = 'spec.activeDeadlineSeconds';
  if (after === undefined) errors.push(invalid(field, 0, 'must not update from a positive integer to nil value'));
  else if (after > before) errors.push(invalid(field, after, `must be less than or equal to previous value`));
}

/** The spec with everything that may change made equal to the previous one. */
function comparable(spec: PodSpec, previous: PodSpec): unknown {
  const keepsTolerations = (previous.tolerations ?? []).every((old) => (spec.tolerations ?? []).some((item) => isJsonEqual(item, old)));
  const mayShortenGrace = (previous.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  return {
    ...spec,
    containers: withoutImages(spec.containers),
    ...(spec.initContainers === undefined ? {} : { initContainers: withoutImages(spec.initContainers) }),
    activeDeadlineSeconds: 0,
    schedulingGates: [],
    ...(keepsTolerations ? { tolerations: [] } : {}),
    ...(mayShortenGrace ? { terminationGracePeriodSeconds: previous.terminationGracePeriodSeconds } : {}),
  };
}

function withoutImages(containers: readonly Container[]): unknown {
  return containers.map((container) => ({ ...container, image: '' }));
}
