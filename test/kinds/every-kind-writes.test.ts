// What writes of every kind owe, generated from the registry and the field table: unknown fields, required fields, the row of the least object
// that is accepted, the split of specification and status, what never changes. What needs no cluster stands in every-kind.test.ts.

import { describe, expect, it } from 'vitest';
import { isJsonEqual, isJsonObject, type Json, type JsonObject, type KubeObject } from '../../src/engine/apimachinery/meta.ts';
import type { Status } from '../../src/engine/apimachinery/status.ts';
import type { ApiRequest, RequestOutcome } from '../../src/engine/apiserver/request-types.ts';
import { markStored } from '../../src/engine/cluster/index.ts';
import { forkState } from '../../src/engine/kernel/state.ts';
import { type Field, fieldsOf } from '../../src/engine/kinds/fields/index.ts';
import { SERVED_KINDS } from '../../src/engine/kinds/index.ts';
import { apiVersionOf, type Column, type Kind, resourceOf, storedResourceOf } from '../../src/engine/kinds/kind.ts';
import { resolveTarget } from '../../src/http/kube/target.ts';
import { createTestCluster, TestCluster } from '../support/engine.ts';
import { fullObject } from '../support/field-objects.ts';
import { changed, type Path, pathsOf, pathText, valueAt } from '../support/members.ts';
import { sampleOf } from '../support/samples.ts';

/** What every object comes into. */
const before = createTestCluster({ nodes: 2 });
markStored(before.state);

/** Kinds of which something is stored. */
const WRITTEN = SERVED_KINDS.filter((kind) => kind.virtualObjects === undefined);

/** One kind in a cluster of its own. */
class Stage {
  private readonly cluster: TestCluster;
  private readonly kind: Kind;
  private readonly name: string;

  constructor(kind: Kind, name: string, cluster = new TestCluster(forkState(before.state))) {
    [this.kind, this.name, this.cluster] = [kind, name, cluster];
  }

  send(verb: ApiRequest['verb'], body: JsonObject, more: Partial<ApiRequest> = {}): RequestOutcome {
    const { kind, name } = this;
    const place = { ...(kind.namespaced ? { namespace: 'default' } : {}), ...(verb === 'create' ? {} : { name }) };
    const request = { verb, resource: resourceOf(kind), version: kind.version, ...place, body, options: {}, ...more };
    return this.cluster.execute({ type: 'request', request }).outcome as RequestOutcome;
  }

  /** The object as it is stored, in its version. */
  stored(): JsonObject {
    const found = this.cluster.get(`${storedResourceOf(this.kind)}/${this.kind.namespaced ? 'default/' : ''}${this.name}`);
    return (this.kind.conversion?.fromStored(found) ?? found) as unknown as JsonObject;
  }

  cells(): readonly unknown[] {
    return this.kind.cells(this.stored() as unknown as KubeObject, this.cluster.state.nowMs);
  }

  fork(): Stage {
    markStored(this.cluster.state);
    return new Stage(this.kind, this.name, new TestCluster(forkState(this.cluster.state)));
  }
}

function fieldAt(kind: Kind, path: Path): { readonly type: string; readonly field: Field | undefined } {
  return path.reduce<{ type: string; field: Field | undefined }>(
    ({ type }, step) => {
      if (typeof step === 'number') return { type: type.slice('[]'.length), field: undefined };
      if (type.startsWith('map:')) return { type: type.slice('map:'.length), field: undefined };
      const field = fieldsOf(type)?.get(step);
      return { type: field?.type ?? 'any', field };
    },
    { type: kind.schema, field: undefined },
  );
}

function statusOf(outcome: RequestOutcome): Status {
  if (outcome.ok) throw new Error('it is accepted');
  return outcome.status;
}

/** What is inside the template of a pod is tried with pods. */
function isWithinTemplate(path: Path, depth: number): boolean {
  const at = path.indexOf('template');
  return at >= 0 && path.length > at + depth;
}

/** A sample from which everything is taken that can be missing: the last members first, so that what holds others goes when they are gone. */
function leastObject(kind: Kind, sample: JsonObject, name: string): JsonObject {
  let least = sample;
  const isAccepted = (object: JsonObject): boolean => new Stage(kind, name).send('create', object).ok;
  for (const path of pathsOf(sample).filter((one) => !isWithinTemplate(one, 2))) {
    const text = path.join('.');
    if (['kind', 'apiVersion', 'metadata', 'metadata.name'].includes(text) || !isThere(least, path)) continue;
    const smaller = changed(least, path, undefined);
    if (isAccepted(smaller)) least = smaller;
  }
  return least;
}

