// Pod security: pods that a namespace does not allow are refused, pods and templates that it would not allow are warned about.
// Upstream: k8s.io/pod-security-admission/admission/admission.go (v0.33), plugin/pkg/admission/security/podsecurity/admission.go (v1.33).
// Rule: U6. Nobody and nothing is exempt, as by default.

import { controllerOf, type KubeObject, type StringMap } from '../../../apimachinery/meta.ts';
import { forbiddenObject, invalidObject, type Status } from '../../../apimachinery/status.ts';
import { type Kind, resourceOf } from '../../../kinds/kind.ts';
import type { Container, Pod, PodSpec } from '../../../kinds/shared/pod-spec.ts';
import type { PodTemplateSpec } from '../../../kinds/shared/types.ts';
import type { ClusterState } from '../../../kernel/state.ts';
import { getStored, keysInNamespace } from '../../../kernel/store.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import type { Checked, Violation } from './check.ts';
import { evaluate } from './evaluate.ts';
import { compareLevels, type Policy, policyOf, textOf } from './policy.ts';

/** Subresources of pods that say nothing of what runs. */
const IGNORED = ['binding', 'eviction', 'status'];
/** How many pods of a namespace are looked at when its level rises. */
const CHECKED_PODS_MAX = 3000;

export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  judge: (state, kind, object, { previous, subresource }) => checkPodSecurity(state, kind, object, previous, subresource),
  warn: (state, kind, object, { previous, subresource }) => warnAboutPodSecurity(state, kind, object, previous, subresource),
};

/** The refusal of a new or changed object, or undefined. */
function checkPodSecurity(
  state: ClusterState,
  kind: Kind,
  object: KubeObject,
  previous: KubeObject | undefined,
  subresource: string,
): Status | undefined {
  const resource = resourceOf(kind);
  if (resource === 'namespaces') return subresource === '' ? checkLabels(kind, object, previous) : undefined;
  if (resource !== 'pods' || !isSignificant(object as Pod, previous as Pod | undefined, subresource)) return undefined;
  const { enforce } = policyIn(state, object);
  const violations = evaluate(podOf(object as Pod), enforce);
  if (violations.length === 0) return undefined;
  return forbiddenObject(kind, object.metadata.name, `violates PodSecurity "${textOf(enforce)}": ${detailOf(violations)}`);
}

/** Texts of Warning headers for an object that is accepted. */
function warnAboutPodSecurity(
  state: ClusterState,
  kind: Kind,
  object: KubeObject,
  previous: KubeObject | undefined,
  subresource: string,
): readonly string[] {
  const resource = resourceOf(kind);
  if (resource === 'namespaces') return previous === undefined || subresource !== '' ? [] : warnAboutNamespace(state, object, previous);
  const checked = checkedOf(resource, object, previous, subresource);
  if (checked === undefined) return [];
  const { warn } = policyIn(state, object);
  const violations = evaluate(checked, warn);
  return violations.length === 0 ? [] : [`would violate PodSecurity "${textOf(warn)}": ${detailOf(violations)}`];
}

function checkLabels(kind: Kind, object: KubeObject, previous: KubeObject | undefined): Status | undefined {
  const { errors } = policyOf(object.metadata.labels);
  const before = previous === undefined ? [] : policyOf(previous.metadata.labels).errors;
  const isKnown = before.length > 0 && JSON.stringify(before) === JSON.stringify(errors);
  return errors.length === 0 || isKnown ? undefined : invalidObject(kind, object.metadata.name, errors);
}

function policyIn(state: ClusterState, object: KubeObject): Policy {
  const namespace = getStored(state, 'namespaces', object.metadata.namespace ?? '')?.object;
  return policyOf((namespace?.metadata as { readonly labels?: StringMap } | undefined)?.labels).policy;
}

