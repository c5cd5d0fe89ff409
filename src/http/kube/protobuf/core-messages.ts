// The wire layout of the messages of the group core/v1; see messages.ts.

export const CORE_MESSAGES: Readonly<Record<string, string>> = {
  'core.v1.AWSElasticBlockStoreVolumeSource': '1 volumeID string, 2 fsType string e, 3 partition int32 e, 4 readOnly bool e',
  'core.v1.Affinity':
    '1 nodeAffinity core.v1.NodeAffinity pe, 2 podAffinity core.v1.PodAffinity pe, 3 podAntiAffinity core.v1.PodAntiAffinity pe',
  'core.v1.AppArmorProfile': '1 type string, 2 localhostProfile string pe',
  'core.v1.AttachedVolume': '1 name string, 2 devicePath string',
  'core.v1.AzureDiskVolumeSource':
    '1 diskName string, 2 diskURI string, 3 cachingMode string pe, 4 fsType string pe, 5 readOnly bool pe, 6 kind string pe',
  'core.v1.AzureFilePersistentVolumeSource': '1 secretName string, 2 shareName string, 3 readOnly bool e, 4 secretNamespace string p',
  'core.v1.AzureFileVolumeSource': '1 secretName string, 2 shareName string, 3 readOnly bool e',
  'core.v1.Binding': '1 metadata meta.v1.ObjectMeta e, 2 target core.v1.ObjectReference',
  'core.v1.CSIPersistentVolumeSource':
    '1 driver string, 2 volumeHandle string, 3 readOnly bool e, 4 fsType string e, 5 volumeAttributes map:string e, 6 controllerPublishSecretRef core.v1.SecretReference pe, 7 nodeStageSecretRef core.v1.SecretReference pe, 8 nodePublishSecretRef core.v1.SecretReference pe, 9 controllerExpandSecretRef core.v1.SecretReference pe, 10 nodeExpandSecretRef core.v1.SecretReference pe',
  'core.v1.CSIVolumeSource':
    '1 driver string, 2 readOnly bool pe, 3 fsType string pe, 4 volumeAttributes map:string e, 5 nodePublishSecretRef core.v1.LocalObjectReference pe',
  'core.v1.Capabilities': '1 add string re, 2 drop string re',
  'core.v1.CephFSPersistentVolumeSource':
    '1 monitors string r, 2 path string e, 3 user string e, 4 secretFile string e, 5 secretRef core.v1.SecretReference pe, 6 readOnly bool e',
  'core.v1.CephFSVolumeSource':
    '1 monitors string r, 2 path string e, 3 user string e, 4 secretFile string e, 5 secretRef core.v1.LocalObjectReference pe, 6 readOnly bool e',
  'core.v1.CinderPersistentVolumeSource': '1 volumeID string, 2 fsType string e, 3 readOnly bool e, 4 secretRef core.v1.SecretReference pe',
  'core.v1.CinderVolumeSource': '1 volumeID string, 2 fsType string e, 3 readOnly bool e, 4 secretRef core.v1.LocalObjectReference pe',
  'core.v1.ClientIPConfig': '1 timeoutSeconds int32 pe',
  'core.v1.ClusterTrustBundleProjection':
    '1 name string pe, 2 signerName string pe, 3 labelSelector meta.v1.LabelSelector pe, 5 optional bool pe, 4 path string',
  'core.v1.ComponentCondition': '1 type string, 2 status string, 3 message string e, 4 error string e',
  'core.v1.ComponentStatus': '1 metadata meta.v1.ObjectMeta e, 2 conditions core.v1.ComponentCondition re',
  'core.v1.ConfigMap': '1 metadata meta.v1.ObjectMeta e, 4 immutable bool pe, 2 data map:string e, 3 binaryData map:bytes e',
  'core.v1.ConfigMapEnvSource': '1 localObjectReference core.v1.LocalObjectReference i, 2 optional bool pe',
  'core.v1.ConfigMapKeySelector': '1 localObjectReference core.v1.LocalObjectReference i, 2 key string, 3 optional bool pe',
  'core.v1.ConfigMapNodeConfigSource':
    '1 namespace string, 2 name string, 3 uid string e, 4 resourceVersion string e, 5 kubeletConfigKey string',
  'core.v1.ConfigMapProjection': '1 localObjectReference core.v1.LocalObjectReference i, 2 items core.v1.KeyToPath re, 4 optional bool pe',
  'core.v1.ConfigMapVolumeSource':
    '1 localObjectReference core.v1.LocalObjectReference i, 2 items core.v1.KeyToPath re, 3 defaultMode int32 pe, 4 optional bool pe',
  'core.v1.Container':
    '1 name string, 2 image string e, 3 command string re, 4 args string re, 5 workingDir string e, 6 ports core.v1.ContainerPort re, 19 envFrom core.v1.EnvFromSource re, 7 env core.v1.EnvVar re, 8 resources core.v1.ResourceRequirements e, 23 resizePolicy core.v1.ContainerResizePolicy re, 24 restartPolicy string pe, 9 volumeMounts core.v1.VolumeMount re, 21 volumeDevices core.v1.VolumeDevice re, 10 livenessProbe core.v1.Probe pe, 11 readinessProbe core.v1.Probe pe, 22 startupProbe core.v1.Probe pe, 12 lifecycle core.v1.Lifecycle pe, 13 terminationMessagePath string e, 20 terminationMessagePolicy string e, 14 imagePullPolicy string e, 15 securityContext core.v1.SecurityContext pe, 16 stdin bool e, 17 stdinOnce bool e, 18 tty bool e',
  'core.v1.ContainerImage': '1 names string r, 2 sizeBytes int64 e',
  'core.v1.ContainerPort': '1 name string e, 2 hostPort int32 e, 3 containerPort int32, 4 protocol string e, 5 hostIP string e',
  'core.v1.ContainerResizePolicy': '1 resourceName string, 2 restartPolicy string',
  'core.v1.ContainerState':
    '1 waiting core.v1.ContainerStateWaiting pe, 2 running core.v1.ContainerStateRunning pe, 3 terminated core.v1.ContainerStateTerminated pe',
  'core.v1.ContainerStateRunning': '1 startedAt meta.v1.Time e',
  'core.v1.ContainerStateTerminated':
    '1 exitCode int32, 2 signal int32 e, 3 reason string e, 4 message string e, 5 startedAt meta.v1.Time e, 6 finishedAt meta.v1.Time e, 7 containerID string e',
  'core.v1.ContainerStateWaiting': '1 reason string e, 2 message string e',
  'core.v1.ContainerStatus':
    '1 name string, 2 state core.v1.ContainerState e, 3 lastState core.v1.ContainerState e, 4 ready bool, 5 restartCount int32, 6 image string, 7 imageID string, 8 containerID string e, 9 started bool pe, 10 allocatedResources map:api.resource.Quantity e, 11 resources core.v1.ResourceRequirements pe, 12 volumeMounts core.v1.VolumeMountStatus re, 13 user core.v1.ContainerUser pe, 14 allocatedResourcesStatus core.v1.ResourceStatus re, 15 stopSignal string pe',
  'core.v1.ContainerUser': '1 linux core.v1.LinuxContainerUser pe',
  'core.v1.DaemonEndpoint': '1 Port int32',
  'core.v1.DownwardAPIProjection': '1 items core.v1.DownwardAPIVolumeFile re',
  'core.v1.DownwardAPIVolumeFile':
    '1 path string, 2 fieldRef core.v1.ObjectFieldSelector pe, 3 resourceFieldRef core.v1.ResourceFieldSelector pe, 4 mode int32 pe',
  'core.v1.DownwardAPIVolumeSource': '1 items core.v1.DownwardAPIVolumeFile re, 2 defaultMode int32 pe',
  'core.v1.EmptyDirVolumeSource': '1 medium string e, 2 sizeLimit api.resource.Quantity pe',
  'core.v1.EndpointAddress': '1 ip string, 3 hostname string e, 4 nodeName string pe, 2 targetRef core.v1.ObjectReference pe',
  'core.v1.EndpointPort': '1 name string e, 2 port int32, 3 protocol string e, 4 appProtocol string pe',
  'core.v1.EndpointSubset':
    '1 addresses core.v1.EndpointAddress re, 2 notReadyAddresses core.v1.EndpointAddress re, 3 ports core.v1.EndpointPort re',
  'core.v1.Endpoints': '1 metadata meta.v1.ObjectMeta e, 2 subsets core.v1.EndpointSubset re',
  'core.v1.EnvFromSource': '1 prefix string e, 2 configMapRef core.v1.ConfigMapEnvSource pe, 3 secretRef core.v1.SecretEnvSource pe',
  'core.v1.EnvVar': '1 name string, 2 value string e, 3 valueFrom core.v1.EnvVarSource pe',
  'core.v1.EnvVarSource':
    '1 fieldRef core.v1.ObjectFieldSelector pe, 2 resourceFieldRef core.v1.ResourceFieldSelector pe, 3 configMapKeyRef core.v1.ConfigMapKeySelector pe, 4 secretKeyRef core.v1.SecretKeySelector pe',
  'core.v1.EphemeralContainer': '1 ephemeralContainerCommon core.v1.EphemeralContainerCommon i, 2 targetContainerName string e',
  'core.v1.EphemeralContainerCommon':
    '1 name string, 2 image string e, 3 command string re, 4 args string re, 5 workingDir string e, 6 ports core.v1.ContainerPort re, 19 envFrom core.v1.EnvFromSource re, 7 env core.v1.EnvVar re, 8 resources core.v1.ResourceRequirements e, 23 resizePolicy core.v1.ContainerResizePolicy re, 24 restartPolicy string pe, 9 volumeMounts core.v1.VolumeMount re, 21 volumeDevices core.v1.VolumeDevice re, 10 livenessProbe core.v1.Probe pe, 11 readinessProbe core.v1.Probe pe, 22 startupProbe core.v1.Probe pe, 12 lifecycle core.v1.Lifecycle pe, 13 terminationMessagePath string e, 20 terminationMessagePolicy string e, 14 imagePullPolicy string e, 15 securityContext core.v1.SecurityContext pe, 16 stdin bool e, 17 stdinOnce bool e, 18 tty bool e',
  'core.v1.EphemeralVolumeSource': '1 volumeClaimTemplate core.v1.PersistentVolumeClaimTemplate pe',
  'core.v1.Event':
    '1 metadata meta.v1.ObjectMeta, 2 involvedObject core.v1.ObjectReference, 3 reason string e, 4 message string e, 5 source core.v1.EventSource e, 6 firstTimestamp meta.v1.Time e, 7 lastTimestamp meta.v1.Time e, 8 count int32 e, 9 type string e, 10 eventTime meta.v1.MicroTime e, 11 series core.v1.EventSeries pe, 12 action string e, 13 related core.v1.ObjectReference pe, 14 reportingComponent string, 15 reportingInstance string',
  'core.v1.EventSeries': '1 count int32 e, 2 lastObservedTime meta.v1.MicroTime e',
  'core.v1.EventSource': '1 component string e, 2 host string e',
  'core.v1.ExecAction': '1 command string re',
  'core.v1.FCVolumeSource': '1 targetWWNs string re, 2 lun int32 pe, 3 fsType string e, 4 readOnly bool e, 5 wwids string re',
  'core.v1.FlexPersistentVolumeSource':
    '1 driver string, 2 fsType string e, 3 secretRef core.v1.SecretReference pe, 4 readOnly bool e, 5 options map:string e',
  'core.v1.FlexVolumeSource':
    '1 driver string, 2 fsType string e, 3 secretRef core.v1.LocalObjectReference pe, 4 readOnly bool e, 5 options map:string e',
  'core.v1.FlockerVolumeSource': '1 datasetName string e, 2 datasetUUID string e',
  'core.v1.GCEPersistentDiskVolumeSource': '1 pdName string, 2 fsType string e, 3 partition int32 e, 4 readOnly bool e',
  'core.v1.GRPCAction': '1 port int32, 2 service string p',
  'core.v1.GitRepoVolumeSource': '1 repository string, 2 revision string e, 3 directory string e',
  'core.v1.GlusterfsPersistentVolumeSource': '1 endpoints string, 2 path string, 3 readOnly bool e, 4 endpointsNamespace string pe',
  'core.v1.GlusterfsVolumeSource': '1 endpoints string, 2 path string, 3 readOnly bool e',
  'core.v1.HTTPGetAction':
    '1 path string e, 2 port util.intstr.IntOrString, 3 host string e, 4 scheme string e, 5 httpHeaders core.v1.HTTPHeader re',
  'core.v1.HTTPHeader': '1 name string, 2 value string',
  'core.v1.HostAlias': '1 ip string, 2 hostnames string re',
  'core.v1.HostIP': '1 ip string',
  'core.v1.HostPathVolumeSource': '1 path string, 2 type string pe',
  'core.v1.ISCSIPersistentVolumeSource':
    '1 targetPortal string, 2 iqn string, 3 lun int32, 4 iscsiInterface string e, 5 fsType string e, 6 readOnly bool e, 7 portals string re, 8 chapAuthDiscovery bool e, 11 chapAuthSession bool e, 10 secretRef core.v1.SecretReference pe, 12 initiatorName string pe',
  'core.v1.ISCSIVolumeSource':
    '1 targetPortal string, 2 iqn string, 3 lun int32, 4 iscsiInterface string e, 5 fsType string e, 6 readOnly bool e, 7 portals string re, 8 chapAuthDiscovery bool e, 11 chapAuthSession bool e, 10 secretRef core.v1.LocalObjectReference pe, 12 initiatorName string pe',
  'core.v1.ImageVolumeSource': '1 reference string e, 2 pullPolicy string e',
  'core.v1.KeyToPath': '1 key string, 2 path string, 3 mode int32 pe',
  'core.v1.Lifecycle': '1 postStart core.v1.LifecycleHandler pe, 2 preStop core.v1.LifecycleHandler pe, 3 stopSignal string pe',
  'core.v1.LifecycleHandler':
    '1 exec core.v1.ExecAction pe, 2 httpGet core.v1.HTTPGetAction pe, 3 tcpSocket core.v1.TCPSocketAction pe, 4 sleep core.v1.SleepAction pe',
  'core.v1.LimitRange': '1 metadata meta.v1.ObjectMeta e, 2 spec core.v1.LimitRangeSpec e',
  'core.v1.LimitRangeItem':
    '1 type string, 2 max map:api.resource.Quantity e, 3 min map:api.resource.Quantity e, 4 default map:api.resource.Quantity e, 5 defaultRequest map:api.resource.Quantity e, 6 maxLimitRequestRatio map:api.resource.Quantity e',
  'core.v1.LimitRangeSpec': '1 limits core.v1.LimitRangeItem r',
  'core.v1.LinuxContainerUser': '1 uid int64, 2 gid int64, 3 supplementalGroups int64 re',
  'core.v1.LoadBalancerIngress': '1 ip string e, 2 hostname string e, 3 ipMode string pe, 4 ports core.v1.PortStatus re',
  'core.v1.LoadBalancerStatus': '1 ingress core.v1.LoadBalancerIngress re',
  'core.v1.LocalObjectReference': '1 name string e',
  'core.v1.LocalVolumeSource': '1 path string, 2 fsType string pe',
  'core.v1.ModifyVolumeStatus': '1 targetVolumeAttributesClassName string e, 2 status string',
  'core.v1.NFSVolumeSource': '1 server string, 2 path string, 3 readOnly bool e',
  'core.v1.Namespace': '1 metadata meta.v1.ObjectMeta e, 2 spec core.v1.NamespaceSpec e, 3 status core.v1.NamespaceStatus e',
  'core.v1.NamespaceCondition':
    '1 type string, 2 status string, 4 lastTransitionTime meta.v1.Time e, 5 reason string e, 6 message string e',
  'core.v1.NamespaceSpec': '1 finalizers string re',
  'core.v1.NamespaceStatus': '1 phase string e, 2 conditions core.v1.NamespaceCondition re',
  'core.v1.Node': '1 metadata meta.v1.ObjectMeta e, 2 spec core.v1.NodeSpec e, 3 status core.v1.NodeStatus e',
  'core.v1.NodeAddress': '1 type string, 2 address string',
  'core.v1.NodeAffinity':
    '1 requiredDuringSchedulingIgnoredDuringExecution core.v1.NodeSelector pe, 2 preferredDuringSchedulingIgnoredDuringExecution core.v1.PreferredSchedulingTerm re',
  'core.v1.NodeCondition':
    '1 type string, 2 status string, 3 lastHeartbeatTime meta.v1.Time e, 4 lastTransitionTime meta.v1.Time e, 5 reason string e, 6 message string e',
  'core.v1.NodeConfigSource': '2 configMap core.v1.ConfigMapNodeConfigSource pe',
  'core.v1.NodeConfigStatus':
    '1 assigned core.v1.NodeConfigSource pe, 2 active core.v1.NodeConfigSource pe, 3 lastKnownGood core.v1.NodeConfigSource pe, 4 error string e',
  'core.v1.NodeDaemonEndpoints': '1 kubeletEndpoint core.v1.DaemonEndpoint e',
  'core.v1.NodeFeatures': '1 supplementalGroupsPolicy bool pe',
  'core.v1.NodeRuntimeHandler': '1 name string, 2 features core.v1.NodeRuntimeHandlerFeatures pe',
  'core.v1.NodeRuntimeHandlerFeatures': '1 recursiveReadOnlyMounts bool pe, 2 userNamespaces bool pe',
  'core.v1.NodeSelector': '1 nodeSelectorTerms core.v1.NodeSelectorTerm r',
  'core.v1.NodeSelectorRequirement': '1 key string, 2 operator string, 3 values string re',
  'core.v1.NodeSelectorTerm': '1 matchExpressions core.v1.NodeSelectorRequirement re, 2 matchFields core.v1.NodeSelectorRequirement re',
  'core.v1.NodeSpec':
    '1 podCIDR string e, 7 podCIDRs string re, 3 providerID string e, 4 unschedulable bool e, 5 taints core.v1.Taint re, 6 configSource core.v1.NodeConfigSource pe, 2 externalID string e',
  'core.v1.NodeStatus':
    '1 capacity map:api.resource.Quantity e, 2 allocatable map:api.resource.Quantity e, 3 phase string e, 4 conditions core.v1.NodeCondition re, 5 addresses core.v1.NodeAddress re, 6 daemonEndpoints core.v1.NodeDaemonEndpoints e, 7 nodeInfo core.v1.NodeSystemInfo e, 8 images core.v1.ContainerImage re, 9 volumesInUse string re, 10 volumesAttached core.v1.AttachedVolume re, 11 config core.v1.NodeConfigStatus pe, 12 runtimeHandlers core.v1.NodeRuntimeHandler re, 13 features core.v1.NodeFeatures pe',
  'core.v1.NodeSwapStatus': '1 capacity int64 pe',
  'core.v1.NodeSystemInfo':
    '1 machineID string, 2 systemUUID string, 3 bootID string, 4 kernelVersion string, 5 osImage string, 6 containerRuntimeVersion string, 7 kubeletVersion string, 8 kubeProxyVersion string, 9 operatingSystem string, 10 architecture string, 11 swap core.v1.NodeSwapStatus pe',
  'core.v1.ObjectFieldSelector': '1 apiVersion string e, 2 fieldPath string',
  'core.v1.ObjectReference':
    '1 kind string e, 2 namespace string e, 3 name string e, 4 uid string e, 5 apiVersion string e, 6 resourceVersion string e, 7 fieldPath string e',
  'core.v1.PersistentVolume':
    '1 metadata meta.v1.ObjectMeta e, 2 spec core.v1.PersistentVolumeSpec e, 3 status core.v1.PersistentVolumeStatus e',
  'core.v1.PersistentVolumeClaim':
    '1 metadata meta.v1.ObjectMeta e, 2 spec core.v1.PersistentVolumeClaimSpec e, 3 status core.v1.PersistentVolumeClaimStatus e',
  'core.v1.PersistentVolumeClaimCondition':
    '1 type string, 2 status string, 3 lastProbeTime meta.v1.Time e, 4 lastTransitionTime meta.v1.Time e, 5 reason string e, 6 message string e',
  'core.v1.PersistentVolumeClaimSpec':
    '1 accessModes string re, 4 selector meta.v1.LabelSelector pe, 2 resources core.v1.VolumeResourceRequirements e, 3 volumeName string e, 5 storageClassName string pe, 6 volumeMode string pe, 7 dataSource core.v1.TypedLocalObjectReference pe, 8 dataSourceRef core.v1.TypedObjectReference pe, 9 volumeAttributesClassName string pe',
  'core.v1.PersistentVolumeClaimStatus':
    '1 phase string e, 2 accessModes string re, 3 capacity map:api.resource.Quantity e, 4 conditions core.v1.PersistentVolumeClaimCondition re, 5 allocatedResources map:api.resource.Quantity e, 7 allocatedResourceStatuses map:string e, 8 currentVolumeAttributesClassName string pe, 9 modifyVolumeStatus core.v1.ModifyVolumeStatus pe',
  'core.v1.PersistentVolumeClaimTemplate': '1 metadata meta.v1.ObjectMeta e, 2 spec core.v1.PersistentVolumeClaimSpec',
  'core.v1.PersistentVolumeClaimVolumeSource': '1 claimName string, 2 readOnly bool e',
  'core.v1.PersistentVolumeSource':
    '1 gcePersistentDisk core.v1.GCEPersistentDiskVolumeSource pe, 2 awsElasticBlockStore core.v1.AWSElasticBlockStoreVolumeSource pe, 3 hostPath core.v1.HostPathVolumeSource pe, 4 glusterfs core.v1.GlusterfsPersistentVolumeSource pe, 5 nfs core.v1.NFSVolumeSource pe, 6 rbd core.v1.RBDPersistentVolumeSource pe, 7 iscsi core.v1.ISCSIPersistentVolumeSource pe, 8 cinder core.v1.CinderPersistentVolumeSource pe, 9 cephfs core.v1.CephFSPersistentVolumeSource pe, 10 fc core.v1.FCVolumeSource pe, 11 flocker core.v1.FlockerVolumeSource pe, 12 flexVolume core.v1.FlexPersistentVolumeSource pe, 13 azureFile core.v1.AzureFilePersistentVolumeSource pe, 14 vsphereVolume core.v1.VsphereVirtualDiskVolumeSource pe, 15 quobyte core.v1.QuobyteVolumeSource pe, 16 azureDisk core.v1.AzureDiskVolumeSource pe, 17 photonPersistentDisk core.v1.PhotonPersistentDiskVolumeSource pe, 18 portworxVolume core.v1.PortworxVolumeSource pe, 19 scaleIO core.v1.ScaleIOPersistentVolumeSource pe, 20 local core.v1.LocalVolumeSource pe, 21 storageos core.v1.StorageOSPersistentVolumeSource pe, 22 csi core.v1.CSIPersistentVolumeSource pe',
  'core.v1.PersistentVolumeSpec':
    '1 capacity map:api.resource.Quantity e, 2 persistentVolumeSource core.v1.PersistentVolumeSource i, 3 accessModes string re, 4 claimRef core.v1.ObjectReference pe, 5 persistentVolumeReclaimPolicy string e, 6 storageClassName string e, 7 mountOptions string re, 8 volumeMode string pe, 9 nodeAffinity core.v1.VolumeNodeAffinity pe, 10 volumeAttributesClassName string pe',
  'core.v1.PersistentVolumeStatus': '1 phase string e, 2 message string e, 3 reason string e, 4 lastPhaseTransitionTime meta.v1.Time pe',
  'core.v1.PhotonPersistentDiskVolumeSource': '1 pdID string, 2 fsType string e',
  'core.v1.Pod': '1 metadata meta.v1.ObjectMeta e, 2 spec core.v1.PodSpec e, 3 status core.v1.PodStatus e',
  'core.v1.PodAffinity':
    '1 requiredDuringSchedulingIgnoredDuringExecution core.v1.PodAffinityTerm re, 2 preferredDuringSchedulingIgnoredDuringExecution core.v1.WeightedPodAffinityTerm re',
  'core.v1.PodAffinityTerm':
    '1 labelSelector meta.v1.LabelSelector pe, 2 namespaces string re, 3 topologyKey string, 4 namespaceSelector meta.v1.LabelSelector pe, 5 matchLabelKeys string re, 6 mismatchLabelKeys string re',
  'core.v1.PodAntiAffinity':
    '1 requiredDuringSchedulingIgnoredDuringExecution core.v1.PodAffinityTerm re, 2 preferredDuringSchedulingIgnoredDuringExecution core.v1.WeightedPodAffinityTerm re',
  'core.v1.PodCondition':
    '1 type string, 7 observedGeneration int64 e, 2 status string, 3 lastProbeTime meta.v1.Time e, 4 lastTransitionTime meta.v1.Time e, 5 reason string e, 6 message string e',
  'core.v1.PodDNSConfig': '1 nameservers string re, 2 searches string re, 3 options core.v1.PodDNSConfigOption re',
  'core.v1.PodDNSConfigOption': '1 name string e, 2 value string pe',
  'core.v1.PodIP': '1 ip string',
  'core.v1.PodOS': '1 name string',
  'core.v1.PodReadinessGate': '1 conditionType string',
  'core.v1.PodResourceClaim': '1 name string, 3 resourceClaimName string pe, 4 resourceClaimTemplateName string pe',
  'core.v1.PodResourceClaimStatus': '1 name string, 2 resourceClaimName string pe',
  'core.v1.PodSchedulingGate': '1 name string',
  'core.v1.PodSecurityContext':
    '1 seLinuxOptions core.v1.SELinuxOptions pe, 8 windowsOptions core.v1.WindowsSecurityContextOptions pe, 2 runAsUser int64 pe, 6 runAsGroup int64 pe, 3 runAsNonRoot bool pe, 4 supplementalGroups int64 re, 12 supplementalGroupsPolicy string pe, 5 fsGroup int64 pe, 7 sysctls core.v1.Sysctl re, 9 fsGroupChangePolicy string pe, 10 seccompProfile core.v1.SeccompProfile pe, 11 appArmorProfile core.v1.AppArmorProfile pe, 13 seLinuxChangePolicy string pe',
  'core.v1.PodSpec':
    '1 volumes core.v1.Volume re, 20 initContainers core.v1.Container re, 2 containers core.v1.Container r, 34 ephemeralContainers core.v1.EphemeralContainer re, 3 restartPolicy string e, 4 terminationGracePeriodSeconds int64 pe, 5 activeDeadlineSeconds int64 pe, 6 dnsPolicy string e, 7 nodeSelector map:string e, 8 serviceAccountName string e, 9 serviceAccount string e, 21 automountServiceAccountToken bool pe, 10 nodeName string e, 11 hostNetwork bool e, 12 hostPID bool e, 13 hostIPC bool e, 27 shareProcessNamespace bool pe, 14 securityContext core.v1.PodSecurityContext pe, 15 imagePullSecrets core.v1.LocalObjectReference re, 16 hostname string e, 17 subdomain string e, 18 affinity core.v1.Affinity pe, 19 schedulerName string e, 22 tolerations core.v1.Toleration re, 23 hostAliases core.v1.HostAlias re, 24 priorityClassName string e, 25 priority int32 pe, 26 dnsConfig core.v1.PodDNSConfig pe, 28 readinessGates core.v1.PodReadinessGate re, 29 runtimeClassName string pe, 30 enableServiceLinks bool pe, 31 preemptionPolicy string pe, 32 overhead map:api.resource.Quantity e, 33 topologySpreadConstraints core.v1.TopologySpreadConstraint re, 35 setHostnameAsFQDN bool pe, 36 os core.v1.PodOS pe, 37 hostUsers bool pe, 38 schedulingGates core.v1.PodSchedulingGate re, 39 resourceClaims core.v1.PodResourceClaim re, 40 resources core.v1.ResourceRequirements pe',
  'core.v1.PodStatus':
    '17 observedGeneration int64 e, 1 phase string e, 2 conditions core.v1.PodCondition re, 3 message string e, 4 reason string e, 11 nominatedNodeName string e, 5 hostIP string e, 16 hostIPs core.v1.HostIP re, 6 podIP string e, 12 podIPs core.v1.PodIP re, 7 startTime meta.v1.Time pe, 10 initContainerStatuses core.v1.ContainerStatus re, 8 containerStatuses core.v1.ContainerStatus re, 9 qosClass string e, 13 ephemeralContainerStatuses core.v1.ContainerStatus re, 14 resize string e, 15 resourceClaimStatuses core.v1.PodResourceClaimStatus re',
  'core.v1.PodTemplate': '1 metadata meta.v1.ObjectMeta e, 2 template core.v1.PodTemplateSpec e',
  'core.v1.PodTemplateSpec': '1 metadata meta.v1.ObjectMeta e, 2 spec core.v1.PodSpec e',
  'core.v1.PortStatus': '1 port int32, 2 protocol string, 3 error string pe',
  'core.v1.PortworxVolumeSource': '1 volumeID string, 2 fsType string e, 3 readOnly bool e',
  'core.v1.PreferredSchedulingTerm': '1 weight int32, 2 preference core.v1.NodeSelectorTerm',
  'core.v1.Probe':
    '1 handler core.v1.ProbeHandler i, 2 initialDelaySeconds int32 e, 3 timeoutSeconds int32 e, 4 periodSeconds int32 e, 5 successThreshold int32 e, 6 failureThreshold int32 e, 7 terminationGracePeriodSeconds int64 pe',
  'core.v1.ProbeHandler':
    '1 exec core.v1.ExecAction pe, 2 httpGet core.v1.HTTPGetAction pe, 3 tcpSocket core.v1.TCPSocketAction pe, 4 grpc core.v1.GRPCAction pe',
  'core.v1.ProjectedVolumeSource': '1 sources core.v1.VolumeProjection r, 2 defaultMode int32 pe',
  'core.v1.QuobyteVolumeSource':
    '1 registry string, 2 volume string, 3 readOnly bool e, 4 user string e, 5 group string e, 6 tenant string e',
  'core.v1.RBDPersistentVolumeSource':
    '1 monitors string r, 2 image string, 3 fsType string e, 4 pool string e, 5 user string e, 6 keyring string e, 7 secretRef core.v1.SecretReference pe, 8 readOnly bool e',
  'core.v1.RBDVolumeSource':
    '1 monitors string r, 2 image string, 3 fsType string e, 4 pool string e, 5 user string e, 6 keyring string e, 7 secretRef core.v1.LocalObjectReference pe, 8 readOnly bool e',
  'core.v1.ReplicationController':
    '1 metadata meta.v1.ObjectMeta e, 2 spec core.v1.ReplicationControllerSpec e, 3 status core.v1.ReplicationControllerStatus e',
  'core.v1.ReplicationControllerCondition':
    '1 type string, 2 status string, 3 lastTransitionTime meta.v1.Time e, 4 reason string e, 5 message string e',
  'core.v1.ReplicationControllerSpec':
    '1 replicas int32 pe, 4 minReadySeconds int32 e, 2 selector map:string e, 3 template core.v1.PodTemplateSpec pe',
  'core.v1.ReplicationControllerStatus':
    '1 replicas int32, 2 fullyLabeledReplicas int32 e, 4 readyReplicas int32 e, 5 availableReplicas int32 e, 3 observedGeneration int64 e, 6 conditions core.v1.ReplicationControllerCondition re',
  'core.v1.ResourceClaim': '1 name string, 2 request string e',
  'core.v1.ResourceFieldSelector': '1 containerName string e, 2 resource string, 3 divisor api.resource.Quantity e',
  'core.v1.ResourceHealth': '1 resourceID string, 2 health string e',
  'core.v1.ResourceQuota': '1 metadata meta.v1.ObjectMeta e, 2 spec core.v1.ResourceQuotaSpec e, 3 status core.v1.ResourceQuotaStatus e',
  'core.v1.ResourceQuotaSpec': '1 hard map:api.resource.Quantity e, 2 scopes string re, 3 scopeSelector core.v1.ScopeSelector pe',
  'core.v1.ResourceQuotaStatus': '1 hard map:api.resource.Quantity e, 2 used map:api.resource.Quantity e',
  'core.v1.ResourceRequirements':
    '1 limits map:api.resource.Quantity e, 2 requests map:api.resource.Quantity e, 3 claims core.v1.ResourceClaim re',
  'core.v1.ResourceStatus': '1 name string, 2 resources core.v1.ResourceHealth re',
  'core.v1.SELinuxOptions': '1 user string e, 2 role string e, 3 type string e, 4 level string e',
  'core.v1.ScaleIOPersistentVolumeSource':
    '1 gateway string, 2 system string, 3 secretRef core.v1.SecretReference p, 4 sslEnabled bool e, 5 protectionDomain string e, 6 storagePool string e, 7 storageMode string e, 8 volumeName string e, 9 fsType string e, 10 readOnly bool e',
  'core.v1.ScaleIOVolumeSource':
    '1 gateway string, 2 system string, 3 secretRef core.v1.LocalObjectReference p, 4 sslEnabled bool e, 5 protectionDomain string e, 6 storagePool string e, 7 storageMode string e, 8 volumeName string e, 9 fsType string e, 10 readOnly bool e',
  'core.v1.ScopeSelector': '1 matchExpressions core.v1.ScopedResourceSelectorRequirement re',
  'core.v1.ScopedResourceSelectorRequirement': '1 scopeName string, 2 operator string, 3 values string re',
  'core.v1.SeccompProfile': '1 type string, 2 localhostProfile string pe',
  'core.v1.Secret': '1 metadata meta.v1.ObjectMeta e, 5 immutable bool pe, 2 data map:bytes e, 4 stringData map:string e, 3 type string e',
  'core.v1.SecretEnvSource': '1 localObjectReference core.v1.LocalObjectReference i, 2 optional bool pe',
  'core.v1.SecretKeySelector': '1 localObjectReference core.v1.LocalObjectReference i, 2 key string, 3 optional bool pe',
  'core.v1.SecretProjection': '1 localObjectReference core.v1.LocalObjectReference i, 2 items core.v1.KeyToPath re, 4 optional bool pe',
  'core.v1.SecretReference': '1 name string e, 2 namespace string e',
  'core.v1.SecretVolumeSource': '1 secretName string e, 2 items core.v1.KeyToPath re, 3 defaultMode int32 pe, 4 optional bool pe',
  'core.v1.SecurityContext':
    '1 capabilities core.v1.Capabilities pe, 2 privileged bool pe, 3 seLinuxOptions core.v1.SELinuxOptions pe, 10 windowsOptions core.v1.WindowsSecurityContextOptions pe, 4 runAsUser int64 pe, 8 runAsGroup int64 pe, 5 runAsNonRoot bool pe, 6 readOnlyRootFilesystem bool pe, 7 allowPrivilegeEscalation bool pe, 9 procMount string pe, 11 seccompProfile core.v1.SeccompProfile pe, 12 appArmorProfile core.v1.AppArmorProfile pe',
  'core.v1.Service': '1 metadata meta.v1.ObjectMeta e, 2 spec core.v1.ServiceSpec e, 3 status core.v1.ServiceStatus e',
  'core.v1.ServiceAccount':
    '1 metadata meta.v1.ObjectMeta e, 2 secrets core.v1.ObjectReference re, 3 imagePullSecrets core.v1.LocalObjectReference re, 4 automountServiceAccountToken bool pe',
  'core.v1.ServiceAccountTokenProjection': '1 audience string e, 2 expirationSeconds int64 pe, 3 path string',
  'core.v1.ServicePort':
    '1 name string e, 2 protocol string e, 6 appProtocol string pe, 3 port int32, 4 targetPort util.intstr.IntOrString e, 5 nodePort int32 e',
  'core.v1.ServiceSpec':
    '1 ports core.v1.ServicePort re, 2 selector map:string e, 3 clusterIP string e, 18 clusterIPs string re, 4 type string e, 5 externalIPs string re, 7 sessionAffinity string e, 8 loadBalancerIP string e, 9 loadBalancerSourceRanges string re, 10 externalName string e, 11 externalTrafficPolicy string e, 12 healthCheckNodePort int32 e, 13 publishNotReadyAddresses bool e, 14 sessionAffinityConfig core.v1.SessionAffinityConfig pe, 19 ipFamilies string re, 17 ipFamilyPolicy string pe, 20 allocateLoadBalancerNodePorts bool pe, 21 loadBalancerClass string pe, 22 internalTrafficPolicy string pe, 23 trafficDistribution string pe',
  'core.v1.ServiceStatus': '1 loadBalancer core.v1.LoadBalancerStatus e, 2 conditions meta.v1.Condition re',
  'core.v1.SessionAffinityConfig': '1 clientIP core.v1.ClientIPConfig pe',
  'core.v1.SleepAction': '1 seconds int64',
  'core.v1.StorageOSPersistentVolumeSource':
    '1 volumeName string e, 2 volumeNamespace string e, 3 fsType string e, 4 readOnly bool e, 5 secretRef core.v1.ObjectReference pe',
  'core.v1.StorageOSVolumeSource':
    '1 volumeName string e, 2 volumeNamespace string e, 3 fsType string e, 4 readOnly bool e, 5 secretRef core.v1.LocalObjectReference pe',
  'core.v1.Sysctl': '1 name string, 2 value string',
  'core.v1.TCPSocketAction': '1 port util.intstr.IntOrString, 2 host string e',
  'core.v1.Taint': '1 key string, 2 value string e, 3 effect string, 4 timeAdded meta.v1.Time pe',
  'core.v1.Toleration': '1 key string e, 2 operator string e, 3 value string e, 4 effect string e, 5 tolerationSeconds int64 pe',
  'core.v1.TopologySelectorLabelRequirement': '1 key string, 2 values string r',
  'core.v1.TopologySelectorTerm': '1 matchLabelExpressions core.v1.TopologySelectorLabelRequirement re',
  'core.v1.TopologySpreadConstraint':
    '1 maxSkew int32, 2 topologyKey string, 3 whenUnsatisfiable string, 4 labelSelector meta.v1.LabelSelector pe, 5 minDomains int32 pe, 6 nodeAffinityPolicy string pe, 7 nodeTaintsPolicy string pe, 8 matchLabelKeys string re',
  'core.v1.TypedLocalObjectReference': '1 apiGroup string p, 2 kind string, 3 name string',
  'core.v1.TypedObjectReference': '1 apiGroup string p, 2 kind string, 3 name string, 4 namespace string pe',
  'core.v1.Volume': '1 name string, 2 volumeSource core.v1.VolumeSource i',
  'core.v1.VolumeDevice': '1 name string, 2 devicePath string',
  'core.v1.VolumeMount':
    '1 name string, 2 readOnly bool e, 7 recursiveReadOnly string pe, 3 mountPath string, 4 subPath string e, 5 mountPropagation string pe, 6 subPathExpr string e',
  'core.v1.VolumeMountStatus': '1 name string, 2 mountPath string, 3 readOnly bool e, 4 recursiveReadOnly string pe',
  'core.v1.VolumeNodeAffinity': '1 required core.v1.NodeSelector pe',
  'core.v1.VolumeProjection':
    '1 secret core.v1.SecretProjection pe, 2 downwardAPI core.v1.DownwardAPIProjection pe, 3 configMap core.v1.ConfigMapProjection pe, 4 serviceAccountToken core.v1.ServiceAccountTokenProjection pe, 5 clusterTrustBundle core.v1.ClusterTrustBundleProjection pe',
  'core.v1.VolumeResourceRequirements': '1 limits map:api.resource.Quantity e, 2 requests map:api.resource.Quantity e',
  'core.v1.VolumeSource':
    '1 hostPath core.v1.HostPathVolumeSource pe, 2 emptyDir core.v1.EmptyDirVolumeSource pe, 3 gcePersistentDisk core.v1.GCEPersistentDiskVolumeSource pe, 4 awsElasticBlockStore core.v1.AWSElasticBlockStoreVolumeSource pe, 5 gitRepo core.v1.GitRepoVolumeSource pe, 6 secret core.v1.SecretVolumeSource pe, 7 nfs core.v1.NFSVolumeSource pe, 8 iscsi core.v1.ISCSIVolumeSource pe, 9 glusterfs core.v1.GlusterfsVolumeSource pe, 10 persistentVolumeClaim core.v1.PersistentVolumeClaimVolumeSource pe, 11 rbd core.v1.RBDVolumeSource pe, 12 flexVolume core.v1.FlexVolumeSource pe, 13 cinder core.v1.CinderVolumeSource pe, 14 cephfs core.v1.CephFSVolumeSource pe, 15 flocker core.v1.FlockerVolumeSource pe, 16 downwardAPI core.v1.DownwardAPIVolumeSource pe, 17 fc core.v1.FCVolumeSource pe, 18 azureFile core.v1.AzureFileVolumeSource pe, 19 configMap core.v1.ConfigMapVolumeSource pe, 20 vsphereVolume core.v1.VsphereVirtualDiskVolumeSource pe, 21 quobyte core.v1.QuobyteVolumeSource pe, 22 azureDisk core.v1.AzureDiskVolumeSource pe, 23 photonPersistentDisk core.v1.PhotonPersistentDiskVolumeSource pe, 26 projected core.v1.ProjectedVolumeSource pe, 24 portworxVolume core.v1.PortworxVolumeSource pe, 25 scaleIO core.v1.ScaleIOVolumeSource pe, 27 storageos core.v1.StorageOSVolumeSource pe, 28 csi core.v1.CSIVolumeSource pe, 29 ephemeral core.v1.EphemeralVolumeSource pe, 30 image core.v1.ImageVolumeSource pe',
  'core.v1.VsphereVirtualDiskVolumeSource':
    '1 volumePath string, 2 fsType string e, 3 storagePolicyName string e, 4 storagePolicyID string e',
  'core.v1.WeightedPodAffinityTerm': '1 weight int32, 2 podAffinityTerm core.v1.PodAffinityTerm',
  'core.v1.WindowsSecurityContextOptions':
    '1 gmsaCredentialSpecName string pe, 2 gmsaCredentialSpec string pe, 3 runAsUserName string pe, 4 hostProcess bool pe',
};
