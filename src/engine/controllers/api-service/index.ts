// Registers what the server serves: its own groups at the first instant, those of CustomResourceDefinitions when they come and go; and says of APIs
// that are served by a service whether it is there.
// Upstream: pkg/controlplane/controller/crdregistration, kube-aggregator/pkg/controllers/{autoregister,status/remote} (v1.33). Rule: C942.
// Deviation: no server behind a service answers, so that an aggregated API is never available.

import { isJsonEqual } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { createObject, deleteObject, getObject, listObjects, writeObject, writeStatus } from '../../apiserver/api.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { apiServiceKind, apiServiceName, AVAILABLE } from '../../kinds/apiservice/index.ts';
import type { ApiService } from '../../kinds/apiservice/types.ts';
import { customResourceDefinitionKind } from '../../kinds/customresourcedefinition/index.ts';
import type { CustomResourceDefinition } from '../../kinds/customresourcedefinition/types.ts';
import { endpointsKind } from '../../kinds/endpoints/index.ts';
import { SERVED_KINDS } from '../../kinds/index.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { serviceKind } from '../../kinds/service/index.ts';
import { PRIORITIES } from './priorities.ts';

const NAME = 'api-service';
const MANAGED_LABEL = 'kube-aggregator.kubernetes.io/automanaged';
/** Groups whose resources store nothing and are no kinds. */
const REVIEW_GROUPS = ['authentication.k8s.io/v1', 'authorization.k8s.io/v1'];
const CUSTOM_PRIORITIES = [1_000, 100] as const;
const METRICS = { group: 'metrics.k8s.io', version: 'v1beta1', priorities: [100, 100] as const };
const UIDS = 'uids:classes';

export const apiServiceController: Component = {
  name: NAME,
  watches: {
    [resourceOf(customResourceDefinitionKind)]: (state, change) => {
      const { spec } = change.object as CustomResourceDefinition;
      for (const { name } of spec.versions) enqueue(state, NAME, apiServiceName(spec.group, name));
      // A version that is no longer there is only known from what was registered for it.
      for (const service of listObjects(state, apiServiceKind))
        if (service.spec.group === spec.group) enqueue(state, NAME, service.metadata.name);
    },
    [resourceOf(apiServiceKind)]: (state, change) => enqueue(state, NAME, change.object.metadata.name),
    [resourceOf(serviceKind)]: wakeRemote,
    [resourceOf(endpointsKind)]: wakeRemote,
  },
  reconcile(state, name) {
    const present = getObject(state, apiServiceKind, undefined, name);
    if (present?.spec.service === undefined) register(state, name, present);
    else judge(state, present);
  },
  timers: {},
};

function wakeRemote(state: ClusterState, { object: { metadata } }: Parameters<Component['watches'][string]>[1]): void {
  for (const { spec, metadata: registered } of listObjects(state, apiServiceKind))
    if (spec.service?.name === metadata.name && spec.service.namespace === metadata.namespace) enqueue(state, NAME, registered.name);
}

/** The objects of an empty cluster. */
export function createApiServices(state: ClusterState, hasMetrics: boolean): void {
  const served = new Set([...SERVED_KINDS.map(({ group, version }) => `${group}/${version}`), ...REVIEW_GROUPS]);
  for (const [groupVersion, priorities] of Object.entries(PRIORITIES)) {
    if (!served.has(groupVersion)) continue;
    const [group = '', version = ''] = groupVersion.split('/');
    create(state, group, version, priorities, 'onstart');
  }
  if (hasMetrics) create(state, METRICS.group, METRICS.version, METRICS.priorities, 'onstart');
}