/** Where kinds other than Pod keep the template of their pods. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  podtemplates: ['template'],
  replicationcontrollers: ['spec', 'template'],
  'replicasets.apps': ['spec', 'template'],
  'deployments.apps': ['spec', 'template'],
  'daemonsets.apps': ['spec', 'template'],
  'statefulsets.apps': ['spec', 'template'],
  'jobs.batch': ['spec', 'template'],
  'cronjobs.batch': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** The pod or template that an object is about; undefined when nothing has to be looked at. */
function checkedOf(resource: string, object: KubeObject, previous: KubeObject | undefined, subresource: string): Checked | undefined {
  if (resource === 'pods') return isSignificant(object as Pod, previous as Pod | undefined, subresource) ? podOf(object as Pod) : undefined;
  const path = subresource === '' ? TEMPLATES[resource] : undefined;
  let value: unknown = path === undefined ? undefined : object;
  for (const step of path ?? []) value = (value as Readonly<Record<string, unknown>> | undefined)?.[step];
  const template = value as PodTemplateSpec | undefined;
  return template?.spec === undefined ? undefined : { spec: template.spec, annotations: template.metadata?.annotations ?? {} };
}

function podOf({ metadata, spec }: Pod): Checked {
  return { spec, annotations: metadata.annotations ?? {} };
}

/** Of a pod only images and containers can change. */
function isSignificant(pod: Pod, previous: Pod | undefined, subresource: string): boolean {
  if (previous === undefined) return true;
  if (IGNORED.includes(subresource)) return false;
  const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const;
  const images = (spec: PodSpec): ReadonlyMap<string, string> =>
    new Map(lists.flatMap((list) => (spec[list] ?? []).map(({ name, image }: Container) => [`${list}/${name}`, image] as const)));
  const before = images(previous.spec);
  return [...images(pod.spec)].some(([key, image]) => before.get(key) !== image);
}

function detailOf(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
}

/** What a stricter level says of the pods that are there already. */
function warnAboutNamespace(state: ClusterState, object: KubeObject, previous: KubeObject): readonly string[] {
  const { enforce } = policyOf(object.metadata.labels).policy;
  const before = policyOf(previous.metadata.labels).policy.enforce;
  const isSame = enforce.level === before.level && enforce.minor === before.minor;
  const isRelaxed = enforce.minor === before.minor && compareLevels(enforce.level, before.level) <= 0;
  if (isSame || isRelaxed || enforce.level === 'privileged') return [];
  const { name } = object.metadata;
  const pods = prioritize(podsIn(state, name));
  const checked = pods.slice(0, CHECKED_PODS_MAX);
  const found = new Map<string, string[]>();
  for (const pod of checked) {
    const reasons = evaluate(podOf(pod), enforce).map(({ reason }) => reason);
    if (reasons.length === 0) continue;
    const text = reasons.join(', ');
    found.set(text, [...(found.get(text) ?? []), pod.metadata.name]);
  }
  const level = `"${textOf(enforce)}"`;
  return [
    ...(checked.length < pods.length
      ? [`new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`]
      : []),
    ...(found.size > 0 ? [`existing pods in namespace ${JSON.stringify(name)} violate the new PodSecurity enforce level ${level}`] : []),
    ...[...found].map(([text, names]) => `${podWords(names)}: ${text}`).sort(),
  ];
}

function podWords(names: readonly string[]): string {
  const [first = '', ...others] = [...names].sort();
  if (others.length === 0) return first;
  return `${first} (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`;
}

function podsIn(state: ClusterState, namespace: string): readonly Pod[] {
  return [...keysInNamespace(state, 'pods', namespace)].map((key) => getStored(state, 'pods', key)?.object as Pod);
}

/** One pod of each owner first. */
function prioritize(pods: readonly Pod[]): readonly Pod[] {
  const owners = new Set<string>();
  const others: Pod[] = [];
  const first = pods.filter((pod) => {
    const uid = controllerOf(pod)?.uid;
    if (uid === undefined || !owners.has(uid)) {
      if (uid !== undefined) owners.add(uid);
      return true;
    }
    others.push(pod);
    return false;
  });
  return [...first, ...others];
}
