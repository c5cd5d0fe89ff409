// Validation of a pod spec, for pods and templates alike, in upstream's order and words (P4, P5, K403).
// Upstream: pkg/apis/core/validation/validation.go ValidatePodSpec, ValidatePodTemplateSpec (v1.33).

import { duplicate, type FieldError, forbidden, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { ipProblems } from '../../apimachinery/ip.ts';
import type { StringMap } from '../../apimachinery/meta.ts';
import { labelProblems, qualifiedNameProblems, subdomainProblems } from '../../apimachinery/names.ts';
import { checkImage, validateAllContainers } from './container-validation.ts';
import { checkLabels, checkRange, eachItem, type Fields, goTexts, invalidFor, requireChoice } from './field-checks.ts';
import { validateAffinity, validateSpread } from './placement-validation.ts';
import { validatePodAnnotations, validateProfileAnnotations } from './pod-annotations.ts';
import type { PodSpec } from './pod-spec.ts';
import { validateResources } from './resources-validation.ts';
import { validateHostUsers, validatePodSecurity } from './security-validation.ts';
import { validateTolerations } from './toleration-validation.ts';
import type { PodTemplateSpec } from './types.ts';
import { validateVolumes } from './volume-validation.ts';
import { validateHostProcesses, validateSystem } from './windows-validation.ts';

const INT32_MAX = 2_147_483_647;

/** What a pod is that its spec does not say. */
export interface PodIdentity {
  readonly name: string;
}

/** Errors of a pod spec whose defaults are filled in. `pod` is undefined for templates. `path` is `spec` or `spec.template.spec`. */
export function validatePodSpec(spec: PodSpec | undefined, path: string, pod?: PodIdentity): FieldError[] {
  // Upstream has an empty spec where there is none.
  const given = spec ?? ({ restartPolicy: '' } as unknown as PodSpec);
  const { volumes, errors } = validateVolumes(given.volumes ?? [], pod?.name ?? '', `${path}.volumes`);
  return [
    ...(given.terminationGracePeriodSeconds === undefined && spec !== undefined ? [required(`${path}.terminationGracePeriodSeconds`)] : []),
    ...errors,
    ...validateAllContainers(given, volumes, path),
    ...(spec === undefined ? [] : validateRest(spec, path, pod !== undefined)),
  ];
}

/** All but volumes and containers. */
function validateRest(spec: PodSpec, path: string, isPod: boolean): FieldError[] {
  const text = (member: string): string => (spec[member] ?? '') as string;
  const named = (member: string, problemsOf: (value: string) => readonly string[]): FieldError[] =>
    text(member) === '' ? [] : invalidFor(`${path}.${member}`, text(member), problemsOf(text(member)));
  return [
    ...checkHostNetworkPorts(spec, `${path}.containers`, isPod),
    ...requireChoice(`${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...requireChoice(`${path}.dnsPolicy`, spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']),
    ...checkLabels(`${path}.nodeSelector`, spec.nodeSelector),
    ...validatePodSecurity(spec, path),
    ...(spec.affinity === undefined ? [] : validateAffinity(spec.affinity, `${path}.affinity`)),
    ...validateDnsConfig(spec, `${path}.dnsConfig`),
    ...eachItem(spec.readinessGates, `${path}.readinessGates`, ({ conditionType = '' }, at) =>
      invalidFor(`${at}.conditionType`, conditionType, qualifiedNameProblems(conditionType)),
    ),
    ...validateSchedulingGates(spec, `${path}.schedulingGates`),
    ...validateSpread(spec, `${path}.topologySpreadConstraints`),
    ...validateHostProcesses(spec, path),
    ...validateHostUsers(spec, path),
    ...named('serviceAccountName', subdomainProblems),
    ...named('nodeName', subdomainProblems),
    ...checkRange(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, 1, INT32_MAX),
    ...named('hostname', labelProblems),
    ...named('subdomain', labelProblems),
    ...validateTolerations(spec.tolerations ?? [], `${path}.tolerations`),
    ...validateHostAliases(spec, `${path}.hostAliases`),
    ...named('priorityClassName', subdomainProblems),
    ...(spec['runtimeClassName'] === undefined
      ? []
      : invalidFor(`${path}.runtimeClassName`, text('runtimeClassName'), subdomainProblems(text('runtimeClassName')))),
    ...validatePreemption(spec, `${path}.preemptionPolicy`),
    ...(spec.overhead === undefined ? [] : validateResources({ limits: spec.overhead }, `${path}.overhead`)),
    ...validateSystem(spec, path),
  ];
}

/** Errors of a template of pods (ValidatePodTemplateSpec). */
export function validatePodTemplate(template: PodTemplateSpec | undefined, path: string): FieldError[] {
  const { labels, annotations } = (template?.metadata ?? {}) as { readonly labels?: StringMap; readonly annotations?: StringMap };
  const spec = template?.spec;
  const keys = Object.keys(annotations ?? {});
  return [
    ...checkLabels(`${path}.labels`, labels),
    ...keys.flatMap((key) => invalidFor(`${path}.annotations`, key, qualifiedNameProblems(key.toLowerCase()))),
    ...validatePodAnnotations(annotations, spec, `${path}.annotations`),
    ...validatePodSpec(spec, `${path}.spec`),
    ...(spec === undefined ? [] : validateProfileAnnotations(annotations, spec, `${path}.spec`)),
    ...((spec?.ephemeralContainers ?? []).length === 0
      ? []
      : [forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]),
  ];
}

/** What only pods are held to, after their spec. */
export function validatePodOnly(spec: PodSpec, path: string): FieldError[] {
  const hasAccount = (spec.serviceAccountName ?? '') !== '';
  const tokens = hasAccount
    ? []
    : eachItem(spec.volumes, `${path}.volumes`, ({ projected }, at) =>
        eachItem(
          (projected as { readonly sources?: readonly Fields[] } | undefined)?.sources,
          `${at}.projected.sources`,
          (source, itemPath) =>
            source['serviceAccountToken'] === undefined
              ? []
              : [forbidden(`${itemPath}.serviceAccountToken`, 'must not be specified when serviceAccountName is not set')],
        ),
      );
  return [
    ...tokens,
    ...eachItem(spec.containers, `${path}.containers`, checkImage),
    ...eachItem(spec.initContainers, `${path}.initContainers`, checkImage),
  ];
}

/** Ports of the node are those of the container when it has the node's network. Templates leave them to the defaults of their pods. */
function checkHostNetworkPorts({ containers = [], hostNetwork }: PodSpec, path: string, isPod: boolean): FieldError[] {
  if (hostNetwork !== true) return [];
  return eachItem(containers, path, ({ ports }, itemPath) =>
    eachItem(ports, `${itemPath}.ports`, ({ containerPort = 0, hostPort = 0 }, at) =>
      hostPort === containerPort || (hostPort === 0 && !isPod)
        ? []
        : [invalid(`${at}.hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true')],
    ),
  );
}

const NAMESERVERS_MAX = 3;
const SEARCHES_MAX = 32;
const SEARCH_LENGTH_MAX = 2048;

interface DnsConfig {
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly { readonly name?: string }[];
}

function validateDnsConfig(spec: PodSpec, path: string): FieldError[] {
  const config = spec['dnsConfig'] as DnsConfig | undefined;
  const { nameservers = [], searches = [], options } = config ?? {};
  if (spec.dnsPolicy === 'None') {
    if (config === undefined) return [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    const text = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    if (nameservers.length === 0) return [required(`${path}.nameservers`, text)];
  }
  const tooMany = (field: string, items: readonly string[], text: string): FieldError => invalid(field, goText(goTexts(items)), text);
  const at = `${path}.searches`;
  return [
    ...(nameservers.length > NAMESERVERS_MAX
      ? [tooMany(`${path}.nameservers`, nameservers, `must not have more than ${NAMESERVERS_MAX} nameservers`)]
      : []),
    ...eachItem(nameservers, `${path}.nameservers`, (server, field) => invalidFor(field, server, ipProblems(server))),
    ...(searches.length > SEARCHES_MAX ? [tooMany(at, searches, `must not have more than ${SEARCHES_MAX} search paths`)] : []),
    ...(searches.join(' ').length > SEARCH_LENGTH_MAX
      ? [tooMany(at, searches, `must not have more than ${SEARCH_LENGTH_MAX} characters (including spaces) in the search list`)]
      : []),
    ...eachItem(searches, at, (search, field) => (search === '.' ? [] : validateSearch(search.replace(/\.$/, ''), field))),
    ...eachItem(options, `${path}.options`, ({ name = '' }, field) => (name === '' ? [required(field, 'must not be empty')] : [])),
  ];
}

const SEARCH_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** A domain whose parts may begin with an underscore and contain more. */
function validateSearch(search: string, field: string): FieldError[] {
  const isDomain = search.split('.').every((part) => /^_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/.test(part));
  return [
    ...(search.length > 253 ? [invalid(field, search, 'must be no more than 253 characters')] : []),
    ...(isDomain ? [] : [invalid(field, search, SEARCH_TEXT)]),
  ];
}

function validateSchedulingGates({ schedulingGates }: PodSpec, path: string): FieldError[] {
  const seen = new Set<string>();
  return eachItem(schedulingGates, path, ({ name = '' }, at) => {
    const errors = invalidFor(at, name, qualifiedNameProblems(name));
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
    return errors;
  });
}

function validateHostAliases(spec: PodSpec, path: string): FieldError[] {
  const aliases = spec['hostAliases'] as readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[] | undefined;
  return eachItem(aliases, path, ({ ip = '', hostnames }, at) => [
    ...invalidFor(`${at}.ip`, ip, ipProblems(ip)),
    ...eachItem(hostnames, `${at}.hostnames`, (name, field) => invalidFor(field, name, subdomainProblems(name))),
  ]);
}

function validatePreemption({ preemptionPolicy }: PodSpec, field: string): FieldError[] {
  const policies = ['PreemptLowerPriority', 'Never'];
  if (preemptionPolicy === undefined) return [];
  if (preemptionPolicy === '') return [required(field)];
  return policies.includes(preemptionPolicy) ? [] : [notSupported(field, preemptionPolicy, policies)];
}
