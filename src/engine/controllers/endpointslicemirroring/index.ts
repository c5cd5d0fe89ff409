// The EndpointSlice mirroring controller: an Endpoints that people wrote for a Service without a selector is what slices say, too.
// Upstream: pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go (v1.33). Rule: C535.
// Omits the Event about addresses that are left out.

import { isDeleting, isJsonEqual, type KubeObject, type StringMap } from '../../apimachinery/meta.ts';
import { createObject, deleteObject, getObject, listByTerm, writeObject } from '../../apiserver/api.ts';
import { endpointsKind } from '../../kinds/endpoints/index.ts';
import type { Endpoints } from '../../kinds/endpoints/types.ts';
import { endpointSliceKind, serviceTerm } from '../../kinds/endpointslice/index.ts';
import type { EndpointSlice } from '../../kinds/endpointslice/types.ts';
import type { Kind, NewObject } from '../../kinds/kind.ts';
import { serviceKind } from '../../kinds/service/index.ts';
import type { Component } from '../../kernel/component.ts';
import { doneOrRetry, GONE, type Reconciled } from '../../kernel/reconciled.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { controllerReference } from '../shared/ownership.ts';
import { isNamespaceTerminating, splitKey } from '../shared/pod-control.ts';
import { TRIGGER_ANNOTATION } from '../shared/service-pods.ts';
import { MANAGED_BY, SERVICE_NAME, serviceKeyOf, withLabels } from '../shared/service-slices.ts';
import { type Mirror, planMirrors } from './plan.ts';

const QUEUE = 'endpointslicemirroring';
const CONTROLLER = 'endpointslicemirroring-controller.k8s.io';
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export const endpointSliceMirroringController: Component = {
  name: QUEUE,
  watches: {
    endpoints: (state, change) => enqueue(state, QUEUE, keyOf(change.object)),
    services: (state, change) => {
      const { metadata } = change.object;
      if (getObject(state, endpointsKind, metadata.namespace ?? '', metadata.name) !== undefined)
        enqueue(state, QUEUE, keyOf(change.object));
    },
    'endpointslices.discovery.k8s.io': (state, change) => {
      const key = serviceKeyOf(change.object, CONTROLLER);
      if (key !== undefined) enqueue(state, QUEUE, key);
    },
  },
  reconcile,
  timers: {},
};

function reconcile(state: ClusterState, key: string): Reconciled {
  const [namespace, name] = splitKey(key);
  const present = listByTerm(state, endpointSliceKind, serviceTerm(namespace, name)).filter(
    (slice) => slice.metadata.labels?.[MANAGED_BY] === CONTROLLER && !isDeleting(slice),
  );
  const endpoints = getObject(state, endpointsKind, namespace, name);
  if (endpoints === undefined || !isMirrored(state, endpoints)) {
    for (const slice of present) deleteObject(state, endpointSliceKind, namespace, slice.metadata.name);
    return GONE;
  }
  const metadata = metadataOf(endpoints);
  const isOld = ({ metadata: { labels, annotations } }: EndpointSlice): boolean =>
    !isJsonEqual(labels ?? {}, metadata.labels) || !isJsonEqual(annotations ?? {}, metadata.annotations);
  const plan = planMirrors(endpoints, present, isOld);
  for (const slice of plan.deletes) deleteObject(state, endpointSliceKind, namespace, slice.metadata.name);
  for (const { slice, mirror } of plan.updates) update(state, slice, mirror, metadata);
  return doneOrRetry(plan.creates.every((mirror) => create(state, endpoints, mirror, metadata)));
}

/** C535: neither what a controller made, nor an old lock of an election. */
function isMirrored(state: ClusterState, { metadata }: Endpoints): boolean {
  if (metadata.labels?.[SKIP_MIRROR] === 'true' || metadata.annotations?.[LEADER] !== undefined || metadata.deletionTimestamp !== undefined)
    return false;
  const service = getObject(state, serviceKind, metadata.namespace ?? '', metadata.name);
  return service !== undefined && service.spec.selector === undefined;
}

interface MirrorMetadata {
  readonly labels: StringMap;
  readonly annotations: StringMap;
}

function metadataOf({ metadata: { name, labels, annotations } }: KubeObject): MirrorMetadata {
  const { [TRIGGER_ANNOTATION]: _trigger, [LAST_APPLIED]: _applied, ...kept } = annotations ?? {};
  return { labels: { ...labels, [SERVICE_NAME]: name, [MANAGED_BY]: CONTROLLER }, annotations: kept };
}

/** Whether it is there, or never can be. */
function create(state: ClusterState, endpoints: Endpoints, { endpoints: members, ports }: Mirror, metadata: MirrorMetadata): boolean {
  const { labels, annotations } = metadata;
  const draft: NewObject<EndpointSlice> = {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: {
      generateName: `${endpoints.metadata.name}-`,
      namespace: endpoints.metadata.namespace,
      labels: { ...labels },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } }),
      ownerReferences: [controllerReference(endpointsKind as Kind, endpoints)],
    },
    addressType: 'IPv4',
    endpoints: members,
    ports: ports.length === 0 ? null : ports,
  };
  const result = createObject(state, endpointSliceKind, draft);
  return result.ok || isNamespaceTerminating(result.status);
}

function update(state: ClusterState, slice: EndpointSlice, { endpoints, ports }: Mirror, { labels, annotations }: MirrorMetadata): void {
  writeObject(state, endpointSliceKind, {
    ...slice,
    metadata: withLabels(slice.metadata, labels, annotations),
    endpoints,
    ports: ports.length === 0 ? null : ports,
  });
}
