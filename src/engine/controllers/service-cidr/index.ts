// Ranges of service addresses, and one IPAddress for every address that a service has.
// Upstream: pkg/controller/servicecidrs/servicecidrs_controller.go, pkg/registry/core/service/ipallocator/{ipallocator,controller/repairip}.go,
// pkg/controlplane/controller/defaultservicecidr (v1.33). Rule: C943.

import { isInRange } from '../../apimachinery/ip-range.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { createObject, deleteObject, getObject, listByTerm, listObjects, writeObject, writeStatus } from '../../apiserver/api.ts';
import type { Component } from '../../kernel/component.ts';
import { DONE, GONE, type Reconciled, requeueAfter } from '../../kernel/reconciled.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { type IpAddress, ipAddressKind, parentTerm } from '../../kinds/ipaddress/index.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { SERVICE_CIDR } from '../../kinds/service/allocation.ts';
import { serviceKind } from '../../kinds/service/index.ts';
import { type ServiceCidr, serviceCidrKind } from '../../kinds/servicecidr/index.ts';
import { splitKey } from '../shared/pod-control.ts';

const NAME = 'service-cidr';
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';
const FAMILY_LABEL = 'ipaddress.kubernetes.io/ip-family';
const MANAGER_LABEL = 'ipaddress.kubernetes.io/managed-by';
const MANAGER = 'ipallocator.k8s.io';
/** How long a range that nobody needs stays, so that whoever takes addresses knows of its end. */
const DELETION_GRACE_MS = 10_000;
/** Uids of addresses are drawn apart: how many services there are changes nothing for the pods of a seed. */
const UIDS = 'uids:addresses';

export const serviceCidrController: Component = {
  name: NAME,
  watches: {
    [resourceOf(serviceKind)]: (state, change) => enqueue(state, NAME, `service/${keyOf(change.object)}`),
    [resourceOf(ipAddressKind)]: (state, change) => {
      const parent = (change.object as IpAddress).spec?.parentRef;
      if (change.type !== 'DELETED' || parent?.resource !== 'services') return;
      enqueue(state, NAME, `service/${parent.namespace ?? ''}/${parent.name}`);
      for (const range of listObjects(state, serviceCidrKind))
        if (range.metadata.deletionTimestamp !== undefined) enqueue(state, NAME, `range/${range.metadata.name}`);
    },
    [resourceOf(serviceCidrKind)]: (state, change) => enqueue(state, NAME, `range/${change.object.metadata.name}`),
  },
  reconcile(state, key) {
    const [type = '', ...rest] = key.split('/');
    return (type === 'service' ? syncAddresses : syncRange)(state, rest.join('/'));
  },
  timers: {},
};

/** The range of an empty cluster. */
export function createServiceRange(state: ClusterState): void {
  const manifest = {
    kind: 'ServiceCIDR',
    apiVersion: 'networking.k8s.io/v1',
    metadata: { name: 'kubernetes', finalizers: [FINALIZER] },
    spec: { cidrs: [SERVICE_CIDR] },
    status: { conditions: [readyCondition(state)] },
  };
  createObject(state, serviceCidrKind, manifest, { trusted: true, uidStream: UIDS });
}

function readyCondition(state: ClusterState): NonNullable<ServiceCidr['status']['conditions']>[number] {
  const lastTransitionTime = formatTime(state.nowMs);
  return { type: 'Ready', status: 'True', lastTransitionTime, reason: '', message: 'Kubernetes Service CIDR is ready' };
}

/** C943: a service has an IPAddress for each of its addresses, and none beside them. */
function syncAddresses(state: ClusterState, key: string): Reconciled {
  const [namespace, name] = splitKey(key);
  const service = getObject(state, serviceKind, namespace, name);
  const wanted = (service?.spec.clusterIPs ?? []).filter((ip) => ip !== '' && ip !== 'None');
  const parentRef = { resource: 'services', namespace, name };
  for (const address of listByTerm(state, ipAddressKind, parentTerm(parentRef)))
    if (!wanted.includes(address.metadata.name) && address.metadata.labels?.[MANAGER_LABEL] === MANAGER)
      deleteObject(state, ipAddressKind, undefined, address.metadata.name);
  for (const ip of wanted) {
    if (getObject(state, ipAddressKind, undefined, ip) !== undefined) continue;
    const labels = { [FAMILY_LABEL]: ip.includes(':') ? 'IPv6' : 'IPv4', [MANAGER_LABEL]: MANAGER };
    const manifest = { kind: 'IPAddress', apiVersion: 'networking.k8s.io/v1', metadata: { name: ip, labels }, spec: { parentRef } };
    createObject(state, ipAddressKind, manifest, { trusted: true, uidStream: UIDS });
  }
  return DONE;
}

function syncRange(state: ClusterState, name: string): Reconciled {
  const range = getObject(state, serviceCidrKind, undefined, name);
  if (range === undefined) return GONE;
  const { finalizers = [], deletionTimestamp } = range.metadata;
  if (deletionTimestamp !== undefined) return endRange(state, range);
  const kept = finalizers.includes(FINALIZER)
    ? range
    : writeObject(state, serviceCidrKind, { ...range, metadata: { ...range.metadata, finalizers: [...finalizers, FINALIZER] } });
  if (!isReady(kept)) writeStatus(state, serviceCidrKind, kept, { conditions: [readyCondition(state)] });
  return DONE;
}

function isReady({ status }: ServiceCidr): boolean {
  return (status.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');
}

/** A range goes when no address needs it. */
function endRange(state: ClusterState, range: ServiceCidr): Reconciled {
  const { finalizers = [], ...metadata } = range.metadata;
  if (!finalizers.includes(FINALIZER)) return DONE;
  if (isNeeded(state, range)) {
    const message = 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR';
    if (!isReady(range)) return DONE;
    const condition = {
      type: 'Ready',
      status: 'False',
      lastTransitionTime: formatTime(state.nowMs),
      reason: 'Terminating',
      message,
    } as const;
    writeStatus(state, serviceCidrKind, range, { conditions: [condition] });
    return DONE;
  }
  const leftMs = (parseTime(metadata.deletionTimestamp ?? '') ?? 0) + DELETION_GRACE_MS - state.nowMs;
  if (leftMs > 0) return requeueAfter(leftMs);
  const left = finalizers.filter((finalizer) => finalizer !== FINALIZER);
  writeObject(state, serviceCidrKind, { ...range, metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left } });
  return DONE;
}

/** Whether an address lies in this range and in no other. */
function isNeeded(state: ClusterState, range: ServiceCidr): boolean {
  const ranges = listObjects(state, serviceCidrKind);
  const has = ({ spec }: ServiceCidr, ip: string): boolean => (spec.cidrs ?? []).some((cidr) => isInRange(ip, cidr));
  return listObjects(state, ipAddressKind).some(
    ({ metadata: { name, labels } }) =>
      labels?.[MANAGER_LABEL] === MANAGER && has(range, name) && !ranges.some((other) => other !== range && has(other, name)),
  );
}
