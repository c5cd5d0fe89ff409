// One object of every kind that says as much as it can: what tests over all kinds begin with.

import { parseAllDocuments } from 'yaml';
import type { JsonObject, KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { kindByGvk, SERVED_KINDS } from '../../src/engine/kinds/index.ts';
import { apiVersionOf, type Kind, resourceOf, storedResourceOf } from '../../src/engine/kinds/kind.ts';

const POD_SPEC = `
  serviceAccountName: default
  terminationGracePeriodSeconds: 5
  nodeSelector: {kubernetes.io/os: linux}
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}], matchFields: [{key: metadata.name, operator: NotIn, values: [nobody]}]}]
      preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: a, operator: Exists}]}}]
    podAffinity:
      preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: other}}, namespaceSelector: {}}}]
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: nobody}}, namespaces: [default]}]
  tolerations: [{key: k, operator: Equal, value: v, effect: NoExecute, tolerationSeconds: 60}]
  topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: a}}, minDomains: null}]
  securityContext: {runAsUser: 1000, fsGroup: 1000, supplementalGroups: [5], sysctls: [{name: net.core.somaxconn, value: "1"}]}
  dnsPolicy: None
  dnsConfig: {nameservers: [10.0.0.10], searches: [a.b], options: [{name: ndots, value: "2"}]}
  hostAliases: [{ip: 10.0.0.1, hostnames: [a]}]
  imagePullSecrets: [{name: s}]
  readinessGates: [{conditionType: example.com/ready}]
  initContainers:
  - {name: init, image: busybox, command: [sh, -c, "echo a"]}
  - {name: side, image: nginx, restartPolicy: Always, startupProbe: {httpGet: {path: /, port: 80}}}
  containers:
  - name: main
    image: nginx
    command: [sh, -c, "sleep 3; exit 1"]
    args: [a]
    workingDir: /tmp
    ports: [{name: http, containerPort: 80, protocol: TCP}]
    env:
    - {name: A, value: "1"}
    - {name: B, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.name}}}
    - {name: C, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: "1"}}}
    - {name: D, valueFrom: {configMapKeyRef: {name: cm, key: k, optional: true}}}
    - {name: E, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}
    envFrom: [{prefix: X, configMapRef: {name: cm, optional: true}}, {secretRef: {name: s, optional: true}}]
    resources: {requests: {cpu: 10m, memory: 10Mi}, limits: {cpu: 100m, memory: 100Mi}}
    volumeMounts: [{name: cm, mountPath: /cm, readOnly: true}, {name: empty, mountPath: /e, subPath: a}]
    livenessProbe: {exec: {command: ["true"]}, initialDelaySeconds: 1, periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 2}
    readinessProbe: {httpGet: {path: /, port: http, scheme: HTTP, httpHeaders: [{name: a, value: b}]}, successThreshold: 2}
    startupProbe: {tcpSocket: {port: 80, host: 127.0.0.1}, failureThreshold: 3}
    lifecycle: {postStart: {exec: {command: ["true"]}}, preStop: {sleep: {seconds: 1}}}
    securityContext: {runAsNonRoot: false, capabilities: {add: [NET_ADMIN], drop: [ALL]}, readOnlyRootFilesystem: true}
    terminationMessagePath: /dev/termination-log
  volumes:
  - {name: cm, configMap: {name: cm, optional: true, items: [{key: k, path: p}]}}
  - {name: empty, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
  - {name: secret, secret: {secretName: s, optional: true}}
  - {name: down, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
  - {name: all, projected: {sources: [{configMap: {name: cm, optional: true}}, {serviceAccountToken: {path: token, audience: a}}, {downwardAPI: {items: [{path: n, fieldRef: {fieldPath: metadata.name}}]}}]}}
  - {name: host, hostPath: {path: /tmp, type: Directory}}
  - {name: claim, ephemeral: {volumeClaimTemplate: {metadata: {labels: {a: b}}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}
`;

/** A template of pods labelled `app: a`, indented by a number of spaces. */
function template(indent: number, restartPolicy: string): string {
  const spec = POD_SPEC.replaceAll('\n', '\n    ');
  const text = `metadata:\n  labels: {app: a}\n  annotations: {note: text}\nspec:\n  restartPolicy: ${restartPolicy}${spec.replaceAll('\n    ', '\n')}`;
  return text.replaceAll('\n', `\n${' '.repeat(indent)}`);
}

const TEXT = `
{apiVersion: v1, kind: Namespace, metadata: {name: sample, labels: {a: b}}, spec: {finalizers: [kubernetes]}}
---
apiVersion: v1
kind: Node
metadata: {name: sample, labels: {kubernetes.io/os: linux}}
spec: {podCIDR: 10.9.0.0/24, podCIDRs: [10.9.0.0/24], providerID: a, unschedulable: false, taints: [{key: k, value: v, effect: NoSchedule}]}
status:
  capacity: {cpu: "4", memory: 8Gi, pods: "110"}
  allocatable: {cpu: "4", memory: 8Gi, pods: "110"}
  conditions: [{type: Ready, status: "True", reason: r, message: m}]
  addresses: [{type: InternalIP, address: 10.1.2.3}]
  nodeInfo: {machineID: a, systemUUID: b, bootID: c, kernelVersion: d, osImage: e, containerRuntimeVersion: f, kubeletVersion: v1.33.0, kubeProxyVersion: "", operatingSystem: linux, architecture: amd64}
---
apiVersion: v1
kind: Pod
metadata: {name: sample, labels: {app: a}, annotations: {note: text}, finalizers: [example.com/f]}
spec:
  restartPolicy: Always${POD_SPEC}
---
apiVersion: v1
kind: Service
metadata: {name: sample}
spec: {type: LoadBalancer, selector: {app: a}, ports: [{name: http, port: 80, targetPort: http, protocol: TCP, appProtocol: http}], sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 10}}, externalTrafficPolicy: Local, internalTrafficPolicy: Cluster, publishNotReadyAddresses: true, loadBalancerSourceRanges: [10.0.0.0/8], allocateLoadBalancerNodePorts: true}
---
{apiVersion: v1, kind: Endpoints, metadata: {name: sample}, subsets: [{addresses: [{ip: 10.1.1.1, hostname: h, nodeName: node-1, targetRef: {kind: Pod, name: p, namespace: default}}], notReadyAddresses: [{ip: 10.1.1.2}], ports: [{name: http, port: 80, protocol: TCP}]}]}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: sample, labels: {kubernetes.io/service-name: sample}}, addressType: IPv4, endpoints: [{addresses: [10.1.1.1], conditions: {ready: true, serving: true, terminating: false}, hostname: h, nodeName: node-1, zone: z, targetRef: {kind: Pod, name: p}, hints: {forZones: [{name: z}]}}], ports: [{name: http, port: 80, protocol: TCP}]}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: sample}, data: {a: b}, binaryData: {c: AA==}, immutable: false}
---
{apiVersion: v1, kind: Secret, metadata: {name: sample}, type: Opaque, data: {a: AA==}, stringData: {b: c}, immutable: false}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: sample}, secrets: [{name: s}], imagePullSecrets: [{name: s}], automountServiceAccountToken: true}
---
{apiVersion: v1, kind: Event, metadata: {name: sample, namespace: default}, involvedObject: {kind: Pod, name: p, namespace: default, uid: u, fieldPath: f}, reason: r, message: m, type: Normal, source: {component: c, host: h}, firstTimestamp: "2026-01-01T00:00:00Z", lastTimestamp: "2026-01-01T00:00:00Z", count: 1, action: a, reportingComponent: c, reportingInstance: i, related: {kind: Node, name: n}, series: {count: 2, lastObservedTime: "2026-01-01T00:00:00.000000Z"}}
---
{apiVersion: v1, kind: LimitRange, metadata: {name: sample}, spec: {limits: [{type: Container, max: {cpu: "2"}, min: {cpu: 1m}, default: {cpu: 100m}, defaultRequest: {cpu: 10m}, maxLimitRequestRatio: {cpu: "100"}}, {type: Pod, max: {memory: 10Gi}}, {type: PersistentVolumeClaim, max: {storage: 10Gi}, min: {storage: 1Mi}}]}}
---
{apiVersion: v1, kind: ResourceQuota, metadata: {name: sample}, spec: {hard: {pods: "100", requests.cpu: "100", count/configmaps: "100"}, scopes: [NotTerminating], scopeSelector: {matchExpressions: [{scopeName: NotBestEffort, operator: Exists}]}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: sample}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], persistentVolumeReclaimPolicy: Retain, storageClassName: manual, volumeMode: Filesystem, hostPath: {path: /a, type: ""}, mountOptions: [ro], claimRef: {kind: PersistentVolumeClaim, namespace: default, name: c}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-1]}]}]}}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: sample}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}, limits: {storage: 2Gi}}, storageClassName: standard, volumeMode: Filesystem, selector: {matchLabels: {a: b}}, dataSource: {kind: PersistentVolumeClaim, name: other}}}
---
apiVersion: v1
kind: PodTemplate
metadata: {name: sample}
template:
  ${template(2, 'Always')}
---
apiVersion: v1
kind: ReplicationController
metadata: {name: sample}
spec:
  replicas: 1
  minReadySeconds: 1
  selector: {app: a}
  template:
    ${template(4, 'Always')}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: sample}
spec:
  replicas: 1
  minReadySeconds: 1
  selector: {matchLabels: {app: a}, matchExpressions: [{key: app, operator: Exists}]}
  template:
    ${template(4, 'Always')}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: sample}
spec:
  replicas: 1
  minReadySeconds: 1
  revisionHistoryLimit: 2
  progressDeadlineSeconds: 20
  paused: false
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}
  selector: {matchLabels: {app: a}}
  template:
    ${template(4, 'Always')}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: sample}
spec:
  replicas: 1
  serviceName: sample
  minReadySeconds: 1
  revisionHistoryLimit: 2
  podManagementPolicy: Parallel
  ordinals: {start: 2}
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Retain}
  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 0}}
  volumeClaimTemplates: [{metadata: {name: data, labels: {a: b}}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
  selector: {matchLabels: {app: a}}
  template:
    ${template(4, 'Always')}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: sample}
spec:
  minReadySeconds: 1
  revisionHistoryLimit: 2
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1, maxSurge: 0}}
  selector: {matchLabels: {app: a}}
  template:
    ${template(4, 'Always')}
---
{apiVersion: apps/v1, kind: ControllerRevision, metadata: {name: sample}, data: {spec: {a: 1}}, revision: 1}
---
apiVersion: batch/v1
kind: Job
metadata: {name: sample}
spec:
  parallelism: 1
  completions: 2
  completionMode: Indexed
  backoffLimitPerIndex: 1
  maxFailedIndexes: 1
  backoffLimit: 3
  activeDeadlineSeconds: 60
  ttlSecondsAfterFinished: 10
  suspend: false
  podReplacementPolicy: Failed
  podFailurePolicy: {rules: [{action: FailIndex, onExitCodes: {containerName: main, operator: In, values: [1]}}, {action: Ignore, onPodConditions: [{type: DisruptionTarget, status: "True"}]}]}
  successPolicy: {rules: [{succeededIndexes: "0", succeededCount: 1}]}
  template:
    ${template(4, 'Never')}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: sample}
spec:
  schedule: "* * * * *"
  timeZone: Europe/Paris
  startingDeadlineSeconds: 30
  concurrencyPolicy: Replace
  suspend: false
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 1
  jobTemplate:
    metadata: {labels: {a: b}}
    spec:
      backoffLimit: 1
      template:
        ${template(8, 'OnFailure')}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: sample}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: sample}, minReplicas: 1, maxReplicas: 3, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}, {type: ContainerResource, containerResource: {name: memory, container: main, target: {type: AverageValue, averageValue: 1Mi}}}, {type: External, external: {metric: {name: m, selector: {matchLabels: {a: b}}}, target: {type: Value, value: "1"}}}], behavior: {scaleUp: {stabilizationWindowSeconds: 0, selectPolicy: Max, policies: [{type: Pods, value: 1, periodSeconds: 15}]}, scaleDown: {stabilizationWindowSeconds: 5, policies: [{type: Percent, value: 10, periodSeconds: 15}]}}}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: sample}, spec: {minAvailable: 50%, selector: {matchLabels: {app: a}}, unhealthyPodEvictionPolicy: AlwaysAllow}}
---
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: sample}, value: 10, globalDefault: true, description: d, preemptionPolicy: Never}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: sample, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}, provisioner: rancher.io/local-path, parameters: {a: b}, reclaimPolicy: Delete, mountOptions: [ro], allowVolumeExpansion: true, volumeBindingMode: Immediate, allowedTopologies: [{matchLabelExpressions: [{key: a, values: [b]}]}]}
---
{apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: sample}, spec: {attachRequired: false, podInfoOnMount: true, volumeLifecycleModes: [Persistent, Ephemeral], storageCapacity: true, fsGroupPolicy: File, tokenRequests: [{audience: a, expirationSeconds: 600}], requiresRepublish: true, seLinuxMount: true}}
---
{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: sample}, spec: {drivers: [{name: a.b, nodeID: n, topologyKeys: [a.b/zone], allocatable: {count: 3}}]}}
---
{apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: {name: sample}, storageClassName: standard, nodeTopology: {matchLabels: {a: b}}, capacity: 1Gi, maximumVolumeSize: 100Mi}
---
{apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: sample}, spec: {attacher: a.b, nodeName: node-1, source: {persistentVolumeName: p}}, status: {attached: true, attachmentMetadata: {a: b}, attachError: {time: "2026-01-01T00:00:00Z", message: m}, detachError: {message: m}}}
---
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: sample}, spec: {failurePolicy: Fail, paramKind: {apiVersion: v1, kind: ConfigMap}, matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]}, matchConditions: [{name: c, expression: 'request.name != "x"'}], variables: [{name: v, expression: object.spec}], validations: [{expression: variables.v.replicas <= 5, message: m, reason: Invalid}], auditAnnotations: [{key: k, valueExpression: "'v'"}]}}
---
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: sample}, spec: {policyName: sample, paramRef: {name: p, namespace: default, parameterNotFoundAction: Deny}, matchResources: {namespaceSelector: {matchLabels: {a: b}}}, validationActions: [Audit]}}
---
{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: sample}, webhooks: [{name: a.b.c, clientConfig: {url: https://127.0.0.1:9443/x, caBundle: YQ==}, rules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments], scope: Namespaced}], failurePolicy: Ignore, matchPolicy: Exact, namespaceSelector: {matchLabels: {a: b}}, objectSelector: {matchLabels: {a: b}}, sideEffects: None, timeoutSeconds: 5, admissionReviewVersions: [v1], matchConditions: [{name: c, expression: 'request.name != "x"'}], reinvocationPolicy: IfNeeded}, {name: d.e.f, clientConfig: {service: {name: s, namespace: default, path: /p, port: 8443}}, sideEffects: NoneOnDryRun, admissionReviewVersions: [v1beta1, v1]}]}
---
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: sample}, webhooks: [{name: a.b.c, clientConfig: {url: https://127.0.0.1:9443/x, caBundle: YQ==}, rules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments], scope: Namespaced}], failurePolicy: Ignore, matchPolicy: Exact, namespaceSelector: {matchLabels: {a: b}}, objectSelector: {matchLabels: {a: b}}, sideEffects: None, timeoutSeconds: 5, admissionReviewVersions: [v1], matchConditions: [{name: c, expression: 'request.name != "x"'}]}, {name: d.e.f, clientConfig: {service: {name: s, namespace: default, path: /p, port: 8443}}, sideEffects: NoneOnDryRun, admissionReviewVersions: [v1beta1, v1]}]}
---
{apiVersion: certificates.k8s.io/v1, kind: CertificateSigningRequest, metadata: {name: sample}, spec: {request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQkdqQ0J3QUlCQURBME1SVXdFd1lEVlFRS0RBeHplWE4wWlcwNmJtOWtaWE14R3pBWkJnTlZCQU1NRW5ONQpjM1JsYlRwdWIyUmxPbTV2WkdVdE1UQlpNQk1HQnlxR1NNNDlBZ0VHQ0NxR1NNNDlBd0VIQTBJQUJPSUQvMkV0CnpQVU9hOG5sbGNZNFU0c20zN29UQTc1akc3RHU5U2lXU1VpNFpjVmlmSXFCdmpjODJWRHR2Nk01dFF4N2IxWisKTmZsajRaaUNvOGRjcUtXZ0tqQW9CZ2txaGtpRzl3MEJDUTR4R3pBWk1CY0dBMVVkRVFRUU1BNkNCbTV2WkdVdApNWWNFckJJQUFqQUtCZ2dxaGtqT1BRUURBZ05KQURCR0FpRUFvNmI3RmFVeUVuenRtSGZJWFcwVmpTNndXMG1yCkUxaVNXODhDRFR1M3BpOENJUURnaTFCeStRblgrNk9mMko4cElqN0VoM1pWM0tQdnVsL2hXUnNCWHJEbm1BPT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==, signerName: kubernetes.io/kubelet-serving, expirationSeconds: 3600, usages: [digital signature, server auth], username: u, uid: i, groups: [g], extra: {k: [v]}}, status: {conditions: [{type: Approved, status: "True", reason: r, message: m, lastUpdateTime: "2026-01-01T00:00:00Z", lastTransitionTime: "2026-01-01T00:00:00Z"}]}}
---
{apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: FlowSchema, metadata: {name: sample}, spec: {matchingPrecedence: 500, priorityLevelConfiguration: {name: sample}, distinguisherMethod: {type: ByUser}, rules: [{subjects: [{kind: User, user: {name: u}}, {kind: Group, group: {name: g}}, {kind: ServiceAccount, serviceAccount: {namespace: default, name: a}}], resourceRules: [{verbs: [get], apiGroups: [""], resources: [pods], clusterScope: true, namespaces: [default]}], nonResourceRules: [{verbs: [get], nonResourceURLs: [/a/*]}]}]}}
---
{apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: PriorityLevelConfiguration, metadata: {name: sample}, spec: {type: Limited, limited: {nominalConcurrencyShares: 10, lendablePercent: 5, borrowingLimitPercent: 50, limitResponse: {type: Queue, queuing: {queues: 8, handSize: 4, queueLengthLimit: 10}}}}}
---
{apiVersion: networking.k8s.io/v1, kind: IPAddress, metadata: {name: 10.97.1.1}, spec: {parentRef: {group: a.b, resource: things, namespace: default, name: n}}}
---
{apiVersion: networking.k8s.io/v1, kind: ServiceCIDR, metadata: {name: sample}, spec: {cidrs: [10.200.0.0/24, "2001:db8::/64"]}, status: {conditions: [{type: Ready, status: "True", reason: r, message: m, lastTransitionTime: "2026-01-01T00:00:00Z"}]}}
---
{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1.sample.example.com}, spec: {group: sample.example.com, version: v1, groupPriorityMinimum: 100, versionPriority: 10, caBundle: AA==, service: {namespace: default, name: s, port: 443}}}
---
{apiVersion: v1, kind: ComponentStatus, metadata: {name: sample}, conditions: [{type: Healthy, status: "True", message: ok, error: e}]}
---
{apiVersion: v1, kind: Binding, metadata: {name: sample, namespace: default}, target: {apiVersion: v1, kind: Node, name: n, namespace: d, uid: u, resourceVersion: "1", fieldPath: f}}
---
{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: sample}, spec: {holderIdentity: a, leaseDurationSeconds: 10, acquireTime: "2026-01-01T00:00:00.000000Z", renewTime: "2026-01-01T00:00:00.000000Z", leaseTransitions: 1}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: sample}, spec: {ingressClassName: c, defaultBackend: {service: {name: s, port: {number: 80}}}, tls: [{hosts: [a.b], secretName: s}], rules: [{host: a.b, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: s, port: {name: http}}}}]}}]}}
---
{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: sample}, spec: {controller: example.com/c, parameters: {apiGroup: a.b, kind: K, name: n, scope: Cluster}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: sample}, spec: {podSelector: {matchLabels: {app: a}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {}, namespaceSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 80, protocol: TCP, endPort: 90}]}], egress: [{to: [{podSelector: {}}]}]}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: sample}, rules: [{apiGroups: [""], resources: [pods], verbs: [get], resourceNames: [a]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: sample}, subjects: [{kind: ServiceAccount, name: a, namespace: default}], roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: sample}, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}, {nonResourceURLs: [/healthz], verbs: [get]}], aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: sample}, subjects: [{kind: User, name: a, apiGroup: rbac.authorization.k8s.io}], roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}}
---
{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: sample}, handler: h, overhead: {podFixed: {cpu: 10m}}, scheduling: {nodeSelector: {kubernetes.io/os: linux}, tolerations: [{key: a, operator: Exists}]}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: samples.example.com}
spec:
  group: example.com
  scope: Namespaced
  preserveUnknownFields: false
  names: {plural: samples, singular: sample, kind: Sample, listKind: SampleList, shortNames: [sm], categories: [all]}
  conversion: {strategy: None}
  versions:
  - name: v1
    served: true
    storage: true
    deprecated: true
    deprecationWarning: old
    additionalPrinterColumns: [{name: A, type: string, jsonPath: .spec.a, description: d, priority: 1, format: byte}]
    subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.selector}}
    schema: {openAPIV3Schema: {type: object, description: d, required: [spec], properties: {spec: {type: object, properties: {a: {type: string, default: x, pattern: "^x", enum: [x], maxLength: 5}, replicas: {type: integer, minimum: 0}, list: {type: array, items: {type: object, properties: {k: {type: string, default: d}}, required: [k]}, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k]}, free: {type: object, x-kubernetes-preserve-unknown-fields: true}, map: {type: object, additionalProperties: {type: integer}}}}, status: {type: object, properties: {replicas: {type: integer}, selector: {type: string}}}}}}
`;

/** Of versions in which an object cannot be made from what the sample says in the stored one. */
const OTHER_VERSIONS: readonly JsonObject[] = [
  {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'sample', namespace: 'default' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'example.com/c',
    reportingInstance: 'i',
    action: 'a',
    reason: 'r',
    note: 'n',
    type: 'Normal',
    regarding: { kind: 'Pod', name: 'p', namespace: 'default', uid: 'u', fieldPath: 'f' },
    related: { kind: 'Node', name: 'n' },
    series: { count: 2, lastObservedTime: '2026-01-01T00:00:00.000000Z' },
  },
];

/** A full object of every kind. */
export const SAMPLES: readonly JsonObject[] = parseAllDocuments(TEXT).map((document) => document.toJS() as JsonObject);

/** The sample of a kind, in its version. */
export function sampleOf(kind: Kind): JsonObject {
  const own = OTHER_VERSIONS.find(({ apiVersion, kind: name }) => apiVersion === apiVersionOf(kind) && name === kind.kind);
  if (own !== undefined) return own;
  const stored = SERVED_KINDS.find((other) => other.conversion === undefined && resourceOf(other) === storedResourceOf(kind)) ?? kind;
  const sample = SAMPLES.find(({ apiVersion, kind: name }) => apiVersion === apiVersionOf(stored) && name === stored.kind);
  if (sample === undefined) throw new Error(`no sample of ${apiVersionOf(kind)} ${kind.kind}`);
  if (kind.conversion === undefined) return sample;
  return kind.conversion.fromStored({ status: {}, ...sample } as unknown as KubeObject) as unknown as JsonObject;
}

/** Those that a client may send: what is made when it is read is never sent. */
export const SENT_SAMPLES: readonly JsonObject[] = SAMPLES.filter(
  ({ apiVersion, kind }) => kindByGvk(String(apiVersion), String(kind))?.virtualObjects === undefined,
);