function isThere(object: JsonObject, path: Path): boolean {
  const parent = path.slice(0, -1).reduce<unknown>((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], object);
  return (parent as Record<string, unknown> | undefined)?.[path.at(-1) ?? ''] !== undefined;
}

/** Another value of the same type, which validation has nothing against where that can be known. */
function otherValue(value: Json, type: string, field: Field | undefined): Json | undefined {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value !== 'string') return undefined;
  if (type === 'quantity') return value === '2' ? '3' : '2';
  if (type === 'time' || type === 'micro-time') return '2027-01-01T00:00:00Z';
  if (type === 'bytes') return 'AAAA';
  return field?.values?.find((other) => other !== value) ?? `${value}x`;
}

/** Members that hold the specification of an object: all but what the API server itself and controllers write. */
function isOwn(name: string | number | undefined): boolean {
  return !['metadata', 'status', 'kind', 'apiVersion'].includes(String(name));
}

function ownMembers(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => isOwn(name))) as JsonObject;
}

const generationOf = (object: JsonObject): unknown => (object['metadata'] as JsonObject)['generation'];

/** What cells may be by the types of their columns: upstream calls columns of counts text, and writes True under a column that is boolean. */
const CELL_TYPES: Readonly<Record<Column['type'], readonly string[]>> = {
  integer: ['number'],
  string: ['string', 'number', 'boolean'],
  boolean: ['boolean', 'string'],
  date: ['string'],
};

