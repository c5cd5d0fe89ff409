// What an object counts for under a quota, and which quotas it concerns. Pure; who refuses is apiserver/admission/quota.ts, who counts
// controllers/resourcequota.
// Upstream: pkg/quota/v1/evaluator/core/{pods,services,persistent_volume_claims}.go, apiserver/pkg/quota/v1/generic/evaluator.go (v1.33).
// Deviation: a pod that is stuck in its deletion counts until it is gone, because what counts must not depend on the mere passing of time.

import type { KubeObject, StringMap } from '../../apimachinery/meta.ts';
import { addQuantities } from '../../apimachinery/quantity.ts';
import { type Kind, resourceOf } from '../kind.ts';
import { podAmounts } from './pod-amounts.ts';
import type { Pod, PodSpec } from './pod-spec.ts';
import { isExtendedResource } from './resource-names.ts';
import { classNameOf } from './storage.ts';
import { isPodTerminal } from './pod-state.ts';

/** Quantities by quota resource. */
export type Usage = Record<string, string>;

export interface ScopeRequirement {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** The part of a quota that says what it is about. */
export interface QuotaScope {
  readonly scopes?: readonly string[];
  readonly scopeSelector?: { readonly matchExpressions?: readonly ScopeRequirement[] };
}

/** What scopes can tell apart; empty for everything but pods. */
export interface UsageClass {
  readonly isPod: boolean;
  readonly isTerminating: boolean;
  readonly isBestEffort: boolean;
  readonly isCrossNamespace: boolean;
  readonly priorityClass: string;
}

const NO_CLASS: UsageClass = { isPod: false, isTerminating: false, isBestEffort: false, isCrossNamespace: false, priorityClass: '' };

/** Kinds with a quota resource of their own name, beside `count/<resource>`. */
const ALIASES: ReadonlySet<string> = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']);
const CLASS_SUFFIX = '.storageclass.storage.k8s.io/';

/** Everything an object counts for. */
export function usageOf(kind: Kind, object: KubeObject): Usage {
  const resource = resourceOf(kind);
  const usage: Usage = { [`count/${resource}`]: '1' };
  if (ALIASES.has(resource)) usage[resource] = '1';
  if (resource === 'pods') addPodUsage(usage, object as Pod);
  if (resource === 'services') addServiceUsage(usage, object);
  if (resource === 'persistentvolumeclaims') addClaimUsage(usage, object);
  return usage;
}

function addPodUsage(usage: Usage, pod: Pod): void {
  if (!isPodTerminal(pod)) Object.assign(usage, computeUsage(podAmounts(pod.spec, 'requests'), podAmounts(pod.spec, 'limits')));
}

function computeUsage(requests: StringMap, limits: StringMap): Usage {
  const usage: Usage = { pods: '1' };
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    const request = requests[name];
    const limit = limits[name];
    if (request !== undefined) usage[name] = request;
    if (request !== undefined) usage[`requests.${name}`] = request;
    if (limit !== undefined) usage[`limits.${name}`] = limit;
  }
  for (const [name, request] of Object.entries(requests)) {
    const isHugePage = name.startsWith('hugepages-');
    if (isHugePage) usage[name] = request;
    if (isHugePage || isExtendedResource(name)) usage[`requests.${name}`] = request;
  }
  return usage;
}

interface ServicePart {
  readonly type?: string;
  readonly ports?: readonly { readonly nodePort?: number }[];
  readonly allocateLoadBalancerNodePorts?: boolean;
}

function addServiceUsage(usage: Usage, service: KubeObject): void {
  const { type, ports = [], allocateLoadBalancerNodePorts } = (service['spec'] ?? {}) as ServicePart;
  const given = ports.filter(({ nodePort = 0 }) => nodePort !== 0).length;
  const isBalanced = type === 'LoadBalancer';
  const nodePorts = type === 'NodePort' ? ports.length : !isBalanced ? 0 : allocateLoadBalancerNodePorts === false ? given : ports.length;
  usage['services'] = '1';
  usage['services.nodeports'] = String(nodePorts);
  usage['services.loadbalancers'] = isBalanced ? '1' : '0';
}

function addClaimUsage(usage: Usage, claim: KubeObject): void {
  const spec = (claim['spec'] ?? {}) as { readonly storageClassName?: string; readonly resources?: { readonly requests?: StringMap } };
  const storage = spec.resources?.requests?.['storage'];
  const className = classNameOf({ metadata: claim.metadata, spec }) ?? '';
  usage['persistentvolumeclaims'] = '1';
  if (storage !== undefined) usage['requests.storage'] = storage;
  if (className === '') return;
  usage[`${className}${CLASS_SUFFIX}persistentvolumeclaims`] = '1';
  if (storage !== undefined) usage[`${className}${CLASS_SUFFIX}requests.storage`] = storage;
}

/** Whether anything counts the resource; a quota on another one says nothing of its use. `isKnown` knows the resources of all kinds. */
export function isMeasured(name: string, isKnown: (resource: string) => boolean): boolean {
  if (name.startsWith('count/')) return isKnown(name.slice('count/'.length));
  return !name.includes('/') || name.startsWith('requests.') || name.includes(CLASS_SUFFIX);
}

