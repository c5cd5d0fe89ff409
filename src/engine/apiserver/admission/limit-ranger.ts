// What the LimitRanges of a namespace do to new pods and claims: fill in what containers do not say, then refuse what is out of bounds.
// Upstream: plugin/pkg/admission/limitranger/admission.go (v1.33). Resources in order of their names, where upstream's order is a map's.

import type { KubeObject, StringMap } from '../../apimachinery/meta.ts';
import { compareQuantities, quantityToMilli } from '../../apimachinery/quantity.ts';
import { forbiddenObject, type Status } from '../../apimachinery/status.ts';
import { type Draft, type Kind, resourceOf } from '../../kinds/kind.ts';
import type { LimitRange, LimitRangeItem } from '../../kinds/limitrange/types.ts';
import { podAmounts } from '../../kinds/shared/pod-amounts.ts';
import type { Container, Pod } from '../../kinds/shared/pod-spec.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored, keysInNamespace } from '../../kernel/store.ts';
import type { AdmissionPlugin } from './plugin.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';

const judge: AdmissionPlugin['judge'] = (state, kind, object, { previous, subresource }) =>
  subresource === '' || subresource === 'resize'
    ? checkLimits(state, kind, object, previous !== undefined && subresource === '')
    : undefined;

export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  resource: 'pods',
  complete: (state, draft) => applyLimitDefaults(state, draft as Draft<Pod>),
  judge,
};

/** The same plug-in, as far as it is about claims. */
export const limitRangerOfClaims: AdmissionPlugin = { name: 'LimitRanger', resource: 'persistentvolumeclaims', judge };

/** Gives the containers of a new pod the requests and limits that the namespace has for those that name none. */
function applyLimitDefaults(state: ClusterState, pod: Draft<Pod>): void {
  for (const range of rangesOf(state, pod.metadata.namespace)) {
    const items = (range.spec?.limits ?? []).filter(({ type }) => type === 'Container');
    const limits: StringMap = Object.assign({}, ...items.map((item) => item.default ?? {}));
    const requests: StringMap = Object.assign({}, ...items.map((item) => item.defaultRequest ?? {}));
    const notes = [
      ...pod.spec.containers.flatMap((container) => fill(container, requests, limits, 'container')),
      ...(pod.spec.initContainers ?? []).flatMap((container) => fill(container, requests, limits, 'init container')),
    ];
    const metadata = pod.metadata as { annotations?: Record<string, string> };
    if (notes.length > 0) metadata.annotations = { ...metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` };
  }
}

/** The refusal of a new pod, or of a new or changed claim, or undefined. */
function checkLimits(state: ClusterState, kind: Kind, object: KubeObject, isUpdate: boolean): Status | undefined {
  const isPod = resourceOf(kind) === 'pods';
  if (isPod && isUpdate) return undefined;
  if (isUpdate && object.metadata.deletionTimestamp !== undefined) return undefined;
  for (const range of rangesOf(state, object.metadata.namespace)) {
    const errors = (range.spec?.limits ?? []).flatMap((item) => (isPod ? podErrors(item, object as Pod) : claimErrors(item, object)));
    if (errors.length > 0)
      return forbiddenObject(kind, object.metadata.name, errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`);
  }
  return undefined;
}

function rangesOf(state: ClusterState, namespace: string | undefined): readonly LimitRange[] {
  const keys = keysInNamespace(state, 'limitranges', namespace ?? '');
  return [...keys].map((key) => getStored(state, 'limitranges', key)?.object as LimitRange);
}

/** What was filled in, in words. */
function fill(container: Draft<Container>, requests: StringMap, limits: StringMap, word: string): string[] {
  const resources = (container.resources ??= {}) as { requests?: Record<string, string>; limits?: Record<string, string> };
  const notes: string[] = [];
  for (const [list, defaults, noun] of [
    ['requests', requests, 'request'],
    ['limits', limits, 'limit'],
  ] as const) {
    const missing = Object.keys(defaults)
      .filter((name) => resources[list]?.[name] === undefined)
      .sort();
    if (missing.length === 0) continue;
    resources[list] = { ...resources[list], ...Object.fromEntries(missing.map((name) => [name, defaults[name] ?? ''])) };
    notes.push(`${missing.join(', ')} ${noun} for ${word} ${container.name}`);
  }
  return notes;
}

function podErrors(item: LimitRangeItem, pod: Pod): string[] {
  if (item.type === 'Container')
    return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) =>
      boundErrors(item, resources?.requests ?? {}, resources?.limits ?? {}),
    );
  return item.type === 'Pod' ? boundErrors(item, podAmounts(pod.spec, 'requests'), podAmounts(pod.spec, 'limits')) : [];
}

/** A claim has no limits: its request is what counts. */
function claimErrors(item: LimitRangeItem, claim: KubeObject): string[] {
  if (item.type !== 'PersistentVolumeClaim') return [];
  const requests = (claim['spec'] as { resources?: { requests?: StringMap } }).resources?.requests ?? {};
  return [
    ...each(item.min, (name, bound) => minError(item.type, name, bound, requests, {})),
    ...each(item.max, (name, bound) => {
      const request = requests[name];
      const head = `maximum ${name} usage per ${item.type} is ${bound}`;
      if (request === undefined) return `${head}.  No request is specified`;
      return compareQuantities(request, bound) > 0 ? `${head}, but request is ${request}` : undefined;
    }),
  ];
}

function boundErrors(item: LimitRangeItem, requests: StringMap, limits: StringMap): string[] {
  return [
    ...each(item.min, (name, bound) => minError(item.type, name, bound, requests, limits)),
    ...each(item.max, (name, bound) => maxError(item.type, name, bound, requests, limits)),
    ...each(item.maxLimitRequestRatio, (name, bound) => ratioError(item.type, name, bound, requests, limits)),
  ];
}

function each(bounds: StringMap | undefined, check: (name: string, bound: string) => string | undefined): string[] {
  const names = Object.keys(bounds ?? {}).sort();
  return names.map((name) => check(name, bounds?.[name] ?? '')).filter((error) => error !== undefined);
}

function minError(type: string, name: string, bound: string, requests: StringMap, limits: StringMap): string | undefined {
  const request = requests[name];
  const limit = limits[name];
  const head = `minimum ${name} usage per ${type} is ${bound}`;
  if (request === undefined) return `${head}.  No request is specified`;
  if (compareQuantities(request, bound) < 0) return `${head}, but request is ${request}`;
  return limit !== undefined && compareQuantities(limit, bound) < 0 ? `${head}, but limit is ${limit}` : undefined;
}

function maxError(type: string, name: string, bound: string, requests: StringMap, limits: StringMap): string | undefined {
  const request = requests[name];
  const limit = limits[name];
  const head = `maximum ${name} usage per ${type} is ${bound}`;
  if (limit === undefined) return `${head}.  No limit is specified`;
  if (compareQuantities(limit, bound) > 0) return `${head}, but limit is ${limit}`;
  return request !== undefined && compareQuantities(request, bound) > 0 ? `${head}, but request is ${request}` : undefined;
}

function ratioError(type: string, name: string, bound: string, requests: StringMap, limits: StringMap): string | undefined {
  const request = quantityToMilli(requests[name]);
  const limit = quantityToMilli(limits[name]);
  const head = `${name} max limit to request ratio per ${type} is ${bound}`;
  if (request === 0) return `${head}, but no request is specified or request is 0`;
  if (limit === 0) return `${head}, but no limit is specified or limit is 0`;
  const ratio = limit / request;
  return ratio * 1000 > quantityToMilli(bound) ? `${head}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}
