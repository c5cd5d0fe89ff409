// What is said of who changed what and why, and of commands, in English.

/** What a change was about, behind who made it. */
export interface Changed {
  readonly who: string;
  readonly object: string;
  readonly details: readonly string[];
}

const changed = (verb: string, { who, object, details }: Changed) =>
  capital(`${who} ${verb} ${object}${details.length === 0 ? '' : `: ${details.join(', ')}`}.`);

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function joined(words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined && word !== '').join(' ');
}

export const causes = {
  // Who does it.
  scheduler: 'the scheduler',
  deploymentController: 'the Deployment controller',
  replicaSetController: 'the ReplicaSet controller',
  replicationController: 'the ReplicationController controller',
  statefulSetController: 'the StatefulSet controller',
  daemonSetController: 'the DaemonSet controller',
  jobController: 'the Job controller',
  cronJobController: 'the CronJob controller',
  endpointsController: 'the Endpoints controller',
  endpointSliceController: 'the EndpointSlice controller',
  autoscalerController: 'the HorizontalPodAutoscaler controller',
  disruptionController: 'the disruption controller',
  nodeLifecycleController: 'the node lifecycle controller',
  taintEvictionController: 'the taint eviction controller',
  podCollector: 'the pod garbage collector',
  garbageCollector: 'the garbage collector',
  namespaceController: 'the namespace controller',
  jobTtlController: 'the TTL controller of finished Jobs',
  serviceAccountController: 'the controller of ServiceAccounts',
  rootCertificatePublisher: 'the publisher of the root certificate',
  volumeController: 'the controller of claims and volumes',
  apiServer: 'the API server',
  apiServiceRegistrar: 'the registrar of APIServices',
  serviceCidrController: 'the controller of ServiceCIDRs',
  admissionPolicyController: 'the controller of ValidatingAdmissionPolicies',
  certificateSigner: 'the signer of certificates',
  roleAggregator: 'the controller of aggregated roles',
  kubelet: 'the kubelet',
  fault: 'the fault',
  otherController: ({ name }: { name: string }) => `the ${name} controller`,

  // What was done.
  created: (of: Changed) => changed('created', of),
  changed: (of: Changed) => changed('changed', of),
  removed: (of: Changed) => changed('removed', of),
  markedForDeletion: 'marked for deletion',
  boundTo: ({ node }: { node: string }) => `bound to ${node}`,
  scaled: ({ from, to }: { from: number; to: number }) => `${from} to ${to} replicas`,
  tainted: ({ taints }: { taints: readonly string[] }) => `tainted ${taints.join(' and ')}`,
  phaseIs: ({ phase }: { phase: string }) => `phase ${phase}`,
  succeeded: ({ count }: { count: number }) => `${count} succeeded`,
  failed: ({ count }: { count: number }) => `${count} failed`,
  conditionBecame: ({ type, status, reason }: { type: string; status: string; reason: string | undefined }) =>
    `${type} is ${status}${reason === undefined ? '' : ` (${reason})`}`,
  containerBecame: ({ name, state }: { name: string; state: string | undefined }) => `container ${name} is ${state}`,

  // What it means that a timer fired.
  schedulingBackoffOver: 'The back-off of a pod that could not be scheduled was over.',
  waitedUnschedulable: 'A pod had waited long enough among the unschedulable ones.',
  waitForVolumesOver: 'The wait for volumes was over.',
  lookedAtHeartbeats: 'The controller looked at the heartbeats of the nodes.',
  taintDue: 'A taint was due.',
  tolerationOver: 'The pod had tolerated the taint for as long as it does.',
  podCollectorCame: 'The collector of pods that nobody owns came round.',
  kubeletSawContainers: 'The kubelet saw what its containers do: one had started or ended.',
  nextStepDue: 'The next step of the pod was due.',
  kubeletCameBack: 'The kubelet came back to a pod by itself.',
  processActed: 'A process of the container did something: it was up, wrote, or ended.',
  execWentOn: 'A command in the container went on.',
  volumesMounted: 'The volumes of the pod were mounted.',
  deadlineOver: 'The deadline of the pod was over.',
  nodeEvicted: 'The node was short of something and evicted pods.',
  statusWrittenAgain: 'The status of the pod was written again.',
  livenessResult: 'The liveness probe had its result.',
  readinessResult: 'The readiness probe had its result.',
  startupResult: 'The startup probe had its result.',
  faultBegan: 'The fault began.',
  faultOver: 'The fault was over.',
  eventExpired: 'An Event had been kept for an hour.',
  cameBack: ({ who }: { who: string }) => capital(`${who} came back to it by itself, as it had meant to.`),

  // Commands.
  gaveCommand: ({ client, number, line }: { client: string | undefined; number: number; line: string }) =>
    `${client ?? 'Somebody'} gave command ${number}: ${line}.`,
  gaveFault: ({ client, number, line }: { client: string | undefined; number: number; line: string }) =>
    `${client ?? 'Somebody'} gave fault ${number}: ${line}.`,
  createCluster: ({ seed }: { seed: number }) => `create the cluster from seed ${seed}`,
  request: ({ verb, resource, name, namespace }: { verb: string; resource: string; name: string; namespace: string | undefined }) =>
    joined([verb, resource, name, namespace === undefined ? undefined : `in ${namespace}`]),
  manifests: ({ mode, count }: { mode: string; count: number }) => `${mode} ${count} manifest${count === 1 ? '' : 's'}`,
  turnClock: 'turn the clock',
  stopClock: 'stop the clock',
  runClock: ({ rate }: { rate: string }) => `let the clock run, rate ${rate}`,
  goOnWithSeed: ({ seed }: { seed: number }) => `go on with seed ${seed}`,
  forgetImage: ({ image }: { image: string }) => `forget the behaviour of image ${image}`,
  setImage: ({ image }: { image: string }) => `set the behaviour of image ${image}`,
  endOfFault: ({ fault }: { fault: string }) => `end ${fault}`,
  park: ({ kind, owner, key }: { kind: string; owner: string; key: string }) => `park ${kind} ${owner} ${key}`,
  exec: ({ pod, container, command }: { pod: string; container: string; command: string }) => `exec in ${pod} ${container}: ${command}`,
  execInput: ({ session }: { session: string }) => `input of ${session}`,
  execEnd: ({ session }: { session: string }) => `end of ${session}`,
  portRequest: 'a request to a port of a pod',
  attachInput: ({ container }: { container: string }) => `input of ${container}`,
  faultOf: ({
    type,
    target,
    node,
    container,
  }: {
    type: string;
    target: string | undefined;
    node: string | undefined;
    container: string | undefined;
  }) => joined([type, target, node === undefined ? undefined : `on ${node}`, container]),

  // Marks of a timeline.
  restart: ({ count, code, reason }: { count: number; code: number | undefined; reason: string | undefined }) =>
    `restart ${count}${code === undefined ? '' : ` after exit code ${code}${reason === undefined ? '' : ` (${reason})`}`}`,
} as const;
