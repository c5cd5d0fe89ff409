// The registry: every kind there is. Discovery, routes, tables, watches, namespace deletion and garbage collection are derived from it; adding a
// kind is its folder and one line here. The order is that of discovery.

import { apiVersionOf, type Kind, resourceOf } from './kind.ts';
import { apiServiceKind } from './apiservice/index.ts';
import { certificateSigningRequestKind } from './certificatesigningrequest/index.ts';
import { clusterRoleKind } from './clusterrole/index.ts';
import { clusterRoleBindingKind } from './clusterrolebinding/index.ts';
import { ingressKind } from './ingress/index.ts';
import { ingressClassKind } from './ingressclass/index.ts';
import { networkPolicyKind } from './networkpolicy/index.ts';
import { podTemplateKind } from './podtemplate/index.ts';
import { roleKind } from './role/index.ts';
import { roleBindingKind } from './rolebinding/index.ts';
import { runtimeClassKind } from './runtimeclass/index.ts';
import { bindingKind } from './binding/index.ts';
import { componentStatusKind } from './componentstatus/index.ts';
import { configMapKind } from './configmap/index.ts';
import { customResourceDefinitionKind } from './customresourcedefinition/index.ts';
import { controllerRevisionKind } from './controllerrevision/index.ts';
import { cronJobKind } from './cronjob/index.ts';
import { csiDriverKind } from './csidriver/index.ts';
import { csiNodeKind } from './csinode/index.ts';
import { csiStorageCapacityKind } from './csistoragecapacity/index.ts';
import { daemonSetKind } from './daemonset/index.ts';
import { deploymentKind } from './deployment/index.ts';
import { endpointsKind } from './endpoints/index.ts';
import { endpointSliceKind } from './endpointslice/index.ts';
import { eventV1Kind } from './event/events-v1.ts';
import { eventKind } from './event/index.ts';
import { flowSchemaKind } from './flowschema/index.ts';
import { horizontalPodAutoscalerKind } from './horizontalpodautoscaler/index.ts';
import { horizontalPodAutoscalerV1Kind } from './horizontalpodautoscaler/v1.ts';
import { ipAddressKind } from './ipaddress/index.ts';
import { jobKind } from './job/index.ts';
import { leaseKind } from './lease/index.ts';
import { limitRangeKind } from './limitrange/index.ts';
import { mutatingWebhookConfigurationKind } from './mutatingwebhookconfiguration/index.ts';
import { namespaceKind } from './namespace/index.ts';
import { nodeKind } from './node/index.ts';
import { persistentVolumeKind } from './persistentvolume/index.ts';
import { persistentVolumeClaimKind } from './persistentvolumeclaim/index.ts';
import { podKind } from './pod/index.ts';
import { podDisruptionBudgetKind } from './poddisruptionbudget/index.ts';
import { priorityClassKind } from './priorityclass/index.ts';
import { priorityLevelConfigurationKind } from './prioritylevelconfiguration/index.ts';
import { replicaSetKind } from './replicaset/index.ts';
import { replicationControllerKind } from './replicationcontroller/index.ts';
import { resourceQuotaKind } from './resourcequota/index.ts';
import { secretKind } from './secret/index.ts';
import { serviceCidrKind } from './servicecidr/index.ts';
import { serviceKind } from './service/index.ts';
import { serviceAccountKind } from './serviceaccount/index.ts';
import { statefulSetKind } from './statefulset/index.ts';
import { storageClassKind } from './storageclass/index.ts';
import { validatingAdmissionPolicyKind } from './validatingadmissionpolicy/index.ts';
import { validatingAdmissionPolicyBindingKind } from './validatingadmissionpolicybinding/index.ts';
import { validatingWebhookConfigurationKind } from './validatingwebhookconfiguration/index.ts';
import { volumeAttachmentKind } from './volumeattachment/index.ts';

export const KINDS: readonly Kind[] = [
  bindingKind,
  componentStatusKind,
  configMapKind,
  endpointsKind,
  eventKind,
  limitRangeKind,
  namespaceKind,
  nodeKind,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podKind,
  podTemplateKind,
  replicationControllerKind,
  resourceQuotaKind,
  secretKind,
  serviceAccountKind,
  serviceKind,
  controllerRevisionKind,
  daemonSetKind,
  deploymentKind,
  replicaSetKind,
  statefulSetKind,
  horizontalPodAutoscalerKind,
  cronJobKind,
  jobKind,
  certificateSigningRequestKind,
  priorityClassKind,
  leaseKind,
  endpointSliceKind,
  csiDriverKind,
  csiNodeKind,
  csiStorageCapacityKind,
  storageClassKind,
  volumeAttachmentKind,
  podDisruptionBudgetKind,
  ingressClassKind,
  ingressKind,
  ipAddressKind,
  networkPolicyKind,
  serviceCidrKind,
  runtimeClassKind,
  clusterRoleBindingKind,
  clusterRoleKind,
  roleBindingKind,
  roleKind,
  mutatingWebhookConfigurationKind,
  validatingAdmissionPolicyKind,
  validatingAdmissionPolicyBindingKind,
  validatingWebhookConfigurationKind,
  customResourceDefinitionKind,
  flowSchemaKind,
  priorityLevelConfigurationKind,
  apiServiceKind,
] as readonly Kind[];

/** The registry with the versions that are served beside the stored ones. */
export const SERVED_KINDS: readonly Kind[] = [...KINDS, horizontalPodAutoscalerV1Kind, eventV1Kind];

const BY_RESOURCE: ReadonlyMap<string, Kind> = new Map(KINDS.map((kind) => [resourceOf(kind), kind]));
const BY_GVK: ReadonlyMap<string, Kind> = new Map(SERVED_KINDS.map((kind) => [`${apiVersionOf(kind)}/${kind.kind}`, kind]));

/** The kind of a resource id such as `replicasets.apps`. */
export function kindByResource(resource: string): Kind | undefined {
  return BY_RESOURCE.get(resource);
}

/** The kind of a resource id in one of its versions. */
export function kindOfVersion(resource: string, version: string): Kind | undefined {
  return SERVED_KINDS.find((kind) => kind.version === version && resourceOf(kind) === resource);
}

/** The kind of an object's apiVersion and kind. */
export function kindByGvk(apiVersion: string, kind: string): Kind | undefined {
  return BY_GVK.get(`${apiVersion}/${kind}`);
}