/** Cells of another type than their column's, and words that are no words of a table. */
function wrongCells(kind: Kind, cells: readonly unknown[]): readonly string[] {
  if (cells.length !== kind.columns.length) return [`${cells.length} cells for ${kind.columns.length} columns`];
  return kind.columns.flatMap(({ name, type }, index) => {
    const cell = cells[index];
    const isRight = cell === null || (CELL_TYPES[type].includes(typeof cell) && !/undefined|NaN|\[object|null/.test(String(cell)));
    return isRight ? [] : [`${name}: ${typeof cell} ${String(cell)}`];
  });
}

/** Members that Kubernetes takes without what its documents call required. */
const OPTIONAL_YET_REQUIRED = `
Event involvedObject
LimitRange spec.limits
Node status.conditions[0].type
Node status.conditions[0].status
Node status.addresses[0].type
Node status.addresses[0].address
Node status.nodeInfo.machineID
Node status.nodeInfo.systemUUID
Node status.nodeInfo.bootID
Node status.nodeInfo.kernelVersion
Node status.nodeInfo.osImage
Node status.nodeInfo.containerRuntimeVersion
Node status.nodeInfo.kubeletVersion
Node status.nodeInfo.kubeProxyVersion
Node status.nodeInfo.operatingSystem
Node status.nodeInfo.architecture
Pod spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference
Pod spec.securityContext.sysctls[0].value
Pod spec.containers[0].readinessProbe.httpGet.httpHeaders[0].value
Pod spec.containers[0].lifecycle.preStop.sleep.seconds
ControllerRevision revision
Job spec.podFailurePolicy.rules
Job spec.podFailurePolicy.rules[1].onPodConditions[0].status
CertificateSigningRequest status.conditions[0].type
CertificateSigningRequest status.conditions[0].status
PriorityClass value
EndpointSlice endpoints
EndpointSlice endpoints[0].hints.forZones[0].name
CSIDriver spec
CSIDriver spec.tokenRequests[0].audience
CSINode spec
CSINode spec.drivers
VolumeAttachment status.attached
NetworkPolicy spec.podSelector
ServiceCIDR status.conditions[0].type
ServiceCIDR status.conditions[0].status
ServiceCIDR status.conditions[0].reason
ServiceCIDR status.conditions[0].message
ServiceCIDR status.conditions[0].lastTransitionTime
ClusterRoleBinding roleRef.apiGroup
RoleBinding roleRef.apiGroup
CustomResourceDefinition spec.versions[0].served
HorizontalPodAutoscaler status.currentReplicas
HorizontalPodAutoscaler status.desiredReplicas
`;

/** `Kind: members` that a write may not change, or that keep what they are whatever a write says. */
const IMMUTABLE = `
Namespace: spec.finalizers (kept)
Node: spec.podCIDR, spec.podCIDRs (kept), spec.providerID
PersistentVolumeClaim: spec.accessModes, spec.resources, spec.storageClassName, spec.volumeMode, spec.selector, spec.dataSource
PersistentVolume: spec.volumeMode, spec.hostPath, spec.nodeAffinity
Pod: spec.restartPolicy, spec.serviceAccountName, spec.terminationGracePeriodSeconds, spec.nodeSelector, spec.affinity, spec.tolerations, spec.topologySpreadConstraints, spec.securityContext, spec.dnsPolicy, spec.dnsConfig, spec.hostAliases, spec.imagePullSecrets, spec.readinessGates, spec.initContainers, spec.containers, spec.volumes, spec.serviceAccount, spec.schedulerName, spec.enableServiceLinks, spec.priority, spec.preemptionPolicy
ResourceQuota: spec.scopes
Secret: type
Service: spec.clusterIP, spec.clusterIPs
ControllerRevision: data
DaemonSet: spec.selector
Deployment: spec.selector
ReplicaSet: spec.selector
StatefulSet: spec.serviceName, spec.podManagementPolicy, spec.volumeClaimTemplates, spec.selector
Job: spec.completions, spec.completionMode, spec.backoffLimitPerIndex, spec.podFailurePolicy, spec.successPolicy, spec.template, spec.selector
CertificateSigningRequest: spec.request (kept), spec.signerName (kept), spec.expirationSeconds (kept), spec.usages (kept), spec.username (kept), spec.groups (kept)
PriorityClass: value, preemptionPolicy
EndpointSlice: addressType
CSIDriver: spec.attachRequired, spec.volumeLifecycleModes
CSINode: spec.drivers
CSIStorageCapacity: storageClassName, nodeTopology
StorageClass: provisioner, parameters, reclaimPolicy, volumeBindingMode
VolumeAttachment: spec.attacher, spec.nodeName, spec.source
IngressClass: spec.controller
IPAddress: spec.parentRef
ServiceCIDR: spec.cidrs
RuntimeClass: handler
ClusterRoleBinding: roleRef
RoleBinding: roleRef
CustomResourceDefinition: spec.group, spec.scope, spec.names, spec.versions
Event: eventTime, reportingController, reportingInstance, action, reason, regarding, related, note, type
`;

const accepted: string[] = [];
const immutable: string[] = [];

describe.each(WRITTEN.map((kind) => [`${apiVersionOf(kind)} ${kind.kind}`, kind] as const))('%s', (_title, kind) => {
  const sample = sampleOf(kind);
  const { name } = (sample as unknown as KubeObject).metadata;
  const made = new Stage(kind, name);
  made.send('create', sample);

  it('C11 C12 refuses an unknown field, warns of it or is silent, and never stores it', () => {
    const holders = ([[], ['metadata'], ['spec'], ['status']] as Path[]).filter((path) =>
      isJsonObject(path.length === 0 ? sample : valueAt(sample, path)),
    );
    for (const holder of holders) {
      const path = [...holder, 'unheardOf'];
      const body = changed(sample, path, { a: 1 });
      const words = `unknown field ${JSON.stringify(pathText(path))}`;
      const strict = new Stage(kind, name).send('create', body, { options: { fieldValidation: 'Strict' } });
      const prefix = `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: `;
      expect(statusOf(strict)).toMatchObject({ code: 400, reason: 'BadRequest', message: prefix + words });
      for (const [fieldValidation, warnings] of [
        ['Warn', [words]],
        ['Ignore', []],
        [undefined, [words]],
      ] as const) {
        const stage = new Stage(kind, name);
        const outcome = stage.send('create', body, { options: fieldValidation === undefined ? {} : { fieldValidation } });
        expect([outcome.ok, outcome.warnings.filter((text) => text.includes('unknown field'))]).toEqual([true, warnings]);
        expect(JSON.stringify(stage.stored())).not.toContain('unheardOf');
        expect(stage.stored()).toEqual(made.stored());
      }
    }
  });

  it('P1 F12 is refused without what is required, and told where, or has it empty', () => {
    for (const path of pathsOf(sample)) {
      const { type, field } = fieldAt(kind, path);
      if (field?.isRequired !== true || isWithinTemplate(path, 1)) continue;
      const outcome = new Stage(kind, name).send('create', changed(sample, path, undefined));
      const text = pathText(path);
      if (outcome.ok) {
        const isScalar = ['string', 'bool', 'int32', 'int64'].includes(type);
        const stored = outcome.object as unknown as JsonObject;
        // What Go writes when it is empty is there.
        if (isScalar && path[0] !== 'status') expect(valueAt(stored, path), text).not.toBeUndefined();
        accepted.push(`${kind.kind} ${text}`);
        continue;
      }
      const causes = outcome.status.details?.causes ?? [];
      const last = String(path.at(-1)).toLowerCase();
      const isTold = causes.some(
        ({ field: at = '', message = '' }) => text.startsWith(at) || `${at} ${message}`.toLowerCase().includes(last),
      );
      expect([outcome.status.code, isTold], `${text}: ${outcome.status.message}`).toEqual([422, true]);
      expect(JSON.stringify(causes), text).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it('N1 has a row whatever is missing, with cells of the types of its columns', () => {
    const least = leastObject(kind, sample, name);
    for (const object of [least, sample]) {
      const stage = new Stage(kind, name);
      expect(stage.send('create', object).ok).toBe(true);
      expect(wrongCells(kind, stage.cells())).toEqual([]);
    }
  });

  it('I6 keeps its status when it is written, and the rest when its status is', () => {
    const present = made.stored();
    const full = fullObject(kind);
    if (!kind.hasStatus) {
      const { group, version, plural: resource } = kind;
      const place = kind.namespaced ? { namespace: 'default' } : {};
      const path = {
        type: 'resource',
        group,
        version,
        resource,
        ...place,
        name,
        subresource: 'status',
        rest: [],
        isOldWatch: false,
      } as const;
      expect(resolveTarget(path, 'PUT', SERVED_KINDS)).toMatchObject({ ok: false, status: { code: 404 } });
      return;
    }
    const main = made.fork();
    expect(main.send('update', { ...present, status: full['status'] ?? {} }).ok).toBe(true);
    expect(main.stored()).toEqual(present);
    const patched = made.fork();
    expect(patched.send('patch', { status: full['status'] ?? {} }, { patchType: 'merge' }).ok).toBe(true);
    expect(patched.stored()).toEqual(present);
    const apart = made.fork();
    const others = { ...present, ...ownMembers(full) } as JsonObject;
    const outcome = apart.send('update', others, { subresource: 'status' });
    expect(outcome.ok ? '' : outcome.status.message).toBe('');
    expect(ownMembers(apart.stored())).toEqual(ownMembers(present));
    expect(generationOf(apart.stored())).toBe(generationOf(present));
    const told = made.fork();
    const written = told.send('update', { ...others, status: full['status'] ?? {} }, { subresource: 'status' });
    expect(ownMembers(told.stored())).toEqual(ownMembers(present));
    // What a status says is taken or refused for what it is, never passed over.
    if (written.ok) expect(told.stored()['status']).not.toEqual(present['status']);
    else for (const { field = '' } of written.status.details?.causes ?? []) expect(field).toMatch(/^status/);
  });

  it('I9 refuses a change of what never changes, and says of what', () => {
    const present = made.stored();
    const kept = new Set<string>();
    for (const path of pathsOf(present)) {
      const { type, field } = fieldAt(kind, path);
      const value = valueAt(present, path);
      const other = isOwn(path[0]) && !isWithinTemplate(path, 3) ? otherValue(value, type, field) : undefined;
      if (other === undefined) continue;
      const stage = made.fork();
      const outcome = stage.send('update', changed(present, path, other));
      const member = path.slice(0, path[0] === 'spec' ? 2 : 1).join('.');
      if (outcome.ok) {
        if (isJsonEqual(isThere(stage.stored(), path) ? valueAt(stage.stored(), path) : undefined, value)) kept.add(`${member} (kept)`);
        continue;
      }
      const causes = outcome.status.details?.causes ?? [];
      expect([outcome.status.code, causes.length > 0], outcome.status.message).toEqual([422, true]);
      if (causes.some(({ message = '' }) => UNCHANGEABLE.test(message))) kept.add(member);
    }
    if (kept.size > 0) immutable.push(`${kind.kind}: ${[...kept].join(', ')}`);
  });
});

const UNCHANGEABLE =
  /immutable|may not change|can not be modified|may not be changed|cannot change|updates to \w+ are forbidden|for fields other than|in tandem|must remain/;

it('P1 takes what is missing where Kubernetes does', () => {
  expect(accepted).toEqual(OPTIONAL_YET_REQUIRED.trim().split('\n'));
});

it('I9 I7 C430 what never changes, kind by kind', () => {
  expect(immutable).toEqual(IMMUTABLE.trim().split('\n'));
});
