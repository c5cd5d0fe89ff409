// Every controller, in visiting order at one instant (`roundOrder` in docs/glossary.md). Adding one is its folder and one line here.

import type { Component } from '../kernel/component.ts';
import { customResourceDefinitionController } from './custom-resource-definition/index.ts';
import { accountTokensController } from './account-tokens/index.ts';
import { admissionPolicyController } from './admission-policy/index.ts';
import { apiServiceController } from './api-service/index.ts';
import { certificatesController } from './certificates/index.ts';
import { clusterRoleAggregationController } from './cluster-role-aggregation/index.ts';
import { cronJobController } from './cronjob/index.ts';
import { daemonSetController } from './daemonset/index.ts';
import { deploymentController } from './deployment/index.ts';
import { disruptionController } from './disruption/index.ts';
import { endpointsController } from './endpoints/index.ts';
import { endpointSliceController } from './endpointslice/index.ts';
import { endpointSliceMirroringController } from './endpointslicemirroring/index.ts';
import { ephemeralVolumeController } from './ephemeral-volume/index.ts';
import { createAutoscaler } from './horizontal-pod-autoscaler/index.ts';
import type { MetricsSource } from './horizontal-pod-autoscaler/reconcile.ts';
import { createNodeLifecycle, type LastRenewalMs } from './node-lifecycle/index.ts';
import { flowControlController } from './flow-control/index.ts';
import { garbageCollector } from './garbage-collector/index.ts';
import { jobController } from './job/index.ts';
import { legacyTokenCleaner } from './legacy-token-cleaner/index.ts';
import { namespaceController } from './namespace/index.ts';
import { persistentVolumeController } from './persistentvolume/index.ts';
import { replicaSetController, replicationController } from './replicaset/index.ts';
import { resourceQuotaController } from './resourcequota/index.ts';
import { rootCaController } from './root-ca/index.ts';
import { serviceAccountController } from './serviceaccount/index.ts';
import { serviceCidrController } from './service-cidr/index.ts';
import { statefulSetController } from './statefulset/index.ts';
import { ttlAfterFinishedController } from './ttl-after-finished/index.ts';
import { claimProtection, volumeProtection } from './volume-protection/index.ts';
import { volumeProvisioner } from './volume-provisioner/index.ts';
import { podGarbageCollector } from './pod-gc/index.ts';
import { taintEvictionController } from './taint-eviction/index.ts';

/** What controllers ask of kubelets, which are not their business. */
export interface KubeletReadings {
  readonly lastRenewalMs: LastRenewalMs;
  readonly usagesOf: MetricsSource;
}

/** All controllers of a cluster, in that order. */
export function controllersWith({ lastRenewalMs, usagesOf }: KubeletReadings): readonly Component[] {
  return [
    deploymentController,
    replicaSetController,
    replicationController,
    statefulSetController,
    daemonSetController,
    jobController,
    cronJobController,
    endpointsController,
    endpointSliceController,
    endpointSliceMirroringController,
    garbageCollector,
    customResourceDefinitionController,
    namespaceController,
    serviceAccountController,
    rootCaController,
    ttlAfterFinishedController,
    disruptionController,
    ephemeralVolumeController,
    persistentVolumeController,
    volumeProvisioner,
    claimProtection,
    volumeProtection,
    resourceQuotaController,
    taintEvictionController,
    podGarbageCollector,
    flowControlController,
    certificatesController,
    serviceCidrController,
    apiServiceController,
    clusterRoleAggregationController,
    admissionPolicyController,
    accountTokensController,
    legacyTokenCleaner,
    createNodeLifecycle(lastRenewalMs),
    createAutoscaler(usagesOf),
  ];
}
