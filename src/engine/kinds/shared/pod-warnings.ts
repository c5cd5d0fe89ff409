// Warnings about pods and templates: accepted, but worth a word (P4, A8, C160).
// Upstream: pkg/api/pod/warnings.go (v1.33).

import { ipWarnings } from '../../apimachinery/ip.ts';
import type { KubeObject, StringMap } from '../../apimachinery/meta.ts';
import { labelProblems } from '../../apimachinery/names.ts';
import { eachText } from './each-text.ts';
import type { Fields } from './field-checks.ts';
import { deprecationOf, warnAboutNodeLabels, warnAboutNodeTerm } from './node-label-warnings.ts';
import { APPARMOR, SECCOMP_CONTAINER, SECCOMP_POD } from './pod-annotations.ts';
import type { Affinity, Container, EnvVar, PodAffinity, PodSpec } from './pod-spec.ts';
import { warnAboutPorts } from './port-warnings.ts';
import type { PodTemplateSpec } from './types.ts';
import { warnAboutFraction, warnAboutVolumes } from './volume-warnings.ts';
import { containersOf } from './windows-validation.ts';

/** A pod has the empty path, a template that of its own. */
interface Place {
  readonly path: string;
  readonly spec: string;
  readonly annotations: string;
}

/** Warnings about a pod spec and what stands beside it. */
export function warnAboutPodSpec(spec: PodSpec, annotations: StringMap | undefined, path: string): string[] {
  const prefix = path === '' ? '' : `${path}.`;
  const place = { path, spec: `${prefix}spec`, annotations: `${prefix}metadata.annotations` };
  const grace = spec.terminationGracePeriodSeconds ?? 0;
  return [
    ...warnAboutNodes(spec, place.spec),
    ...warnAboutAnnotations(annotations, place),
    ...warnAboutVolumes(spec.volumes ?? [], place.spec),
    ...warnAboutLists(spec, place.spec),
    ...['memory', 'ephemeral-storage'].flatMap((name) => warnAboutFraction(spec.overhead?.[name], `${place.spec}.overhead[${name}]`)),
    ...warnAboutProfiles(spec, annotations, place),
    ...warnAboutPorts(spec, place.spec),
    ...(grace < 0
      ? [`${place.spec}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...warnAboutSelectors(spec.affinity, `${place.spec}.affinity`),
    ...warnAboutIps(spec, place.spec),
  ];
}

const NULL_SELECTOR = 'a null labelSelector results in matching no pod';

function warnAboutNodes({ nodeSelector, affinity, topologySpreadConstraints = [] }: PodSpec, path: string): string[] {
  const at = `${path}.affinity.nodeAffinity`;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const preferred = affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
  return [
    ...warnAboutNodeLabels(nodeSelector, (label) => `${path}.nodeSelector[${label}]`),
    ...eachText(required, `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`, (term, field) =>
      warnAboutNodeTerm(term, field, false),
    ),
    ...eachText(preferred, `${at}.preferredDuringSchedulingIgnoredDuringExecution`, ({ preference }, field) =>
      warnAboutNodeTerm(preference, `${field}.preference`, true),
    ),
    ...eachText(topologySpreadConstraints, `${path}.topologySpreadConstraints`, ({ topologyKey, labelSelector }, field) => {
      const text = deprecationOf(topologyKey);
      return [
        ...(text === undefined ? [] : [`${field}.topologyKey: ${topologyKey} is ${text}`]),
        ...(labelSelector === undefined ? [`${field}.labelSelector: ${NULL_SELECTOR}`] : []),
      ];
    }),
  ];
}

const DEPRECATED_ANNOTATIONS: readonly (readonly [key: string, text: string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
];

function warnAboutAnnotations(annotations: StringMap | undefined, place: Place): string[] {
  return DEPRECATED_ANNOTATIONS.filter(([key]) => annotations?.[key] !== undefined).map(
    ([key, text]) => `${place.annotations}[${key}]: ${text}`,
  );
}

/** Entries that say the same thing twice, or nothing. */
function warnAboutLists(spec: PodSpec, path: string): string[] {
  const aliases = (spec['hostAliases'] ?? []) as readonly { readonly ip?: string }[];
  const secrets = (spec['imagePullSecrets'] ?? []) as readonly { readonly name?: string }[];
  const repeated = <T>(items: readonly T[], valueOf: (item: T) => string, say: (index: number, value: string) => string): string[] => {
    const values = items.map(valueOf);
    return values.flatMap((value, index) => (values.indexOf(value) < index ? [say(index, value)] : []));
  };
  const ip = (index: number, value: string): string => `${path}.hostAliases[${index}].ip: duplicate ip ${JSON.stringify(value)}`;
  const at = (index: number): string => `${path}.imagePullSecrets[${index}].name`;
  return [
    ...repeated(aliases, (alias) => alias.ip ?? '', ip),
    ...repeated(
      secrets,
      ({ name = '' }) => name,
      (index, value) => `${at(index)}: duplicate name ${JSON.stringify(value)}`,
    ),
    ...secrets.flatMap(({ name = '' }, index) => (name === '' ? [`${at(index)}: invalid empty name ""`] : [])),
  ];
}

const SECCOMP_TEXT = 'non-functional in v1.27+; use the "seccompProfile" field instead';
const APPARMOR_TEXT = 'deprecated since v1.30; use the "appArmorProfile" field instead';

/** Annotations without the field that took their place, and what containers say twice or in fractions. */
function warnAboutProfiles(spec: PodSpec, annotations: StringMap | undefined, place: Place): string[] {
  const own = (spec['securityContext'] ?? {}) as Fields;
  const note = (key: string, text: string): string[] => (annotations?.[key] === undefined ? [] : [`${place.annotations}[${key}]: ${text}`]);
  return [
    ...(own['seccompProfile'] === undefined ? note(SECCOMP_POD, SECCOMP_TEXT) : []),
    ...containersOf(spec, place.spec).flatMap(({ container, at }) => {
      const given = (container['securityContext'] ?? {}) as Fields;
      const hasAppArmor = own['appArmorProfile'] !== undefined || given['appArmorProfile'] !== undefined;
      return [
        ...(given['seccompProfile'] === undefined ? note(SECCOMP_CONTAINER + container.name, SECCOMP_TEXT) : []),
        ...(place.path !== '' && !hasAppArmor ? note(APPARMOR + container.name, APPARMOR_TEXT) : []),
        ...warnAboutAmounts(container, at),
        ...warnAboutEnv(container.env ?? [], `${at}.env`),
      ];
    }),
  ];
}

function warnAboutAmounts({ resources = {} }: Container, path: string): string[] {
  return ['memory', 'ephemeral-storage'].flatMap((name) =>
    (['limits', 'requests'] as const).flatMap((list) => warnAboutFraction(resources[list]?.[name], `${path}.resources.${list}[${name}]`)),
  );
}

/** A variable may be defined again by what it was before, and by nothing else. */
function warnAboutEnv(variables: readonly EnvVar[], path: string): string[] {
  const names = variables.map(({ name }) => name);
  return variables.flatMap(({ name, value = '', valueFrom }, index) => {
    const reference = `$(${name})`;
    const isFine = valueFrom === undefined && value !== reference && value.includes(reference);
    if (names.indexOf(name) === index || isFine) return [];
    return [`${path}[${index}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`];
  });
}

function warnAboutSelectors(affinity: Affinity | undefined, path: string): string[] {
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((member) => warnAboutTerms(affinity?.[member], `${path}.${member}`));
}

function warnAboutTerms(affinity: PodAffinity | undefined, path: string): string[] {
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution;
  return [
    ...eachText(required, `${path}.requiredDuringSchedulingIgnoredDuringExecution`, ({ labelSelector }, at) =>
      labelSelector === undefined ? [`${at}.labelSelector: ${NULL_SELECTOR}`] : [],
    ),
    ...eachText(preferred, `${path}.preferredDuringSchedulingIgnoredDuringExecution`, ({ podAffinityTerm }, at) =>
      podAffinityTerm?.labelSelector === undefined ? [`${at}.podAffinityTerm.labelSelector: ${NULL_SELECTOR}`] : [],
    ),
  ];
}

function warnAboutIps(spec: PodSpec, path: string): string[] {
  const { nameservers } = (spec['dnsConfig'] ?? {}) as { readonly nameservers?: readonly string[] };
  const aliases = spec['hostAliases'] as readonly { readonly ip?: string }[] | undefined;
  return [
    ...eachText(nameservers, `${path}.dnsConfig.nameservers`, (server, at) => ipWarnings(server, at)),
    ...eachText(aliases, `${path}.hostAliases`, ({ ip = '' }, at) => ipWarnings(ip, `${at}.ip`)),
  ];
}

/**
 * Warnings about a workload: on creation about a name that its pods will carry, and about its template when its generation rose. DaemonSets and
 * StatefulSets say nothing of names (`namesPods`).
 */
export function warnAboutWorkload<T extends KubeObject>(
  templateOf: (object: T) => PodTemplateSpec | undefined,
  path: string,
  namesPods: boolean,
): (object: T, previous: T | undefined) => readonly string[] {
  return (object, previous) => {
    const template = templateOf(object);
    const isSame = previous !== undefined && previous.metadata.generation === object.metadata.generation;
    const problems = namesPods && previous === undefined ? labelProblems(object.metadata.name) : [];
    const names = problems.length === 0 ? [] : [`${POD_NAMES} [${problems.join(' ')}]`];
    if (isSame || template?.spec === undefined) return names;
    return [...names, ...warnAboutPodSpec(template.spec, template.metadata?.annotations, path)];
  };
}

/** Warnings about the name of a pod. */
export function warnAboutHostname(name: string): readonly string[] {
  const problems = labelProblems(name);
  return problems.length === 0 ? [] : [`${HOSTNAME} [${problems.join(' ')}]`];
}

const POD_NAMES =
  'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended:';
const HOSTNAME = "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended:";
