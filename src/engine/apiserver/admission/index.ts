// Admission: the plug-ins in upstream's order, and their turns. What asks who the client is (certificates.ts) is asked by requests alone. Upstream: pkg/kubeapiserver/options/plugins.go (v1.33). Rules: C127, P4.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Status } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Draft, type Kind, resourceOf } from '../../kinds/kind.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger, limitRangerOfClaims } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeTaint } from './node-taint.ts';
import type { AdmissionPlugin, Replaced } from './plugin.ts';
import { priority, priorityClasses } from './pod-priority.ts';
import { podSecurity } from './pod-security/index.ts';
import { checkQuotas, type QuotaVerdict } from './quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { defaultIngressClass, defaultStorageClass, persistentVolumeClaimResize } from './storage.ts';

export { admitNamespace } from './namespace-lifecycle.ts';

const PLUGINS: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  limitRangerOfClaims,
  serviceAccount,
  nodeTaint,
  podSecurity,
  priority,
  priorityClasses,
  defaultTolerationSeconds,
  defaultStorageClass,
  persistentVolumeClaimResize,
  runtimeClass,
  defaultIngressClass,
];

type Turn = Exclude<keyof AdmissionPlugin, 'name' | 'resource' | 'sparesOwn'>;

/** The plug-ins that have a turn, for all resources and for each that one looks at alone. */
function turnOf<T extends Turn>(turn: T): (kind: Kind) => readonly (AdmissionPlugin & Required<Pick<AdmissionPlugin, T>>)[] {
  const having = PLUGINS.filter((plugin): plugin is AdmissionPlugin & Required<Pick<AdmissionPlugin, T>> => plugin[turn] !== undefined);
  const concerned = (resource: string | undefined) =>
    having.filter((plugin) => plugin.resource === undefined || plugin.resource === resource);
  const byResource = new Map(having.map(({ resource }) => [resource, concerned(resource)]));
  const others = concerned(undefined);
  return (kind) => byResource.get(resourceOf(kind)) ?? others;
}

const admitting = turnOf('admit');
const completing = turnOf('complete');
const judging = turnOf('judge');
const warning = turnOf('warn');

/** The refusal of a new object, or undefined. */
export function admitObject(state: ClusterState, kind: Kind, draft: Draft<KubeObject>): Status | undefined {
  const { generateName = '', name: given = '' } = draft.metadata as { name?: string; generateName?: string };
  const name = given === '' ? generateName : given;
  return firstOf(admitting(kind), (plugin) => plugin.admit(state, kind, draft, name));
}

/** Fills in what other objects say about a new one, and what is so of whatever a client makes. */
export function completeObject(state: ClusterState, kind: Kind, draft: Draft<KubeObject>, isTrusted: boolean): void {
  for (const plugin of completing(kind)) if (!isTrusted || plugin.sparesOwn !== true) plugin.complete(state, draft);
}

/** Judges a valid object that is about to be stored. A resized pod is judged as a new one, but charged only for what it grew. */
export function judgeObject(state: ClusterState, kind: Kind, object: KubeObject, replaced: Replaced): QuotaVerdict {
  const refusal = firstOf(judging(kind), (plugin) => plugin.judge(state, kind, object, replaced));
  if (refusal !== undefined) return { refusal };
  const { previous, subresource } = replaced;
  const isResize = subresource === 'resize';
  return subresource === '' || isResize ? checkQuotas(state, kind, object, previous, isResize) : { charges: [] };
}

/** Texts of Warning headers for an object that is accepted. */
export function warnAboutObject(state: ClusterState, kind: Kind, object: KubeObject, replaced: Replaced): readonly string[] {
  return warning(kind).flatMap((plugin) => plugin.warn(state, kind, object, replaced));
}

function firstOf<P>(plugins: readonly P[], ask: (plugin: P) => Status | undefined): Status | undefined {
  for (const plugin of plugins) {
    const refusal = ask(plugin);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
