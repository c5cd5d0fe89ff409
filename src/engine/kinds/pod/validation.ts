// Validation of pods: the spec's rules, and which changes of a pod are allowed (I7, P4).
// Upstream: pkg/apis/core/validation/validation.go (ValidatePodUpdate) (v1.33). The human diff after the I7 text is omitted.

import { type FieldError, forbidden, goText, invalid } from '../../apimachinery/field-errors.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import { qosClassOf } from './defaults.ts';
import { checkImage } from '../shared/container-validation.ts';
import { eachItem, requireMembers } from '../shared/field-checks.ts';
import { APPARMOR, MIRROR_ANNOTATION, validatePodAnnotations, validateProfileAnnotations } from '../shared/pod-annotations.ts';
import type { Container, Pod, PodSpec, Toleration } from '../shared/pod-spec.ts';
import { validatePodOnly, validatePodSpec } from '../shared/pod-validation.ts';
import { warnAboutHostname, warnAboutPodSpec } from '../shared/pod-warnings.ts';
import { validateTolerations } from '../shared/toleration-validation.ts';
import { validateGatedUpdate } from './gated-update.ts';
import { validatePodStatus } from './status-validation.ts';
import { isRestartableInitContainer } from '../shared/pod-state.ts';

export function validatePod(pod: Pod): readonly FieldError[] {
  const { annotations } = pod.metadata;
  const errors = validateMetaAndSpec(pod);
  if (pod.spec === undefined || pod.metadata.resourceVersion !== '') return errors;
  if ((pod.spec.ephemeralContainers ?? []).length > 0) errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  if ((pod.spec.schedulingGates ?? []).length > 0 && (pod.spec.nodeName ?? '') !== '')
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  return [...errors, ...validateProfileAnnotations(annotations, pod.spec, 'spec')];
}

/** What holds for new and changed pods. */
function validateMetaAndSpec({ metadata, spec }: Pod): FieldError[] {
  return [
    ...validatePodAnnotations(metadata.annotations, spec, 'metadata.annotations'),
    ...validatePodSpec(spec, 'spec', { name: metadata.name }),
    ...(spec === undefined ? [] : validatePodOnly(spec, 'spec')),
  ];
}

export function warnAboutPod(pod: Pod, previous: Pod | undefined): readonly string[] {
  const names = previous === undefined ? warnAboutHostname(pod.metadata.name) : [];
  return [...names, ...warnAboutPodSpec(pod.spec, pod.metadata.annotations, '')];
}

const IMMUTABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

const LISTS = ['containers', 'initContainers'] as const;

/** Little of a pod's spec may change (I7). */
export function validatePodUpdate(pod: Pod, previous: Pod, subresource: string): readonly FieldError[] {
  // As upstream does it, some of what holds for every pod is checked twice.
  const own = validatePodAnnotations(pod.metadata.annotations, pod.spec, 'metadata.annotations');
  const annotations = [...validateAnnotationsUpdate(pod, previous), ...own];
  if (subresource === 'status') return [...annotations, ...validatePodStatus(pod, previous)];
  if (subresource === 'resize') return [...validateMetaAndSpec(pod), ...validateResize(pod, previous)];
  if (subresource === 'ephemeralcontainers') return validateEphemeralContainers(pod, previous, annotations);
  const errors = [...annotations];
  for (const list of LISTS) {
    if ((pod.spec[list] ?? []).length !== (previous.spec[list] ?? []).length)
      return [...errors, forbidden(`spec.${list}`, 'pod updates may not add or remove containers')];
    errors.push(
      ...eachItem(pod.spec[list], `spec.${list}`, (container, at) => [
        ...requireMembers(container, at, 'image'),
        ...checkImage(container, at),
      ]),
    );
  }
  const deadline = validateDeadline(pod, previous);
  if (deadline.stops) return [...errors, ...deadline.errors];
  return [...errors, ...deadline.errors, ...validateSpecUpdate(pod.spec, previous.spec)];
}

function validateAnnotationsUpdate({ metadata }: Pod, previous: Pod): FieldError[] {
  const before = previous.metadata.annotations ?? {};
  const after = metadata.annotations ?? {};
  const fixed = (key: string): string | undefined =>
    key === MIRROR_ANNOTATION ? 'mirror pod annotation' : key.startsWith(APPARMOR) ? 'AppArmor annotations' : undefined;
  const say = (key: string, verb: string): FieldError[] => {
    const noun = fixed(key);
    return noun === undefined ? [] : [forbidden(`metadata.annotations[${key}]`, `may not ${verb} ${noun}`)];
  };
  const changed = Object.keys(before).filter((key) => after[key] !== before[key]);
  const added = Object.keys(after).filter((key) => before[key] === undefined);
  return [...changed.flatMap((key) => say(key, 'remove or update')), ...added.flatMap((key) => say(key, 'add'))];
}

