// What field ownership needs to know of types beyond the field table: types whose values are owned as a whole, fields that Go keeps as structs of
// their own, and defaults of list keys (K4, K11).
// Upstream: the OpenAPI documents of v1.33: x-kubernetes-map-type, and `default` of properties.

import { fieldsOf } from './index.ts';

const ATOMIC_TYPES: ReadonlySet<string> = new Set([
  'admissionregistration.v1.MatchResources',
  'admissionregistration.v1.NamedRuleWithOperations',
  'admissionregistration.v1.ParamKind',
  'admissionregistration.v1.ParamRef',
  'admissionregistration.v1.Variable',
  'autoscaling.v1.CrossVersionObjectReference',
  'core.v1.ConfigMapKeySelector',
  'core.v1.EndpointAddress',
  'core.v1.EndpointPort',
  'core.v1.LocalObjectReference',
  'core.v1.NodeSelector',
  'core.v1.NodeSelectorTerm',
  'core.v1.ObjectFieldSelector',
  'core.v1.ObjectReference',
  'core.v1.ResourceFieldSelector',
  'core.v1.ScopeSelector',
  'core.v1.SecretKeySelector',
  'core.v1.SecretReference',
  'core.v1.TopologySelectorTerm',
  'core.v1.TypedLocalObjectReference',
  'discovery.v1.EndpointPort',
  'meta.v1.LabelSelector',
  'meta.v1.OwnerReference',
  'networking.v1.ServiceBackendPort',
  'rbac.v1.RoleRef',
  'rbac.v1.Subject',
]);

/** Members that are plain structs wherever they are: metadata, spec and status of objects and templates. */
const PLAIN_MEMBERS: ReadonlySet<string> = new Set(['metadata', 'spec', 'status']);

/** Other plain structs that an object of some kind has from its beginning. */
const PLAIN_STRUCTS: Readonly<Record<string, readonly string[]>> = {
  'apps.v1.DaemonSetSpec': ['template', 'updateStrategy'],
  'apps.v1.DeploymentSpec': ['strategy', 'template'],
  'apps.v1.ReplicaSetSpec': ['template'],
  'apps.v1.StatefulSetSpec': ['template', 'updateStrategy'],
  'autoscaling.v1.HorizontalPodAutoscalerSpec': ['scaleTargetRef'],
  'autoscaling.v2.HorizontalPodAutoscalerSpec': ['scaleTargetRef'],
  'batch.v1.CronJobSpec': ['jobTemplate'],
  'batch.v1.JobSpec': ['template'],
  'core.v1.Event': ['involvedObject', 'source'],
  'core.v1.NodeDaemonEndpoints': ['kubeletEndpoint'],
  'core.v1.NodeStatus': ['daemonEndpoints', 'nodeInfo'],
  'core.v1.PersistentVolumeClaimSpec': ['resources'],
  'core.v1.PodTemplate': ['template'],
  'core.v1.ServiceStatus': ['loadBalancer'],
  'events.v1.Event': ['deprecatedSource', 'regarding'],
  'networking.v1.IngressStatus': ['loadBalancer'],
  'networking.v1.NetworkPolicySpec': ['podSelector'],
  'rbac.v1.ClusterRoleBinding': ['roleRef'],
  'rbac.v1.RoleBinding': ['roleRef'],
};

/** Fields that are written when empty although a client need not send them. */
const WRITTEN_WHEN_EMPTY: Readonly<Record<string, readonly string[]>> = {
  'core.v1.Event': ['eventTime', 'firstTimestamp', 'lastTimestamp', 'reportingComponent', 'reportingInstance'],
  'meta.v1.ObjectMeta': ['creationTimestamp'],
};

/** Item types whose key `protocol` is TCP when it is not said. */
const PROTOCOL_KEYED: ReadonlySet<string> = new Set(['core.v1.ContainerPort', 'core.v1.ServicePort']);

/** The table of types as field ownership reads it. */
export const OWNERSHIP_TYPES = {
  fields: fieldsOf,
  isAtomic: (type: string): boolean => ATOMIC_TYPES.has(type),
  isPlainStruct: (type: string, field: string): boolean =>
    (PLAIN_MEMBERS.has(field) && fieldsOf(fieldsOf(type)?.get(field)?.type ?? '') !== undefined) ||
    PLAIN_STRUCTS[type]?.includes(field) === true,
  isAlwaysWritten: (type: string, field: string): boolean =>
    fieldsOf(type)?.get(field)?.isRequired === true || WRITTEN_WHEN_EMPTY[type]?.includes(field) === true,
  keyDefault: (itemType: string, key: string): string | undefined =>
    key === 'protocol' && PROTOCOL_KEYED.has(itemType) ? 'TCP' : undefined,
};
