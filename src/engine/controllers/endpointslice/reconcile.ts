// One sync of a service's slices. Upstream: pkg/controller/endpointslice/endpointslice_controller.go syncService,
// staging/src/k8s.io/endpointslice/reconciler.go Reconcile, finalize (v1.33). Rules: C003, C501, C507, C514-C518.

import { controllerOf, isDeleting, isJsonEqual, type StringMap } from '../../apimachinery/meta.ts';
import { createObject, deleteObject, getObject, listByTerm, writeObject } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import { endpointSliceKind, serviceTerm } from '../../kinds/endpointslice/index.ts';
import type { EndpointSlice } from '../../kinds/endpointslice/types.ts';
import type { Kind, NewObject } from '../../kinds/kind.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import { serviceKind } from '../../kinds/service/index.ts';
import type { Service } from '../../kinds/service/types.ts';
import { DONE, doneOrRetry, GONE, type Reconciled, type RetryLimits } from '../../kernel/reconciled.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { endsStep, type Steps } from '../../kernel/steps.ts';
import { controllerReference } from '../shared/ownership.ts';
import { isNamespaceTerminating, splitKey } from '../shared/pod-control.ts';
import {
  forgetTriggers,
  HEADLESS_LABEL,
  hasManagedEndpoints,
  isHeadless,
  podsOfService,
  takeTrigger,
  withTrigger,
} from '../shared/service-pods.ts';
import { MANAGED_BY, SERVICE_NAME, withLabels } from '../shared/service-slices.ts';
import { endpointKey, memberOf, planSlices, type PortGroup, type SliceContent } from './plan.ts';

export const QUEUE = 'endpointslice';

export const CONTROLLER = 'endpointslice-controller.k8s.io';
/** How the slices of a Service are tried again, and when they are given up (C003). */
export const RETRIES: RetryLimits = { baseMs: 1_000, maxMs: 1_000_000, countMax: 15 };

/** Brings the slices of one service up to date. */
export function* reconcileSlices(state: ClusterState, key: string): Steps<Reconciled> {
  const [namespace, name] = splitKey(key);
  const service = getObject(state, serviceKind, namespace, name);
  if (service === undefined) {
    forgetTriggers(state, QUEUE, key); // C517: the garbage collector takes the slices
    return GONE;
  }
  if (!hasManagedEndpoints(service)) return DONE; // Nothing to do for it (C501).
  const problem = yield* sync(state, service);
  if (problem !== undefined) {
    const message = `Error updating Endpoint Slices for Service ${key}: ${problem}`;
    recordEvent(state, {
      source: { component: 'endpoint-slice-controller' },
      regarding: service,
      type: 'Warning',
      reason: 'FailedToUpdateEndpointSlices',
      message,
    }); // What failed is told of (C518).
  }
  return doneOrRetry(problem === undefined);
}

/** Returns what went wrong. */
function* sync(state: ClusterState, service: Service): Steps<string | undefined> {
  const { namespace, name, uid } = service.metadata;
  const all = listByTerm(state, endpointSliceKind, serviceTerm(namespace, name)).filter(
    (slice) => slice.metadata.labels?.[MANAGED_BY] === CONTROLLER && !isDeleting(slice),
  );
  const present = all.filter((slice) => controllerOf(slice)?.uid === uid);
  const pods = podsOfService(state, service, true); // Terminating pods are kept (C503).
  yield;
  const trigger = takeTrigger(state, QUEUE, service, pods);
  yield;
  const problems: string[] = [];
  const groups = new Map<string, PortGroup>();
  for (const [index, pod] of pods.entries()) {
    if (endsStep(index)) yield;
    const node = getObject(state, nodeKind, undefined, pod.spec.nodeName ?? '');
    const { endpoint, ports, portsKey: key } = memberOf(pod, service, node);
    const group = groups.get(key) ?? { ports, endpoints: new Map() };
    groups.set(key, group);
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) {
      // A pod without its Node is left out for now (C507).
      problems.push(`skipping Pod ${pod.metadata.name} for Service ${namespace}/${name}: Node ${pod.spec.nodeName} Not Found`);
      continue;
    }
    group.endpoints.set(endpointKey(endpoint), endpoint);
  }
  yield;
  const labels = labelsOf(service);
  const plan = planSlices(groups, present, (slice) => !isJsonEqual(slice.metadata.labels ?? {}, labels));
  yield;
  for (const content of plan.creates) {
    problems.push(...create(state, service, content, trigger));
    yield;
  }
  for (const { slice, content } of plan.updates) {
    update(state, slice, content, labels, trigger);
    yield;
  }
  for (const slice of [...plan.deletes, ...all.filter((slice) => !present.includes(slice))])
    deleteObject(state, endpointSliceKind, namespace, slice.metadata.name);
  return problems.length === 0 ? undefined : problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
}

/** The labels by which a slice is found, and whose it is (C514). */
function labelsOf(service: Service): StringMap {
  return {
    ...service.metadata.labels,
    ...(isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}),
    [SERVICE_NAME]: service.metadata.name,
    [MANAGED_BY]: CONTROLLER,
  };
}

/** Makes one more slice (C514). */
function create(state: ClusterState, service: Service, content: SliceContent, trigger: string | undefined): string[] {
  if (isDeleting(service)) return [];
  const { namespace, name } = service.metadata;
  const annotations = withTrigger(undefined, trigger);
  const draft: NewObject<EndpointSlice> = {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: { ...labelsOf(service) },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ownerReferences: [controllerReference(serviceKind as Kind, service)],
    },
    addressType: 'IPv4',
    ...storedContent(content),
  };
  const result = createObject(state, endpointSliceKind, draft);
  if (result.ok || isNamespaceTerminating(result.status)) return [];
  return [`failed to create EndpointSlice for Service ${namespace}/${name}: ${result.status.message ?? ''}`];
}

function update(state: ClusterState, slice: EndpointSlice, content: SliceContent, labels: StringMap, trigger: string | undefined): void {
  const annotations = withTrigger(slice.metadata.annotations, trigger);
  writeObject(state, endpointSliceKind, {
    ...slice,
    metadata: withLabels(slice.metadata, labels, annotations),
    ...storedContent(content),
  });
}

/** Empty lists are stored as null, as a client without lists would send them. */
function storedContent({ endpoints, ports }: SliceContent): Pick<EndpointSlice, 'endpoints' | 'ports'> {
  return { endpoints: endpoints.length === 0 ? null : endpoints, ports: ports.length === 0 ? null : ports };
}
