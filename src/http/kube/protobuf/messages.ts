// The wire layout of Kubernetes' protobuf messages: field number, JSON name, type and flags, by message (D4). Names and numbers only.
// Types: string, bytes, bool, int32, int64, double, map:<type>, or a message. Flags: r repeated, p pointer (zero is kept), i inlined, e omitempty.

import { CLUSTER_MESSAGES } from './cluster-messages.ts';
import { CORE_MESSAGES } from './core-messages.ts';

/** Message name → `<number> <name> <type> <flags>` of each field, separated by `, `. */
export const PROTOBUF_MESSAGES: Readonly<Record<string, string>> = {
  'api.resource.Quantity': '1 string string e',
  'apps.v1.ControllerRevision': '1 metadata meta.v1.ObjectMeta e, 2 data runtime.RawExtension e, 3 revision int64',
  'apps.v1.DaemonSet': '1 metadata meta.v1.ObjectMeta e, 2 spec apps.v1.DaemonSetSpec e, 3 status apps.v1.DaemonSetStatus e',
  'apps.v1.DaemonSetCondition':
    '1 type string, 2 status string, 3 lastTransitionTime meta.v1.Time e, 4 reason string e, 5 message string e',
  'apps.v1.DaemonSetSpec':
    '1 selector meta.v1.LabelSelector p, 2 template core.v1.PodTemplateSpec, 3 updateStrategy apps.v1.DaemonSetUpdateStrategy e, 4 minReadySeconds int32 e, 6 revisionHistoryLimit int32 pe',
  'apps.v1.DaemonSetStatus':
    '1 currentNumberScheduled int32, 2 numberMisscheduled int32, 3 desiredNumberScheduled int32, 4 numberReady int32, 5 observedGeneration int64 e, 6 updatedNumberScheduled int32 e, 7 numberAvailable int32 e, 8 numberUnavailable int32 e, 9 collisionCount int32 pe, 10 conditions apps.v1.DaemonSetCondition re',
  'apps.v1.DaemonSetUpdateStrategy': '1 type string e, 2 rollingUpdate apps.v1.RollingUpdateDaemonSet pe',
  'apps.v1.Deployment': '1 metadata meta.v1.ObjectMeta e, 2 spec apps.v1.DeploymentSpec e, 3 status apps.v1.DeploymentStatus e',
  'apps.v1.DeploymentCondition':
    '1 type string, 2 status string, 6 lastUpdateTime meta.v1.Time e, 7 lastTransitionTime meta.v1.Time e, 4 reason string e, 5 message string e',
  'apps.v1.DeploymentSpec':
    '1 replicas int32 pe, 2 selector meta.v1.LabelSelector p, 3 template core.v1.PodTemplateSpec, 4 strategy apps.v1.DeploymentStrategy e, 5 minReadySeconds int32 e, 6 revisionHistoryLimit int32 pe, 7 paused bool e, 9 progressDeadlineSeconds int32 pe',
  'apps.v1.DeploymentStatus':
    '1 observedGeneration int64 e, 2 replicas int32 e, 3 updatedReplicas int32 e, 7 readyReplicas int32 e, 4 availableReplicas int32 e, 5 unavailableReplicas int32 e, 9 terminatingReplicas int32 pe, 6 conditions apps.v1.DeploymentCondition re, 8 collisionCount int32 pe',
  'apps.v1.DeploymentStrategy': '1 type string e, 2 rollingUpdate apps.v1.RollingUpdateDeployment pe',
  'apps.v1.ReplicaSet': '1 metadata meta.v1.ObjectMeta e, 2 spec apps.v1.ReplicaSetSpec e, 3 status apps.v1.ReplicaSetStatus e',
  'apps.v1.ReplicaSetCondition':
    '1 type string, 2 status string, 3 lastTransitionTime meta.v1.Time e, 4 reason string e, 5 message string e',
  'apps.v1.ReplicaSetSpec':
    '1 replicas int32 pe, 4 minReadySeconds int32 e, 2 selector meta.v1.LabelSelector p, 3 template core.v1.PodTemplateSpec e',
  'apps.v1.ReplicaSetStatus':
    '1 replicas int32, 2 fullyLabeledReplicas int32 e, 4 readyReplicas int32 e, 5 availableReplicas int32 e, 7 terminatingReplicas int32 pe, 3 observedGeneration int64 e, 6 conditions apps.v1.ReplicaSetCondition re',
  'apps.v1.RollingUpdateDaemonSet': '1 maxUnavailable util.intstr.IntOrString pe, 2 maxSurge util.intstr.IntOrString pe',
  'apps.v1.RollingUpdateDeployment': '1 maxUnavailable util.intstr.IntOrString pe, 2 maxSurge util.intstr.IntOrString pe',
  'apps.v1.RollingUpdateStatefulSetStrategy': '1 partition int32 pe, 2 maxUnavailable util.intstr.IntOrString pe',
  'apps.v1.StatefulSet': '1 metadata meta.v1.ObjectMeta e, 2 spec apps.v1.StatefulSetSpec e, 3 status apps.v1.StatefulSetStatus e',
  'apps.v1.StatefulSetCondition':
    '1 type string, 2 status string, 3 lastTransitionTime meta.v1.Time e, 4 reason string e, 5 message string e',
  'apps.v1.StatefulSetOrdinals': '1 start int32',
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': '1 whenDeleted string e, 2 whenScaled string e',
  'apps.v1.StatefulSetSpec':
    '1 replicas int32 pe, 2 selector meta.v1.LabelSelector p, 3 template core.v1.PodTemplateSpec, 4 volumeClaimTemplates core.v1.PersistentVolumeClaim re, 5 serviceName string, 6 podManagementPolicy string e, 7 updateStrategy apps.v1.StatefulSetUpdateStrategy e, 8 revisionHistoryLimit int32 pe, 9 minReadySeconds int32 e, 10 persistentVolumeClaimRetentionPolicy apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy pe, 11 ordinals apps.v1.StatefulSetOrdinals pe',
  'apps.v1.StatefulSetStatus':
    '1 observedGeneration int64 e, 2 replicas int32, 3 readyReplicas int32 e, 4 currentReplicas int32 e, 5 updatedReplicas int32 e, 6 currentRevision string e, 7 updateRevision string e, 9 collisionCount int32 pe, 10 conditions apps.v1.StatefulSetCondition re, 11 availableReplicas int32',
  'apps.v1.StatefulSetUpdateStrategy': '1 type string e, 2 rollingUpdate apps.v1.RollingUpdateStatefulSetStrategy pe',
  'authentication.v1.BoundObjectReference': '1 kind string e, 2 apiVersion string e, 3 name string e, 4 uid string e',
  'authentication.v1.ExtraValue': '1 items string re',
  'authentication.v1.SelfSubjectReview': '1 metadata meta.v1.ObjectMeta e, 2 status authentication.v1.SelfSubjectReviewStatus e',
  'authentication.v1.SelfSubjectReviewStatus': '1 userInfo authentication.v1.UserInfo e',
  'authentication.v1.TokenRequest':
    '1 metadata meta.v1.ObjectMeta e, 2 spec authentication.v1.TokenRequestSpec, 3 status authentication.v1.TokenRequestStatus e',
  'authentication.v1.TokenRequestSpec':
    '1 audiences string r, 4 expirationSeconds int64 p, 3 boundObjectRef authentication.v1.BoundObjectReference p',
  'authentication.v1.TokenRequestStatus': '1 token string, 2 expirationTimestamp meta.v1.Time',
  'authentication.v1.TokenReview':
    '1 metadata meta.v1.ObjectMeta e, 2 spec authentication.v1.TokenReviewSpec, 3 status authentication.v1.TokenReviewStatus e',
  'authentication.v1.TokenReviewSpec': '1 token string e, 2 audiences string re',
  'authentication.v1.TokenReviewStatus':
    '1 authenticated bool e, 2 user authentication.v1.UserInfo e, 4 audiences string re, 3 error string e',
  'authentication.v1.UserInfo': '1 username string e, 2 uid string e, 3 groups string re, 4 extra map:authentication.v1.ExtraValue e',
  'authorization.v1.ExtraValue': '1 items string re',
  'authorization.v1.FieldSelectorAttributes': '1 rawSelector string e, 2 requirements meta.v1.FieldSelectorRequirement re',
  'authorization.v1.LabelSelectorAttributes': '1 rawSelector string e, 2 requirements meta.v1.LabelSelectorRequirement re',
  'authorization.v1.LocalSubjectAccessReview':
    '1 metadata meta.v1.ObjectMeta e, 2 spec authorization.v1.SubjectAccessReviewSpec, 3 status authorization.v1.SubjectAccessReviewStatus e',
  'authorization.v1.NonResourceAttributes': '1 path string e, 2 verb string e',
  'authorization.v1.NonResourceRule': '1 verbs string r, 2 nonResourceURLs string re',
  'authorization.v1.ResourceAttributes':
    '1 namespace string e, 2 verb string e, 3 group string e, 4 version string e, 5 resource string e, 6 subresource string e, 7 name string e, 8 fieldSelector authorization.v1.FieldSelectorAttributes pe, 9 labelSelector authorization.v1.LabelSelectorAttributes pe',
  'authorization.v1.ResourceRule': '1 verbs string r, 2 apiGroups string re, 3 resources string re, 4 resourceNames string re',
  'authorization.v1.SelfSubjectAccessReview':
    '1 metadata meta.v1.ObjectMeta e, 2 spec authorization.v1.SelfSubjectAccessReviewSpec, 3 status authorization.v1.SubjectAccessReviewStatus e',
  'authorization.v1.SelfSubjectAccessReviewSpec':
    '1 resourceAttributes authorization.v1.ResourceAttributes pe, 2 nonResourceAttributes authorization.v1.NonResourceAttributes pe',
  'authorization.v1.SelfSubjectRulesReview':
    '1 metadata meta.v1.ObjectMeta e, 2 spec authorization.v1.SelfSubjectRulesReviewSpec, 3 status authorization.v1.SubjectRulesReviewStatus e',
  'authorization.v1.SelfSubjectRulesReviewSpec': '1 namespace string e',
  'authorization.v1.SubjectAccessReview':
    '1 metadata meta.v1.ObjectMeta e, 2 spec authorization.v1.SubjectAccessReviewSpec, 3 status authorization.v1.SubjectAccessReviewStatus e',
  'authorization.v1.SubjectAccessReviewSpec':
    '1 resourceAttributes authorization.v1.ResourceAttributes pe, 2 nonResourceAttributes authorization.v1.NonResourceAttributes pe, 3 user string e, 4 groups string re, 5 extra map:authorization.v1.ExtraValue e, 6 uid string e',
  'authorization.v1.SubjectAccessReviewStatus': '1 allowed bool, 4 denied bool e, 2 reason string e, 3 evaluationError string e',
  'authorization.v1.SubjectRulesReviewStatus':
    '1 resourceRules authorization.v1.ResourceRule r, 2 nonResourceRules authorization.v1.NonResourceRule r, 3 incomplete bool, 4 evaluationError string e',
  'autoscaling.v1.CrossVersionObjectReference': '1 kind string, 2 name string, 3 apiVersion string e',
  'autoscaling.v1.HorizontalPodAutoscaler':
    '1 metadata meta.v1.ObjectMeta e, 2 spec autoscaling.v1.HorizontalPodAutoscalerSpec e, 3 status autoscaling.v1.HorizontalPodAutoscalerStatus e',
  'autoscaling.v1.HorizontalPodAutoscalerSpec':
    '1 scaleTargetRef autoscaling.v1.CrossVersionObjectReference, 2 minReplicas int32 pe, 3 maxReplicas int32, 4 targetCPUUtilizationPercentage int32 pe',
  'autoscaling.v1.HorizontalPodAutoscalerStatus':
    '1 observedGeneration int64 pe, 2 lastScaleTime meta.v1.Time pe, 3 currentReplicas int32, 4 desiredReplicas int32, 5 currentCPUUtilizationPercentage int32 pe',
  'autoscaling.v1.Scale': '1 metadata meta.v1.ObjectMeta e, 2 spec autoscaling.v1.ScaleSpec e, 3 status autoscaling.v1.ScaleStatus e',
  'autoscaling.v1.ScaleSpec': '1 replicas int32 e',
  'autoscaling.v1.ScaleStatus': '1 replicas int32, 2 selector string e',
  'autoscaling.v2.ContainerResourceMetricSource': '1 name string, 2 target autoscaling.v2.MetricTarget, 3 container string',
  'autoscaling.v2.ContainerResourceMetricStatus': '1 name string, 2 current autoscaling.v2.MetricValueStatus, 3 container string',
  'autoscaling.v2.CrossVersionObjectReference': '1 kind string, 2 name string, 3 apiVersion string e',
  'autoscaling.v2.ExternalMetricSource': '1 metric autoscaling.v2.MetricIdentifier, 2 target autoscaling.v2.MetricTarget',
  'autoscaling.v2.ExternalMetricStatus': '1 metric autoscaling.v2.MetricIdentifier, 2 current autoscaling.v2.MetricValueStatus',
  'autoscaling.v2.HPAScalingPolicy': '1 type string, 2 value int32, 3 periodSeconds int32',
  'autoscaling.v2.HPAScalingRules':
    '3 stabilizationWindowSeconds int32 pe, 1 selectPolicy string pe, 2 policies autoscaling.v2.HPAScalingPolicy re, 4 tolerance api.resource.Quantity pe',
  'autoscaling.v2.HorizontalPodAutoscaler':
    '1 metadata meta.v1.ObjectMeta e, 2 spec autoscaling.v2.HorizontalPodAutoscalerSpec e, 3 status autoscaling.v2.HorizontalPodAutoscalerStatus e',
  'autoscaling.v2.HorizontalPodAutoscalerBehavior':
    '1 scaleUp autoscaling.v2.HPAScalingRules pe, 2 scaleDown autoscaling.v2.HPAScalingRules pe',
  'autoscaling.v2.HorizontalPodAutoscalerCondition':
    '1 type string, 2 status string, 3 lastTransitionTime meta.v1.Time e, 4 reason string e, 5 message string e',
  'autoscaling.v2.HorizontalPodAutoscalerSpec':
    '1 scaleTargetRef autoscaling.v2.CrossVersionObjectReference, 2 minReplicas int32 pe, 3 maxReplicas int32, 4 metrics autoscaling.v2.MetricSpec re, 5 behavior autoscaling.v2.HorizontalPodAutoscalerBehavior pe',
  'autoscaling.v2.HorizontalPodAutoscalerStatus':
    '1 observedGeneration int64 pe, 2 lastScaleTime meta.v1.Time pe, 3 currentReplicas int32 e, 4 desiredReplicas int32, 5 currentMetrics autoscaling.v2.MetricStatus r, 6 conditions autoscaling.v2.HorizontalPodAutoscalerCondition re',
  'autoscaling.v2.MetricIdentifier': '1 name string, 2 selector meta.v1.LabelSelector pe',
  'autoscaling.v2.MetricSpec':
    '1 type string, 2 object autoscaling.v2.ObjectMetricSource pe, 3 pods autoscaling.v2.PodsMetricSource pe, 4 resource autoscaling.v2.ResourceMetricSource pe, 7 containerResource autoscaling.v2.ContainerResourceMetricSource pe, 5 external autoscaling.v2.ExternalMetricSource pe',
  'autoscaling.v2.MetricStatus':
    '1 type string, 2 object autoscaling.v2.ObjectMetricStatus pe, 3 pods autoscaling.v2.PodsMetricStatus pe, 4 resource autoscaling.v2.ResourceMetricStatus pe, 7 containerResource autoscaling.v2.ContainerResourceMetricStatus pe, 5 external autoscaling.v2.ExternalMetricStatus pe',
  'autoscaling.v2.MetricTarget':
    '1 type string, 2 value api.resource.Quantity pe, 3 averageValue api.resource.Quantity pe, 4 averageUtilization int32 pe',
  'autoscaling.v2.MetricValueStatus':
    '1 value api.resource.Quantity pe, 2 averageValue api.resource.Quantity pe, 3 averageUtilization int32 pe',
  'autoscaling.v2.ObjectMetricSource':
    '1 describedObject autoscaling.v2.CrossVersionObjectReference, 2 target autoscaling.v2.MetricTarget, 3 metric autoscaling.v2.MetricIdentifier',
  'autoscaling.v2.ObjectMetricStatus':
    '1 metric autoscaling.v2.MetricIdentifier, 2 current autoscaling.v2.MetricValueStatus, 3 describedObject autoscaling.v2.CrossVersionObjectReference',
  'autoscaling.v2.PodsMetricSource': '1 metric autoscaling.v2.MetricIdentifier, 2 target autoscaling.v2.MetricTarget',
  'autoscaling.v2.PodsMetricStatus': '1 metric autoscaling.v2.MetricIdentifier, 2 current autoscaling.v2.MetricValueStatus',
  'autoscaling.v2.ResourceMetricSource': '1 name string, 2 target autoscaling.v2.MetricTarget',
  'autoscaling.v2.ResourceMetricStatus': '1 name string, 2 current autoscaling.v2.MetricValueStatus',
  'batch.v1.CronJob': '1 metadata meta.v1.ObjectMeta e, 2 spec batch.v1.CronJobSpec e, 3 status batch.v1.CronJobStatus e',
  'batch.v1.CronJobSpec':
    '1 schedule string, 8 timeZone string pe, 2 startingDeadlineSeconds int64 pe, 3 concurrencyPolicy string e, 4 suspend bool pe, 5 jobTemplate batch.v1.JobTemplateSpec, 6 successfulJobsHistoryLimit int32 pe, 7 failedJobsHistoryLimit int32 pe',
  'batch.v1.CronJobStatus': '1 active core.v1.ObjectReference re, 4 lastScheduleTime meta.v1.Time pe, 5 lastSuccessfulTime meta.v1.Time pe',
  'batch.v1.Job': '1 metadata meta.v1.ObjectMeta e, 2 spec batch.v1.JobSpec e, 3 status batch.v1.JobStatus e',
  'batch.v1.JobCondition':
    '1 type string, 2 status string, 3 lastProbeTime meta.v1.Time e, 4 lastTransitionTime meta.v1.Time e, 5 reason string e, 6 message string e',
  'batch.v1.JobSpec':
    '1 parallelism int32 pe, 2 completions int32 pe, 3 activeDeadlineSeconds int64 pe, 11 podFailurePolicy batch.v1.PodFailurePolicy pe, 16 successPolicy batch.v1.SuccessPolicy pe, 7 backoffLimit int32 pe, 12 backoffLimitPerIndex int32 pe, 13 maxFailedIndexes int32 pe, 4 selector meta.v1.LabelSelector pe, 5 manualSelector bool pe, 6 template core.v1.PodTemplateSpec, 8 ttlSecondsAfterFinished int32 pe, 9 completionMode string pe, 10 suspend bool pe, 14 podReplacementPolicy string pe, 15 managedBy string pe',
  'batch.v1.JobStatus':
    '1 conditions batch.v1.JobCondition re, 2 startTime meta.v1.Time pe, 3 completionTime meta.v1.Time pe, 4 active int32 e, 5 succeeded int32 e, 6 failed int32 e, 11 terminating int32 pe, 7 completedIndexes string e, 10 failedIndexes string pe, 8 uncountedTerminatedPods batch.v1.UncountedTerminatedPods pe, 9 ready int32 pe',
  'batch.v1.JobTemplateSpec': '1 metadata meta.v1.ObjectMeta e, 2 spec batch.v1.JobSpec e',
  'batch.v1.PodFailurePolicy': '1 rules batch.v1.PodFailurePolicyRule r',
  'batch.v1.PodFailurePolicyOnExitCodesRequirement': '1 containerName string pe, 2 operator string, 3 values int32 r',
  'batch.v1.PodFailurePolicyOnPodConditionsPattern': '1 type string, 2 status string',
  'batch.v1.PodFailurePolicyRule':
    '1 action string, 2 onExitCodes batch.v1.PodFailurePolicyOnExitCodesRequirement pe, 3 onPodConditions batch.v1.PodFailurePolicyOnPodConditionsPattern re',
  'batch.v1.SuccessPolicy': '1 rules batch.v1.SuccessPolicyRule r',
  'batch.v1.SuccessPolicyRule': '1 succeededIndexes string pe, 2 succeededCount int32 pe',
  'batch.v1.UncountedTerminatedPods': '1 succeeded string re, 2 failed string re',
  'coordination.v1.Lease': '1 metadata meta.v1.ObjectMeta e, 2 spec coordination.v1.LeaseSpec e',
  'coordination.v1.LeaseSpec':
    '1 holderIdentity string pe, 2 leaseDurationSeconds int32 pe, 3 acquireTime meta.v1.MicroTime pe, 4 renewTime meta.v1.MicroTime pe, 5 leaseTransitions int32 pe, 6 strategy string pe, 7 preferredHolder string pe',
  ...CLUSTER_MESSAGES,
  ...CORE_MESSAGES,
  'discovery.v1.Endpoint':
    '1 addresses string r, 2 conditions discovery.v1.EndpointConditions e, 3 hostname string pe, 4 targetRef core.v1.ObjectReference pe, 5 deprecatedTopology map:string e, 6 nodeName string pe, 7 zone string pe, 8 hints discovery.v1.EndpointHints pe',
  'discovery.v1.EndpointConditions': '1 ready bool pe, 2 serving bool pe, 3 terminating bool pe',
  'discovery.v1.EndpointHints': '1 forZones discovery.v1.ForZone re, 2 forNodes discovery.v1.ForNode re',
  'discovery.v1.EndpointPort': '1 name string pe, 2 protocol string pe, 3 port int32 pe, 4 appProtocol string pe',
  'discovery.v1.EndpointSlice':
    '1 metadata meta.v1.ObjectMeta e, 4 addressType string, 2 endpoints discovery.v1.Endpoint r, 3 ports discovery.v1.EndpointPort r',
  'discovery.v1.ForNode': '1 name string',
  'discovery.v1.ForZone': '1 name string',
  'events.v1.Event':
    '1 metadata meta.v1.ObjectMeta, 2 eventTime meta.v1.MicroTime, 3 series events.v1.EventSeries pe, 4 reportingController string e, 5 reportingInstance string e, 6 action string e, 7 reason string e, 8 regarding core.v1.ObjectReference e, 9 related core.v1.ObjectReference pe, 10 note string e, 11 type string e, 12 deprecatedSource core.v1.EventSource e, 13 deprecatedFirstTimestamp meta.v1.Time e, 14 deprecatedLastTimestamp meta.v1.Time e, 15 deprecatedCount int32 e',
  'events.v1.EventSeries': '1 count int32, 2 lastObservedTime meta.v1.MicroTime',
  'meta.v1.Condition':
    '1 type string, 2 status string, 3 observedGeneration int64 e, 4 lastTransitionTime meta.v1.Time, 5 reason string, 6 message string',
  'meta.v1.DeleteOptions':
    '1 gracePeriodSeconds int64 pe, 2 preconditions meta.v1.Preconditions pe, 3 orphanDependents bool pe, 4 propagationPolicy string pe, 5 dryRun string re, 6 ignoreStoreReadErrorWithClusterBreakingPotential bool pe',
  'meta.v1.FieldSelectorRequirement': '1 key string, 2 operator string, 3 values string re',
  'meta.v1.FieldsV1': '1 - bytes',
  'meta.v1.LabelSelector': '1 matchLabels map:string e, 2 matchExpressions meta.v1.LabelSelectorRequirement re',
  'meta.v1.LabelSelectorRequirement': '1 key string, 2 operator string, 3 values string re',
  'meta.v1.ListMeta': '1 selfLink string e, 2 resourceVersion string e, 3 continue string e, 4 remainingItemCount int64 pe',
  'meta.v1.ManagedFieldsEntry':
    '1 manager string e, 2 operation string e, 3 apiVersion string e, 4 time meta.v1.Time pe, 6 fieldsType string e, 7 fieldsV1 meta.v1.FieldsV1 pe, 8 subresource string e',
  'meta.v1.MicroTime': '1 seconds int64 e, 2 nanos int32 e',
  'meta.v1.ObjectMeta':
    '1 name string e, 2 generateName string e, 3 namespace string e, 4 selfLink string e, 5 uid string e, 6 resourceVersion string e, 7 generation int64 e, 8 creationTimestamp meta.v1.Time e, 9 deletionTimestamp meta.v1.Time pe, 10 deletionGracePeriodSeconds int64 pe, 11 labels map:string e, 12 annotations map:string e, 13 ownerReferences meta.v1.OwnerReference re, 14 finalizers string re, 17 managedFields meta.v1.ManagedFieldsEntry re',
  'meta.v1.OwnerReference':
    '5 apiVersion string, 1 kind string, 3 name string, 4 uid string, 6 controller bool pe, 7 blockOwnerDeletion bool pe',
  'meta.v1.PartialObjectMetadata': '1 metadata meta.v1.ObjectMeta e',
  'meta.v1.PatchOptions': '1 dryRun string re, 2 force bool pe, 3 fieldManager string e, 4 fieldValidation string e',
  'meta.v1.Preconditions': '1 uid string pe, 2 resourceVersion string pe',
  'meta.v1.Status':
    '1 metadata meta.v1.ListMeta e, 2 status string e, 3 message string e, 4 reason string e, 5 details meta.v1.StatusDetails pe, 6 code int32 e',
  'meta.v1.StatusCause': '1 reason string e, 2 message string e, 3 field string e',
  'meta.v1.StatusDetails':
    '1 name string e, 2 group string e, 3 kind string e, 6 uid string e, 4 causes meta.v1.StatusCause re, 5 retryAfterSeconds int32 e',
  'meta.v1.Time': '1 seconds int64 e, 2 nanos int32 e',
  'meta.v1.WatchEvent': '1 type string, 2 object runtime.RawExtension',
  'networking.v1.HTTPIngressPath': '1 path string e, 3 pathType string p, 2 backend networking.v1.IngressBackend',
  'networking.v1.HTTPIngressRuleValue': '1 paths networking.v1.HTTPIngressPath r',
  'networking.v1.IPBlock': '1 cidr string, 2 except string re',
  'networking.v1.Ingress': '1 metadata meta.v1.ObjectMeta e, 2 spec networking.v1.IngressSpec e, 3 status networking.v1.IngressStatus e',
  'networking.v1.IngressBackend': '4 service networking.v1.IngressServiceBackend pe, 3 resource core.v1.TypedLocalObjectReference pe',
  'networking.v1.IngressClass': '1 metadata meta.v1.ObjectMeta e, 2 spec networking.v1.IngressClassSpec e',
  'networking.v1.IngressClassParametersReference':
    '1 apiGroup string pe, 2 kind string, 3 name string, 4 scope string p, 5 namespace string pe',
  'networking.v1.IngressClassSpec': '1 controller string e, 2 parameters networking.v1.IngressClassParametersReference pe',
  'networking.v1.IngressLoadBalancerIngress': '1 ip string e, 2 hostname string e, 4 ports networking.v1.IngressPortStatus re',
  'networking.v1.IngressLoadBalancerStatus': '1 ingress networking.v1.IngressLoadBalancerIngress re',
  'networking.v1.IngressPortStatus': '1 port int32, 2 protocol string, 3 error string pe',
  'networking.v1.IngressRule': '1 host string e, 2 ingressRuleValue networking.v1.IngressRuleValue i',
  'networking.v1.IngressRuleValue': '1 http networking.v1.HTTPIngressRuleValue pe',
  'networking.v1.IngressServiceBackend': '1 name string, 2 port networking.v1.ServiceBackendPort e',
  'networking.v1.IngressSpec':
    '4 ingressClassName string pe, 1 defaultBackend networking.v1.IngressBackend pe, 2 tls networking.v1.IngressTLS re, 3 rules networking.v1.IngressRule re',
  'networking.v1.IngressStatus': '1 loadBalancer networking.v1.IngressLoadBalancerStatus e',
  'networking.v1.IngressTLS': '1 hosts string re, 2 secretName string e',
  'networking.v1.NetworkPolicy': '1 metadata meta.v1.ObjectMeta e, 2 spec networking.v1.NetworkPolicySpec e',
  'networking.v1.NetworkPolicyEgressRule': '1 ports networking.v1.NetworkPolicyPort re, 2 to networking.v1.NetworkPolicyPeer re',
  'networking.v1.NetworkPolicyIngressRule': '1 ports networking.v1.NetworkPolicyPort re, 2 from networking.v1.NetworkPolicyPeer re',
  'networking.v1.NetworkPolicyPeer':
    '1 podSelector meta.v1.LabelSelector pe, 2 namespaceSelector meta.v1.LabelSelector pe, 3 ipBlock networking.v1.IPBlock pe',
  'networking.v1.NetworkPolicyPort': '1 protocol string pe, 2 port util.intstr.IntOrString pe, 3 endPort int32 pe',
  'networking.v1.NetworkPolicySpec':
    '1 podSelector meta.v1.LabelSelector, 2 ingress networking.v1.NetworkPolicyIngressRule re, 3 egress networking.v1.NetworkPolicyEgressRule re, 4 policyTypes string re',
  'networking.v1.ServiceBackendPort': '1 name string e, 2 number int32 e',
  'policy.v1.Eviction': '1 metadata meta.v1.ObjectMeta e, 2 deleteOptions meta.v1.DeleteOptions pe',
  'policy.v1.PodDisruptionBudget':
    '1 metadata meta.v1.ObjectMeta e, 2 spec policy.v1.PodDisruptionBudgetSpec e, 3 status policy.v1.PodDisruptionBudgetStatus e',
  'policy.v1.PodDisruptionBudgetSpec':
    '1 minAvailable util.intstr.IntOrString pe, 2 selector meta.v1.LabelSelector pe, 3 maxUnavailable util.intstr.IntOrString pe, 4 unhealthyPodEvictionPolicy string pe',
  'policy.v1.PodDisruptionBudgetStatus':
    '1 observedGeneration int64 e, 2 disruptedPods map:meta.v1.Time e, 3 disruptionsAllowed int32, 4 currentHealthy int32, 5 desiredHealthy int32, 6 expectedPods int32, 7 conditions meta.v1.Condition re',
  'policy.v1beta1.Eviction': '1 metadata meta.v1.ObjectMeta e, 2 deleteOptions meta.v1.DeleteOptions pe',
  'rbac.v1.AggregationRule': '1 clusterRoleSelectors meta.v1.LabelSelector re',
  'rbac.v1.ClusterRole': '1 metadata meta.v1.ObjectMeta e, 2 rules rbac.v1.PolicyRule r, 3 aggregationRule rbac.v1.AggregationRule pe',
  'rbac.v1.ClusterRoleBinding': '1 metadata meta.v1.ObjectMeta e, 2 subjects rbac.v1.Subject re, 3 roleRef rbac.v1.RoleRef',
  'rbac.v1.PolicyRule':
    '1 verbs string r, 2 apiGroups string re, 3 resources string re, 4 resourceNames string re, 5 nonResourceURLs string re',
  'rbac.v1.Role': '1 metadata meta.v1.ObjectMeta e, 2 rules rbac.v1.PolicyRule r',
  'rbac.v1.RoleBinding': '1 metadata meta.v1.ObjectMeta e, 2 subjects rbac.v1.Subject re, 3 roleRef rbac.v1.RoleRef',
  'rbac.v1.RoleRef': '1 apiGroup string, 2 kind string, 3 name string',
  'rbac.v1.Subject': '1 kind string, 2 apiGroup string e, 3 name string, 4 namespace string e',
  'runtime.RawExtension': '1 - bytes',
  'scheduling.v1.PriorityClass':
    '1 metadata meta.v1.ObjectMeta e, 2 value int32, 3 globalDefault bool e, 4 description string e, 5 preemptionPolicy string pe',
  'storage.v1.StorageClass':
    '1 metadata meta.v1.ObjectMeta e, 2 provisioner string, 3 parameters map:string e, 4 reclaimPolicy string pe, 5 mountOptions string re, 6 allowVolumeExpansion bool pe, 7 volumeBindingMode string pe, 8 allowedTopologies core.v1.TopologySelectorTerm re',
  'util.intstr.IntOrString': '1 type int64, 2 intVal int32, 3 strVal string',
};
