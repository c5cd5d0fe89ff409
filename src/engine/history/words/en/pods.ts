// What is said of anything, and of pods, in English.

import { be, counted, does, have, listed } from './grammar.ts';

/** `GET /health every 10s`, as a probe is told. */
export interface ProbeWords {
  readonly asks: string;
  readonly periodSeconds: number;
}

const probed = ({ asks, periodSeconds }: ProbeWords) => `(${asks}, every ${periodSeconds}s)`;
const ended = (text: string | undefined) => (text === undefined ? '' : `; ${text}`);

export const pods = {
  // Of anything.
  healthy: ({ name, facts }: { name: string; facts: readonly string[] }) =>
    `Nothing is wrong with ${name}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}.`,
  likewise: ({ name, others, sentence }: { name: string; others: number; sentence: string }) =>
    `${name}${others === 0 ? '' : `, and ${counted(others, 'other pod')} likewise`}: ${sentence}`,
  letTimePass: 'Let time pass.',
  explainWhatKeeps: ({ name }: { name: string }) => `Explain ${name} to see what keeps it.`,
  nothingSelected: ({ resource, namespace }: { resource: string; namespace: string | undefined }) =>
    `No ${resource}${namespace === undefined ? '' : ` in the namespace ${namespace}`} are selected.`,
  notThere: ({ name, namespace }: { name: string; namespace: string | undefined }) =>
    `There is no ${name}${namespace === undefined ? '' : ` in the namespace ${namespace}`}.`,
  createOrSelect: 'Create what is to be selected, or correct the selector.',
  createIt: 'Create it.',
  noCondition: ({ type }: { type: string }) => `it has no condition ${type}`,
  conditionIs: ({ type, status, reason, since }: { type: string; status: string; reason: string; since: string }) =>
    `${type} is ${status}${reason === '' ? '' : ` (${reason})`}${since === '' ? '' : ` since ${since}`}`,
  pathLeadsNowhere: 'the path leads to nothing',
  pathLeadsTo: ({ values }: { values: readonly string[] }) => `the path leads to ${values.join(', ')}`,
  deletedSince: ({ since }: { since: string }) => `it is being deleted since ${since}`,
  notDeleted: 'it is not being deleted',

  // What is deleted and still there.
  keptByFinalizer: ({ since, finalizer, turn }: { since: string; finalizer: string; turn: string }) =>
    `The object is deleted since ${since}, but stays until the finalizer ${finalizer} is removed: ${turn}.`,
  collectorAboutToRemove: 'the garbage collector is about to do it',
  collectorWaits: ({ names }: { names: readonly string[] }) =>
    `the garbage collector waits until ${listed(names)} ${be(names.length)} gone`,
  controllerAboutToRemove: 'its controller is about to do it',
  claimInUse: ({ pods }: { pods: readonly string[] }) => `the claim is in use by ${listed(pods)}`,
  deleteUsers: 'Delete the pods that use it.',
  ownerRemovesFinalizer: 'whoever put it there is meant to do that when its work is done',
  runFinalizer: 'Run the controller that owns the finalizer; if there is none any more, remove it from metadata.finalizers by a patch.',

  // Pods without a node.
  schedulingGated: ({ gates }: { gates: readonly string[] }) =>
    `Not scheduled: the scheduler does not look at the pod before its scheduling gates are gone: ${listed(gates)}.`,
  removeGates: ({ count }: { count: number }) =>
    `Remove ${count === 1 ? 'the gate' : 'all gates'} from spec.schedulingGates; whoever set a gate is meant to do it.`,
  otherScheduler: ({ name }: { name: string }) =>
    `Not scheduled: the pod is for the scheduler "${name}", and the cluster has only "default-scheduler".`,
  runScheduler: 'Run a scheduler of that name, or create the pod without spec.schedulerName.',
  noNodes: 'Not scheduled: the cluster has no nodes.',
  addNode: 'Add a node.',
  claimsUnready: ({ problem }: { problem: string }) => `Not scheduled: ${problem}; no node will do until that has changed.`,
  createNamedClaim: 'Create the claim that the pod names.',
  bindClaims: ({ names }: { names: readonly string[] }) => `Bind ${listed(names)}; explain it to see what it waits for.`,
  schedulingPending: ({ nodes, next }: { nodes: readonly string[]; next: string }) =>
    `Not scheduled yet: ${listed(nodes)} would take the pod as things stand now; the scheduler ${next}.`,
  triesFrom: ({ time }: { time: string }) => `tries again from ${time} on`,
  triesWithNextChange: 'tries again with the next change that can help, or within about five minutes of its last attempt',
  waitsForPreempted: ({ node }: { node: string }) =>
    `Not scheduled yet: pods of lower priority are being removed from ${node} to make room for this one.`,
  letVictimsEnd: 'Let time pass: the victims have their grace periods.',

  // Nodes that have something against a pod.
  tooManyPods: ({ nodes }: { nodes: readonly { name: string; podsMax: number }[] }) =>
    `Not scheduled: ${listed(nodes.map(({ name, podsMax }) => `${name} has ${counted(podsMax, 'pod')}, as many as it may have`))}.`,
  removePodsOrAddNode: 'Remove pods, or add a node.',
  insufficient: ({
    resource,
    wanted,
    nodes,
  }: {
    resource: string;
    wanted: string;
    nodes: readonly { name: string; free: string; total: string }[];
  }) =>
    `Not scheduled: the pod requests ${wanted} of ${resource}, but ${listed(nodes.map(({ name, free, total }) => `${name} has ${free} of ${total} left`))}.`,
  makeRoom: 'Remove pods from these nodes, lower the request, or add a node.',
  addLargerNode: 'Lower the request, or add a node that is large enough: the pod would not fit on any of these even if it were empty.',
  shunnedByPods: ({ nodes }: { nodes: readonly string[] }) =>
    `Not scheduled: pods in the topology domain of ${listed(nodes)} have a required anti-affinity that means this pod.`,
  leaveDomain: 'Change the labels of the pod, remove those pods, or add a node in another domain.',
  podAntiAffinity: ({ nodes }: { nodes: readonly string[] }) =>
    `Not scheduled: ${listed(nodes)} ${have(nodes.length)}, in the same topology domain, a pod that the anti-affinity of this pod shuns.`,
  addDomain: 'Add a node in another domain, remove the pods that are shunned, or make the rule a preferred one.',
  podAffinity: ({ nodes }: { nodes: readonly string[] }) =>
    `Not scheduled: no pod that the affinity of this pod asks for is placed in the topology domain of ${listed(nodes)}.`,
  runAffinePods: 'Run the pods that it asks for, or make the rule a preferred one.',
  topologyLabelMissing: ({ nodes }: { nodes: readonly string[] }) =>
    `Not scheduled: ${listed(nodes)} ${have(nodes.length)} not the label that a topology spread constraint goes by.`,
  labelTopology: 'Label the nodes with the topology key of the constraint.',
  topologySpread: ({ nodes }: { nodes: readonly string[] }) =>
    `Not scheduled: on ${listed(nodes)} the pod would exceed the skew that a topology spread constraint allows.`,
  spreadElsewhere: 'Make room in the other domains, raise maxSkew, or use whenUnsatisfiable: ScheduleAnyway.',
  volumeNodeConflict: ({ nodes }: { nodes: readonly string[] }) =>
    `Not scheduled: a volume of the pod cannot be used on ${listed(nodes)}: its node affinity is for other nodes.`,
  useNodesOfVolume: 'Make room on the nodes of the volume, or use another claim.',
  noVolumeToBind: ({ nodes }: { nodes: readonly string[] }) =>
    `Not scheduled: for ${listed(nodes)} there is no persistent volume that fits a claim of the pod, and nobody who makes one.`,
  createFittingVolume: 'Create a persistent volume that fits, or use a class with a provisioner.',
  claimTaken: 'Not scheduled: another pod uses a claim of this pod, whose access mode ReadWriteOncePod lets one pod only.',
  removeOtherPod: 'Remove the other pod, or use another access mode.',
  nodesRefuse: ({ nodes, reason }: { nodes: readonly string[]; reason: string }) => `Not scheduled: ${listed(nodes)}: ${reason}.`,
  addFittingNode: 'Add a node that the pod fits.',
  cordoned: ({ nodes }: { nodes: readonly string[] }) => `Not scheduled: ${listed(nodes)} ${be(nodes.length)} cordoned.`,
  unhealthyNodes: ({ nodes, state, taint }: { nodes: readonly string[]; state: string; taint: string }) =>
    `Not scheduled: ${listed(nodes)} ${be(nodes.length)} ${state}, which the taint ${taint} says.`,
  notReady: 'not ready',
  notHeardOf: 'not heard of',
  shortOfMemory: 'short of memory',
  shortOfDisk: 'short of disk space',
  shortOfProcessIds: 'short of process ids',
  withoutNetwork: 'without a network',
  mendNodeOfTaint: 'Mend the node; the taint goes by itself.',
  taintNotTolerated: ({ nodes, taint }: { nodes: readonly string[]; taint: string }) =>
    `Not scheduled: ${listed(nodes)} ${have(nodes.length)} the taint ${taint}, which the pod does not tolerate.`,
  tolerateTaint: ({ taint, command }: { taint: string; command: string }) =>
    `Give the pod a toleration of ${taint}, or remove the taint: ${command}`,
  nodeAffinity: ({ nodes }: { nodes: readonly string[] }) =>
    `Not scheduled: ${listed(nodes)} ${does(nodes.length)} not match the required node affinity of the pod.`,
  labelAsAffinity: 'Label a node as the affinity asks, or relax the affinity.',
  nodeSelector: ({ labels, nodes }: { labels: string; nodes: readonly string[] }) =>
    `Not scheduled: the node selector asks for ${labels}, which ${listed(nodes)} ${does(nodes.length)} not have.`,
  labelNode: ({ command }: { command: string }) => `Label a node: ${command}`,
  hostPortsTaken: ({ ports, takers }: { ports: readonly string[]; takers: readonly { pod: string; node: string }[] }) =>
    `Not scheduled: the host ${ports.length === 1 ? 'port' : 'ports'} ${listed(ports)} ${be(ports.length)} taken by ${listed(takers.map(({ pod, node }) => `${pod} on ${node}`))}.`,
  useServiceForPort: 'Use a Service instead of a host port, another port, or remove the pods that have it.',

  // Pods that are being started.
  container: ({ name }: { name: string }) => `container "${name}"`,
  initContainer: ({ name }: { name: string }) => `init container "${name}"`,
  sidecar: ({ name }: { name: string }) => `sidecar "${name}"`,
  imageNeverPulled: ({ container, image, node }: { container: string; image: string; node: string }) =>
    `The ${container} waits for the image ${image}, which is not on ${node}, and its pull policy is Never.`,
  changePullPolicy: 'Use the pull policy IfNotPresent, or bring the image onto the node.',
  imageNameInvalid: ({ container, image }: { container: string; image: string }) =>
    `The ${container} cannot start: ${image} is not the name of an image.`,
  correctImageName: 'Correct the name of the image.',
  containerNotStarted: ({ container, node, message }: { container: string; node: string; message: string }) =>
    `The ${container} cannot be started on ${node}: ${message}.`,
  correctCommand: 'Correct its command or its settings; an image that lacks the program cannot run it.',
  pullFailed: ({ container, image, why, next }: { container: string; image: string; why: string; next: string | undefined }) =>
    `The ${container} waits for the image ${image}, whose pull failed: ${why}.${next === undefined ? '' : ` The next attempt is not before ${next}.`}`,
  mendPull:
    'Correct the name of the image, give the pod a pull secret, or let the registry be reachable again; each is tried with the next attempt.',
  containerNotCreated: ({ container, message }: { container: string; message: string }) =>
    `The ${container} cannot be created: ${message}.`,
  correctRequest: 'Correct what the container asks for.',
  addKey: ({ source }: { source: string }) =>
    `Add the key to ${source}, or mark the reference as optional; the kubelet looks again by itself.`,
  createSource: ({ source }: { source: string }) =>
    `Create ${source}, or mark the reference as optional; the kubelet looks again by itself.`,
  configMap: ({ name }: { name: string }) => `the ConfigMap "${name}"`,
  secret: ({ name }: { name: string }) => `the Secret "${name}"`,
  volumeSourceMissing: ({ volume, source, retry }: { volume: string; source: string; retry: string }) =>
    `The containers wait for the volume "${volume}": ${source} does not exist. The kubelet tries again at ${retry}.`,
  createInNamespace: ({ source, namespace }: { source: string; namespace: string }) => `Create ${source} in the namespace ${namespace}.`,
  volumeClaimUnbound: ({ volume, claim, phase }: { volume: string; claim: string; phase: string }) =>
    `The containers wait for the volume "${volume}": its claim "${claim}" is ${phase}.`,
  missing: 'missing',
  bindClaim: ({ name }: { name: string }) => `Bind the claim; explain ${name} to see what it waits for.`,
  volumeNotMounted: ({ volume, message, retry }: { volume: string; message: string | undefined; retry: string }) =>
    `The containers wait for the volume "${volume}"${message === undefined ? '' : `: ${message}`}. The kubelet tries again at ${retry}.`,
  correctVolume: 'Correct the source of the volume.',
  initRunning: ({ container, since, later }: { container: string; since: string; later: readonly string[] }) =>
    `The containers wait for the ${container}, which has been running since ${since}: ${later.length === 1 ? `"${later[0]}" starts` : 'they start'} when every init container has ended with code 0.`,
  letInitEnd: 'Let it end: give it what it waits for, or let time pass.',
  nodeMissing: ({ node }: { node: string }) => `The pod is bound to the node ${node}, which does not exist.`,
  addNamedNode: 'Add a node of that name, or delete the pod.',
  boundToSilentNode: ({ node }: { node: string }) => `The pod is bound to ${node}, whose kubelet is not heard of: nobody starts it.`,
  mendOrPlaceElsewhere: ({ node }: { node: string }) => `Mend ${node}, or delete the pod so that it can be placed elsewhere.`,
  imagePulling: ({ image, node }: { image: string; node: string }) => `The pod waits for the image ${image}, which ${node} is pulling.`,
  sandboxNotCreated: ({ node, message }: { node: string; message: string }) =>
    `The pod waits for its sandbox, which cannot be made on ${node}: ${message}. The kubelet tries again every ten to fifteen seconds.`,
  mendRuntime: ({ node }: { node: string }) => `Mend the network plugin or the container runtime of ${node}.`,
  starting: ({ node }: { node: string }) => `The pod is being started on ${node}: nothing is wrong with it so far.`,

  // Containers that ended.
  crashLoop: ({ container, restarts, cause, next }: { container: string; restarts: number; cause: string; next: string | undefined }) =>
    `The ${container} keeps ending: after ${counted(restarts, 'restart')}, its last run ${cause}.${next === undefined ? '' : ` It is started again not before ${next}; the pause doubles each time, up to five minutes.`}`,
  containerFailed: ({ container, cause, policy }: { container: string; cause: string; policy: string }) =>
    `The ${container} ${cause} and is not started again: the restart policy is ${policy}.`,
  containerEnded: ({ container, cause, next }: { container: string; cause: string; next: string | undefined }) =>
    `The ${container} ${cause} and ${next === undefined ? 'is about to be started again' : `is started again not before ${next}`}.`,
  restarted: ({ container, restarts, cause }: { container: string; restarts: number; cause: string }) =>
    `The ${container} was restarted ${restarts === 1 ? 'once' : `${restarts} times`}: its last run ${cause}.`,
  outOfMemory: ({ time, limit, code }: { time: string; limit: string | undefined; code: number }) =>
    `was killed at ${time} for using more memory than ${limit === undefined ? 'there was' : `its limit of ${limit}`} (OOMKilled, code ${code})`,
  raiseMemory: 'Raise the memory limit, or let the program use less.',
  endedWith: ({ time, code }: { time: string; code: string }) => `ended at ${time} with ${code}`,
  exitCode: ({ code, name, said }: { code: number; name: string | undefined; said: string }) =>
    `code ${code}${name === undefined ? '' : ` (${name})`}${said === '' ? '' : `, saying: ${said}`}`,
  giveWork: 'Give it something that goes on, or use a restart policy that lets it end.',
  readLog: ({ command }: { command: string }) => `Look at what it wrote: ${command}`,
  killedByProbe: ({
    time,
    code,
    kind,
    asks,
    periodSeconds,
    failures,
    got,
  }: ProbeWords & { time: string; code: string; kind: string; failures: number; got: string | undefined }) =>
    `was ended by the kubelet at ${time}, with ${code}, because its ${kind} probe ${probed({ asks, periodSeconds })} had failed ${failures === 1 ? 'once' : `${failures} times in a row`}${ended(got)}`,
  newestFailure: ({ time, answer }: { time: string; answer: string }) => `its newest failure, at ${time}, got: ${answer}`,
  gotAnswer: ({ time, answer }: { time: string; answer: string }) => `at ${time} it got: ${answer}`,
  letAnswer: ({ kind }: { kind: string }) => `Let the container answer, correct what the ${kind} probe asks, or give it more time.`,

  // Probes and readiness.
  asksHttp: ({ path, port, isHttps }: { path: string; port: string; isHttps: boolean }) =>
    `GET ${path} on port ${port}${isHttps ? ' over HTTPS' : ''}`,
  asksTcp: ({ port }: { port: string }) => `a connection to port ${port}`,
  asksGrpc: ({ port }: { port: string }) => `the gRPC health of port ${port}`,
  asksCommand: ({ command }: { command: string }) => `the command ${command}`,
  endedOtherwise: 'it ended with another code than 0',
  failuresSoFar: ({ count }: { count: number }) => `${counted(count, 'failure')} in a row so far`,
  successesSoFar: ({ count }: { count: number }) => `${counted(count, 'success')} in a row so far`,
  silentSince: ({ node, since, heard }: { node: string; since: string; heard: string }) =>
    `The pod counts as not ready since ${since}: ${node}, on which it is, was last heard of at ${heard}.`,
  mendOrWaitForEviction: ({ node }: { node: string }) =>
    `Mend ${node}. A pod with an owner is replaced elsewhere when its toleration of the node's taint has run out, by default after five minutes.`,
  startupProbe: ({
    container,
    asks,
    periodSeconds,
    started,
    got,
    failures,
    soFar,
  }: ProbeWords & { container: string; started: string; got: string; failures: number; soFar: string | undefined }) =>
    `The ${container} counts as not started: its startup probe ${probed({ asks, periodSeconds })} has not succeeded since the start at ${started}; ${got}. After ${counted(failures, 'failure')} in a row the container is killed${ended(soFar)}.`,
  notFailedYet: 'it has not failed yet',
  giveStartupTime: 'Let the container answer, correct what the probe asks, or give it more time with failureThreshold or periodSeconds.',
  readinessProbePending: ({ container, asks, periodSeconds, first }: ProbeWords & { container: string; first: string | undefined }) =>
    `The ${container} is not ready: its readiness probe ${probed({ asks, periodSeconds })} has not succeeded yet${first === undefined ? '' : `; it asks for the first time after ${first}`}.`,
  waitOrAskEarlier: 'Let time pass, or lower initialDelaySeconds.',
  readinessProbe: ({
    container,
    since,
    asks,
    periodSeconds,
    got,
    failures,
    successes,
    soFar,
  }: ProbeWords & { container: string; since: string; got: string; failures: number; successes: number; soFar: string | undefined }) =>
    `The ${container} is not ready since ${since}: its readiness probe ${probed({ asks, periodSeconds })} failed; ${got}. It counts as failed after ${counted(failures, 'failure')} in a row, and as passed after ${counted(successes, 'success')}${ended(soFar)}.`,
  answerProbe: 'Let the container answer as the probe wants it, or correct what the probe asks.',
  readinessGate: ({ type, status }: { type: string; status: string | undefined }) =>
    `The pod is not ready: its readiness gate "${type}" asks for a condition of that type that is True, and ${status === undefined ? 'the pod has none' : `it is ${status}`}.`,
  setGateCondition: 'Whoever set the gate is meant to set the condition, by a patch of the status.',

  // Pods that are ended by others.
  deadlineExceeded: ({ seconds }: { seconds: number | undefined }) =>
    `The pod was ended because it was active for longer than its activeDeadlineSeconds of ${seconds}s.`,
  raiseDeadline: 'Raise activeDeadlineSeconds in a new pod.',
  evicted: ({ node, message }: { node: string; message: string }) => `The pod was evicted from ${node}: ${message}.`,
  refusedByKubelet: ({ node, message }: { node: string; message: string }) => `The kubelet of ${node} refused the pod: ${message}.`,
  deleteForNewPod: 'Delete it; an owner makes a new pod, which is scheduled anew.',
  disrupted: ({ message }: { message: string }) => `It was disrupted: ${message}.`,
  preempted: ({ message }: { message: string }) => `The scheduler removes the pod to make room for one of higher priority: ${message}.`,
  evictedByRequest: ({ message }: { message: string }) => `Somebody asked for the eviction of the pod, as kubectl drain does: ${message}.`,
  evictedByTaint: ({ message }: { message: string }) => `The pod does not tolerate a NoExecute taint of its node any longer: ${message}.`,
  endedForNode: ({ message }: { message: string }) => `The kubelet ended the pod for the sake of its node: ${message}.`,
  collected: ({ message }: { message: string }) => `The pod was removed because its node is gone: ${message}.`,
  ownerMakesNewPod: 'It cannot be stopped any more; an owner makes a new pod.',
  deletedOnSilentNode: ({ node }: { node: string }) =>
    `The pod is deleted, but stays until its kubelet says that the containers are stopped, and ${node} is not heard of.`,
  mendOrForce: ({ node, command }: { node: string; command: string }) =>
    `Mend ${node}, delete the node, or, if the containers certainly do not run any more: ${command}`,
  terminating: ({ seconds, stops }: { seconds: number; stops: readonly string[] }) =>
    `The pod is deleted and has a grace period of ${seconds}s: ${stops.join('; ')}.`,
  hookRuns: ({ container }: { container: string }) => `the preStop hook of "${container}" runs`,
  gotSigterm: ({ container, time }: { container: string; time: string }) =>
    `"${container}" has got SIGTERM, has not ended, and is killed at ${time}`,
  letContainerEnd: 'Let time pass, let the container end at SIGTERM, or delete again with a shorter --grace-period.',
} as const;