/** What changed beyond the deadline: only tolerations are added, only gates are removed, and the rest stays. */
function validateSpecUpdate(spec: PodSpec, previous: PodSpec): FieldError[] {
  const errors: FieldError[] = [];
  const others = (spec.tolerations ?? []).map(withoutSeconds);
  if ((previous.tolerations ?? []).some((old) => !others.some((item) => isJsonEqual(item, withoutSeconds(old)))))
    errors.push(forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'));
  else errors.push(...validateTolerations(spec.tolerations ?? [], 'spec.tolerations'));
  const gates = new Set((previous.schedulingGates ?? []).map(({ name }) => name));
  (spec.schedulingGates ?? []).forEach(({ name }, index) => {
    const text = `only deletion is allowed, but found new scheduling gate '${name}'`;
    if (!gates.has(name)) errors.push(forbidden(`spec.schedulingGates[${index}].name`, text));
  });
  const isGated = gates.size > 0;
  if (isGated) errors.push(...validateGatedUpdate(spec, previous));
  if (!isJsonEqual(comparable(spec, previous, isGated), comparable(previous, previous, isGated))) errors.push(forbidden('spec', IMMUTABLE));
  return errors;
}

function withoutSeconds({ tolerationSeconds: _seconds, ...toleration }: Toleration): unknown {
  return toleration;
}

const RESIZED = ['cpu', 'memory'];

/** M6: amounts of cpu and memory change, and nothing else. */
function validateResize(pod: Pod, previous: Pod): readonly FieldError[] {
  if (previous.metadata.annotations?.[MIRROR_ANNOTATION] !== undefined) return [forbidden('[]', 'static pods cannot be resized')];
  if ((previous.spec['os'] as { readonly name?: string } | undefined)?.name === 'windows')
    return [forbidden('[]', 'windows pods cannot be resized')];
  const before = previous.status.qosClass ?? 'BestEffort';
  const errors: FieldError[] = [];
  if (qosClassOf(pod.spec) !== before) errors.push(invalid('spec', before, 'Pod QOS Class may not change as a result of resizing'));
  const order = LISTS.flatMap((list) => checkOrder(pod.spec, previous.spec, list));
  if (order.length > 0) return [...errors, ...order];
  (previous.spec.initContainers ?? []).forEach((old, index) => {
    const container = pod.spec.initContainers?.[index];
    if (container !== undefined && isRestartableInitContainer(old))
      errors.push(...checkAmounts(container, old, `spec.initContainers[${index}].resources`));
  });
  previous.spec.containers.forEach((old, index) =>
    errors.push(...checkAmounts(pod.spec.containers[index] as Container, old, `spec.containers[${index}].resources`)),
  );
  for (const list of [...LISTS].reverse())
    (previous.spec[list] ?? []).forEach((old, index) => errors.push(...checkOthers(pod.spec[list]?.[index] as Container, old, list)));
  if (errors.length > 0 || isJsonEqual(withoutContainers(pod.spec), withoutContainers(previous.spec))) return errors;
  return [forbidden('spec', ONLY_AMOUNTS)];
}

const ONLY_AMOUNTS = 'only cpu and memory resources are mutable';

function checkOrder(spec: PodSpec, previous: PodSpec, list: (typeof LISTS)[number]): FieldError[] {
  const after = spec[list] ?? [];
  const before = previous[list] ?? [];
  if (after.length !== before.length) return [forbidden(`spec.${list}`, `${list} may not be added or removed on resize`)];
  const text = `${list} may not be renamed or reordered on resize`;
  return before.flatMap(({ name }, index) => (after[index]?.name === name ? [] : [forbidden(`spec.${list}[${index}].name`, text)]));
}

/** Amounts are not taken away, and memory shrinks only where that restarts the container. */
function checkAmounts(container: Container, old: Container, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const list of ['requests', 'limits'] as const) {
    const isRemoved = Object.keys(old.resources?.[list] ?? {}).some((name) => container.resources?.[list]?.[name] === undefined);
    if (isRemoved) errors.push(forbidden(`${path}.${list}`, `resource ${list} cannot be removed`));
  }
  const policies = (container['resizePolicy'] ?? []) as readonly { readonly resourceName?: string; readonly restartPolicy?: string }[];
  const restarts = policies.find(({ resourceName }) => resourceName === 'memory')?.restartPolicy === 'RestartContainer';
  const before = old.resources?.limits?.['memory'];
  const after = container.resources?.limits?.['memory'];
  if (restarts || after === undefined) return errors;
  const verb = before === undefined ? 'added' : 'decreased';
  if (before !== undefined && compareQuantities(after, before) >= 0) return errors;
  return [...errors, forbidden(`${path}.limits[memory]`, `memory limits cannot be ${verb} unless resizePolicy is RestartContainer`)];
}