/** Which class of usage an object falls in. */
export function usageClassOf(kind: Kind, object: KubeObject): UsageClass {
  if (resourceOf(kind) !== 'pods') return NO_CLASS;
  const { spec } = object as Pod;
  return {
    isPod: true,
    isTerminating: spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds >= 0,
    isBestEffort: isBestEffort(spec),
    isCrossNamespace: isCrossNamespace(spec),
    priorityClass: spec.priorityClassName ?? '',
  };
}

function isBestEffort(spec: PodSpec): boolean {
  return [...spec.containers, ...(spec.initContainers ?? [])].every(({ resources }) =>
    [resources?.requests, resources?.limits].every((list) => ['cpu', 'memory'].every((name) => (list?.[name] ?? '0') === '0')),
  );
}

interface PodTerm {
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: object;
  readonly podAffinityTerm?: PodTerm;
}

function isCrossNamespace(spec: PodSpec): boolean {
  const affinity = (spec.affinity ?? {}) as Readonly<Record<string, Readonly<Record<string, readonly PodTerm[]>> | undefined>>;
  return ['podAffinity', 'podAntiAffinity']
    .flatMap((name) => Object.values(affinity[name] ?? {}).flat())
    .map((term) => term.podAffinityTerm ?? term)
    .some(({ namespaces, namespaceSelector }) => (namespaces?.length ?? 0) > 0 || namespaceSelector !== undefined);
}

/** Whether a quota is about the class: all of its scopes must say so, and scopes are about pods only. */
export function matchesScopes(quota: QuotaScope, usageClass: UsageClass): boolean {
  const requirements = [
    ...(quota.scopes ?? []).map((scopeName): ScopeRequirement => ({ scopeName, operator: 'Exists' })),
    ...(quota.scopeSelector?.matchExpressions ?? []),
  ];
  return requirements.every((requirement) => usageClass.isPod && matchesScope(requirement, usageClass));
}

function matchesScope({ scopeName, operator, values = [] }: ScopeRequirement, usageClass: UsageClass): boolean {
  switch (scopeName) {
    case 'Terminating':
      return usageClass.isTerminating;
    case 'NotTerminating':
      return !usageClass.isTerminating;
    case 'BestEffort':
      return usageClass.isBestEffort;
    case 'NotBestEffort':
      return !usageClass.isBestEffort;
    case 'CrossNamespacePodAffinity':
      return usageClass.isCrossNamespace;
    case 'PriorityClass':
      return matchesPriorityClass(operator, values, usageClass.priorityClass);
    default:
      return false;
  }
}

function matchesPriorityClass(operator: string, values: readonly string[], name: string): boolean {
  switch (operator) {
    case 'In':
      return name !== '' && values.includes(name);
    case 'NotIn':
      return name === '' || !values.includes(name);
    case 'Exists':
      return name !== '';
    default:
      return name === '';
  }
}

/** Resources of which a quota asks every container to say how much it wants. */
const DEMANDED = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

/** `must specify limits.cpu for: c; ...`, or undefined when the containers say all that `names` demand. */
export function unspecified(spec: PodSpec, names: readonly string[]): string | undefined {
  const texts: string[] = [];
  for (const name of DEMANDED.filter((demanded) => names.includes(demanded)).sort()) {
    const silent = [...spec.containers, ...(spec.initContainers ?? [])].filter(
      ({ resources }) => computeUsage(resources?.requests ?? {}, resources?.limits ?? {})[name] === undefined,
    );
    if (silent.length > 0) texts.push(`${name} for: ${[...new Set(silent.map((container) => container.name))].sort().join(',')}`);
  }
  return texts.length === 0 ? undefined : `must specify ${texts.join('; ')}`;
}

/** The resources of a quota that objects of a kind count for. */
export function resourcesFor(kind: Kind, names: readonly string[]): readonly string[] {
  const resource = resourceOf(kind);
  const isOwn = (name: string): boolean => {
    if (name === `count/${resource}`) return true;
    switch (resource) {
      case 'pods':
        return (
          name === 'pods' || COMPUTE.test(name) || (name.startsWith('requests.') && isExtendedResource(name.slice('requests.'.length)))
        );
      case 'services':
        return name === 'services' || name.startsWith('services.');
      case 'persistentvolumeclaims':
        return name === 'persistentvolumeclaims' || name === 'requests.storage' || name.includes(CLASS_SUFFIX);
      default:
        return ALIASES.has(resource) && name === resource;
    }
  };
  return names.filter(isOwn);
}

const COMPUTE = /^(?:(?:requests\.|limits\.)?(?:cpu|memory|ephemeral-storage)|(?:requests\.)?hugepages-.*)$/;

/** `used` with `delta` added. */
export function addUsage(used: StringMap, delta: StringMap): Usage {
  const sum: Usage = { ...used };
  for (const [name, quantity] of Object.entries(delta)) sum[name] = addQuantities(sum[name] ?? '0', quantity);
  return sum;
}