function create(state: ClusterState, group: string, version: string, priorities: readonly [number, number], managed: string): void {
  const [groupPriorityMinimum, versionPriority] = priorities;
  const manifest = {
    kind: 'APIService',
    apiVersion: 'apiregistration.k8s.io/v1',
    metadata: { name: apiServiceName(group, version), labels: { [MANAGED_LABEL]: managed } },
    spec: { ...(group === '' ? {} : { group }), version, groupPriorityMinimum, versionPriority },
  };
  createObject(state, apiServiceKind, manifest, { trusted: true, uidStream: UIDS });
}

/** C942: what a definition serves is registered; what was registered for one that is gone is not. */
function register(state: ClusterState, name: string, present: ApiService | undefined): void {
  const wanted = customVersion(state, name);
  const isManaged = present?.metadata.labels?.[MANAGED_LABEL] === 'true';
  if (wanted === undefined) {
    if (isManaged) deleteObject(state, apiServiceKind, undefined, name);
    return;
  }
  if (present === undefined) create(state, wanted.group, wanted.version, CUSTOM_PRIORITIES, 'true');
  else if (isManaged) {
    const [groupPriorityMinimum, versionPriority] = CUSTOM_PRIORITIES;
    const spec = { ...wanted, groupPriorityMinimum, versionPriority };
    if (!isJsonEqual(present.spec, spec)) writeObject(state, apiServiceKind, { ...present, spec });
  }
}

function customVersion(state: ClusterState, name: string): { readonly group: string; readonly version: string } | undefined {
  const dot = name.indexOf('.');
  const [version, group] = [name.slice(0, dot), name.slice(dot + 1)];
  const isServed = listObjects(state, customResourceDefinitionKind).some(
    ({ spec }) => spec.group === group && spec.versions.some((item) => item.name === version && item.served),
  );
  return isServed ? { group, version } : undefined;
}

/** Whether the API behind a service can be reached. */
function judge(state: ClusterState, present: ApiService): void {
  const { reason, message } = problemOf(state, present.spec);
  const { conditions = [] } = present.status;
  const before = conditions.find(({ type }) => type === AVAILABLE);
  if (before?.reason === reason && before.message === message) return;
  const lastTransitionTime = before?.status === 'False' ? before.lastTransitionTime : undefined;
  const next = { type: AVAILABLE, status: 'False', lastTransitionTime: lastTransitionTime ?? formatTime(state.nowMs), reason, message };
  writeStatus(state, apiServiceKind, present, { conditions: [...conditions.filter(({ type }) => type !== AVAILABLE), next] });
}

function problemOf(state: ClusterState, spec: ApiService['spec']): { readonly reason: string; readonly message: string } {
  const { namespace = '', name = '', port = 443 } = spec.service ?? {};
  const where = `service/${name} in ${JSON.stringify(namespace)}`;
  const service = getObject(state, serviceKind, namespace, name);
  if (service === undefined) return { reason: 'ServiceNotFound', message: `${where} is not present` };
  if (service.spec.type === 'ClusterIP') {
    const listening = (service.spec.ports ?? []).find((item) => item.port === port);
    if (listening === undefined) return { reason: 'ServicePortError', message: `${where} is not listening on port ${port}` };
    const endpoints = getObject(state, endpointsKind, namespace, name);
    if (endpoints === undefined) return { reason: 'EndpointsNotFound', message: `cannot find endpoints for ${where}` };
    const portName = listening.name ?? '';
    const isActive = (endpoints.subsets ?? []).some(
      ({ addresses = [], ports = [] }) => addresses.length > 0 && ports.some((item) => (item.name ?? '') === portName),
    );
    if (!isActive)
      return { reason: 'MissingEndpoints', message: `endpoints for ${where} have no addresses with port name ${JSON.stringify(portName)}` };
  }
  const address = `${service.spec.clusterIP ?? ''}:${port}`;
  const url = `https://${address}/apis/${spec.group ?? ''}/${spec.version ?? ''}`;
  const message = `failing or missing response from ${url}: Get ${JSON.stringify(url)}: dial tcp ${address}: connect: connection refused`;
  return { reason: 'FailedDiscoveryCheck', message };
}
