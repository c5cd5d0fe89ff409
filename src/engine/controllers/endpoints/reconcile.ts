// One sync of a service's Endpoints. Upstream: pkg/controller/endpoint/endpoints_controller.go syncService (v1.33).
// Rules: C003, C501, C504, C512, C513, C517, C518.

import { isJsonEqual, type StringMap } from '../../apimachinery/meta.ts';
import { createObject, deleteObject, getObject, writeObject } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import { endpointsKind } from '../../kinds/endpoints/index.ts';
import type { Endpoints, EndpointSubset } from '../../kinds/endpoints/types.ts';
import type { NewObject } from '../../kinds/kind.ts';
import { serviceKind } from '../../kinds/service/index.ts';
import type { Service } from '../../kinds/service/types.ts';
import { DONE, doneOrRetry, GONE, type Reconciled, type RetryLimits } from '../../kernel/reconciled.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Steps } from '../../kernel/steps.ts';
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
import { withLabels } from '../shared/service-slices.ts';
import { countAddresses, subsetsOf, truncateSubsets } from './plan.ts';

export const QUEUE = 'endpoints';

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const CONTROLLER = 'endpoint-controller';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
/** How often the Endpoints of a Service are tried before they are given up (C003). */
export const RETRIES: RetryLimits = { countMax: 15 };

/** Brings the Endpoints of one service up to date. */
export function* reconcileEndpoints(state: ClusterState, key: string): Steps<Reconciled> {
  const [namespace, name] = splitKey(key);
  const service = getObject(state, serviceKind, namespace, name);
  if (service === undefined) {
    deleteObject(state, endpointsKind, namespace, name); // The Endpoints go with their Service (C517).
    forgetTriggers(state, QUEUE, key);
    return GONE;
  }
  if (!hasManagedEndpoints(service)) return DONE; // Nothing to do for it (C501).
  return doneOrRetry(yield* sync(state, service));
}

/** False when the write was refused. */
function* sync(state: ClusterState, service: Service): Steps<boolean> {
  const { namespace, name, labels = {} } = service.metadata;
  // Whether terminating pods count depends on what is published (C503).
  const pods = podsOfService(state, service, service.spec.publishNotReadyAddresses === true);
  yield;
  const trigger = takeTrigger(state, QUEUE, service, pods);
  yield;
  const all = yield* subsetsOf(service, pods);
  const subsets = truncateSubsets(all);
  yield;
  const present = getObject(state, endpointsKind, namespace, name);
  const wanted = { ...labels, ...(isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}), [MANAGED_BY]: CONTROLLER };
  if (present !== undefined && isSame(present, subsets, wanted)) return true;
  yield;
  const { [OVER_CAPACITY]: _before, ...kept } = withTrigger(present?.metadata.annotations, trigger);
  const annotations = { ...kept, ...(countAddresses(all) > countAddresses(subsets) ? { [OVER_CAPACITY]: 'truncated' } : {}) };
  if (present !== undefined) {
    writeObject(state, endpointsKind, replaced(present, wanted, annotations, subsets));
    return true;
  }
  return create(state, service, wanted, annotations, subsets);
}

/** C512: created even when it is empty. */
function create(
  state: ClusterState,
  service: Service,
  labels: StringMap,
  annotations: StringMap,
  subsets: readonly EndpointSubset[],
): boolean {
  const { namespace, name } = service.metadata;
  const draft: NewObject<Endpoints> = {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: {
      name,
      namespace,
      labels: { ...labels },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } }),
    },
    ...(subsets.length === 0 ? {} : { subsets }),
  };
  const result = createObject(state, endpointsKind, draft);
  if (result.ok || isNamespaceTerminating(result.status)) return true;
  recordEvent(state, {
    source: { component: CONTROLLER },
    regarding: draft as Endpoints,
    type: 'Warning',
    reason: 'FailedToCreateEndpoint',
    message: `Failed to create endpoint for service ${namespace}/${name}: ${result.status.message ?? ''}`,
  }); // What failed is told of (C518).
  return false;
}

function isSame(present: Endpoints, subsets: readonly EndpointSubset[], labels: StringMap): boolean {
  return isJsonEqual(present.subsets ?? [], subsets) && isJsonEqual(present.metadata.labels ?? {}, labels);
}

function replaced(present: Endpoints, labels: StringMap, annotations: StringMap, subsets: readonly EndpointSubset[]): Endpoints {
  const { subsets: _subsets, ...rest } = present;
  return {
    ...rest,
    metadata: withLabels(present.metadata, labels, annotations),
    ...(subsets.length === 0 ? {} : { subsets }),
  } as Endpoints;
}