/** What is no amount of cpu or memory stays; init containers that end stay whole. */
function checkOthers(container: Container, old: Container, list: (typeof LISTS)[number]): FieldError[] {
  const isSidecar = isRestartableInitContainer(old);
  if (list === 'initContainers' && !isSidecar)
    return isJsonEqual(container, old) ? [] : [forbidden('spec', 'resources for non-sidecar init containers are immutable')];
  if (isJsonEqual(withoutAmounts(container, old), withoutAmounts(old, old))) return [];
  return [forbidden('spec', list === 'containers' ? ONLY_AMOUNTS : 'only cpu and memory resources for sidecar containers are mutable')];
}

/** A list of amounts that was not there before may not appear. */
function withoutAmounts({ resources = {}, ...container }: Container, old: Container): unknown {
  const others = (list: 'limits' | 'requests'): unknown => {
    const amounts = Object.entries(resources[list] ?? {}).filter(([name]) => !RESIZED.includes(name));
    return old.resources?.[list] === undefined ? undefined : Object.fromEntries(amounts);
  };
  return { ...container, limits: others('limits'), requests: others('requests') };
}

function withoutContainers({ containers: _containers, initContainers: _initContainers, ...spec }: PodSpec): unknown {
  return spec;
}

/** M5: what runs stays as it is. */
function validateEphemeralContainers(pod: Pod, previous: Pod, annotations: readonly FieldError[]): FieldError[] {
  if (previous.metadata.annotations?.[MIRROR_ANNOTATION] !== undefined)
    return [forbidden('[]', 'static pods do not support ephemeral containers')];
  const path = 'spec.ephemeralContainers';
  const changes = (previous.spec.ephemeralContainers ?? []).flatMap((before) => {
    const after = (pod.spec.ephemeralContainers ?? []).find((container) => container.name === before.name);
    const quoted = JSON.stringify(before.name);
    if (after === undefined) return [forbidden(path, `existing ephemeral containers ${quoted} may not be removed\n`)];
    return isJsonEqual(after, before) ? [] : [forbidden(path, `existing ephemeral containers ${quoted} may not be changed\n`)];
  });
  return [...validateMetaAndSpec(pod), ...annotations, ...changes];
}

const INT32_MAX = 2_147_483_647;

/** Some mistakes end the check. */
function validateDeadline(pod: Pod, previous: Pod): { readonly errors: FieldError[]; readonly stops: boolean } {
  const before = previous.spec.activeDeadlineSeconds;
  const after = pod.spec.activeDeadlineSeconds;
  const field = 'spec.activeDeadlineSeconds';
  if (after === undefined) {
    const text = 'must not update from a positive integer to nil value';
    return { errors: before === undefined ? [] : [invalid(field, goText('"null"'), text)], stops: false };
  }
  if (after < 0 || after > INT32_MAX)
    return { errors: [invalid(field, after, `must be between 0 and ${INT32_MAX}, inclusive`)], stops: true };
  const isLater = before !== undefined && before < after;
  return { errors: isLater ? [invalid(field, after, 'must be less than or equal to previous value')] : [], stops: isLater };
}

/** The spec with everything that may change made equal to the previous one. */
function comparable(spec: PodSpec, previous: PodSpec, isGated: boolean): unknown {
  const mayShortenGrace = (previous.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  const { nodeAffinity: _affinity, ...affinity } = spec.affinity ?? {};
  return {
    ...spec,
    containers: withoutImages(spec.containers),
    ...(spec.initContainers === undefined ? {} : { initContainers: withoutImages(spec.initContainers) }),
    activeDeadlineSeconds: 0,
    schedulingGates: [],
    tolerations: [],
    ...(mayShortenGrace ? { terminationGracePeriodSeconds: previous.terminationGracePeriodSeconds } : {}),
    ...(isGated ? { nodeSelector: {}, affinity } : {}),
  };
}

function withoutImages(containers: readonly Container[]): unknown {
  return containers.map((container) => ({ ...container, image: '' }));
}
