// What is said of what owns, uses and guards pods, in English.

import { be, counted, have, listed } from './grammar.ts';

export const owners = {
  // Services.
  selectsNothing: ({ namespace, labels, closest }: { namespace: string; labels: string; closest: string | undefined }) =>
    `The Service has no endpoints: no pod of the namespace ${namespace} that has not ended has the labels ${labels}${closest === undefined ? '' : `; ${closest}`}.`,
  comesClosest: ({ pod, labels }: { pod: string; labels: readonly { key: string; has: string | undefined; wanted: string }[] }) =>
    `${pod} comes closest: ${listed(labels.map(({ key, has, wanted }) => `its ${key} is ${has === undefined ? 'missing' : `"${has}", not "${wanted}"`}`))}`,
  correctSelector: 'Correct the selector of the Service, or the labels of the pods; or start the pods.',
  noneReady: ({ count }: { count: number }) =>
    `The Service has no ready endpoints: its selector finds ${counted(count, 'pod')}, of which none is ready.`,
  mendPodsOrPublish: 'Mend what keeps the pods from being ready, or set publishNotReadyAddresses.',
  targetPortMissing: ({ port, pods, target, names }: { port: number; pods: readonly string[]; target: string; names: readonly string[] }) =>
    `The port ${port} of the Service leads nowhere in ${listed(pods)}: its target is the container port named "${target}", and there ${names.length === 0 ? 'are no ports' : `${be(names.length)} ${listed(names)}`}.`,
  namePort: 'Name the port of the containers so, or use its number as targetPort.',

  // Pods that are refused.
  podsRefused: ({ time, message }: { time: string; message: string }) =>
    `The API server refuses its pods, the last one at ${time}: ${message}.`,
  raiseQuotaOrAskLess: 'Raise the quota, delete something that counts, or ask for less.',
  sayRequests: 'Say the requests and limits that the quota counts, or give the namespace a LimitRange with defaults.',
  correctSecurity: 'Correct the security context of the template, or change the pod-security.kubernetes.io/enforce label of the namespace.',
  keepLimitRange: 'Ask for amounts within the LimitRange of the namespace, or change it.',
  createServiceAccount: 'Create the service account that the template names.',
  useOtherNamespace: 'Use another namespace.',
  correctTemplate: 'Correct the template.',

  // Workloads.
  deploymentPaused: 'The Deployment is paused: changes of its template are not rolled out.',
  podsAvailable: ({ available, wanted }: { available: number; wanted: number }) => `Pods available: ${available} of ${wanted}.`,
  podsAvailableYoung: ({ available, wanted, young, seconds }: { available: number; wanted: number; young: number; seconds: number }) =>
    `Pods available: ${available} of ${wanted}; ${young} more ${have(young)} not been ready for its minReadySeconds of ${seconds}s.`,
  mendItsPods: 'Mend what keeps its pods from being ready.',
  rolloutStuck: ({ seconds, progress }: { seconds: number | undefined; progress: string }) =>
    `The rollout is stuck: it has not progressed for more than its progressDeadlineSeconds of ${seconds}s; ${progress}`,
  rolloutGoesOn: ({ deadline, progress }: { deadline: string | undefined; progress: string }) =>
    `The rollout goes on${deadline === undefined ? '' : `, and counts as failed at ${deadline} unless it progresses`}; ${progress}`,
  rolloutProgress: ({
    newest,
    available,
    wanted,
    old,
    bounds,
  }: {
    newest: string;
    available: number;
    wanted: number;
    old: { readonly pods: number; readonly sets: readonly string[] } | undefined;
    bounds: { readonly more: string; readonly fewer: string } | undefined;
  }) => {
    const still = old === undefined ? '' : `, and ${counted(old.pods, 'pod')} of ${listed(old.sets)} ${be(old.pods)} still there`;
    const allowed =
      bounds === undefined ? '' : ` The strategy allows ${bounds.more} more and ${bounds.fewer} fewer than ${counted(wanted, 'pod')}.`;
    return `its new ReplicaSet ${newest} has ${available} of ${counted(wanted, 'pod')} available${still}.${allowed}`;
  },
  mendOrUndo: ({ command }: { command: string }) => `Mend what keeps the new pods from being ready, or go back: ${command}`,
  waitsForOrdinal: ({ pod, isThere, later }: { pod: string; isThere: boolean; later: readonly string[] }) =>
    `The StatefulSet waits for ${pod}, which is not ${isThere ? 'ready' : 'there'}${later.length === 0 ? '' : `; ${listed(later)} ${be(later.length)} not made before it is ready`}.`,
  mendOrdinal: ({ pod }: { pod: string }) => `Mend ${pod}, or make the set anew with podManagementPolicy: Parallel.`,
  mendPod: ({ pod }: { pod: string }) => `Mend ${pod}.`,
  updateOnDelete: ({ count }: { count: number }) =>
    `${counted(count, 'pod')} ${have(count)} an older template: the update strategy OnDelete replaces a pod only when somebody deletes it.`,
  deleteOneByOne: 'Delete the pods one after the other.',
  updatePartitioned: ({ count, partition }: { count: number; partition: number }) =>
    `${counted(count, 'pod')} ${have(count)} an older template: the partition ${partition} keeps the ordinals below it as they are.`,
  lowerPartition: 'Lower the partition.',
  keptOffByTaint: ({ node, taint }: { node: string; taint: string }) =>
    `There is no pod on ${node}: it has the taint ${taint}, which the template does not tolerate.`,
  tolerateInTemplate: 'Add a toleration to the template, if a pod is wanted there.',
  keptOffByLabels: ({ node }: { node: string }) =>
    `There is no pod on ${node}: its labels do not match the node selector or the node affinity of the template.`,
  labelIfWanted: 'Label the node, if a pod is wanted there.',

  // Jobs.
  jobFailed: ({
    time,
    message,
    field,
    limit,
    failures,
  }: {
    time: string;
    message: string;
    field: string;
    limit: number | undefined;
    failures: number;
  }) =>
    `The Job failed at ${time}: ${message}${limit === undefined ? '' : `; its ${field} is ${limit}`}, and ${counted(failures, 'pod')} had failed.`,
  makeNewJob: ({ field }: { field: string }) => `Mend what makes its pods fail, and make a new Job; ${field} says how much it bears.`,
  jobSuspended: 'The Job is suspended: it makes no pods.',
  jobRetries: ({ failures, limit, isWaiting }: { failures: number; limit: number; isWaiting: boolean }) =>
    `${counted(failures, 'pod')} of the Job ${have(failures)} failed; it bears ${limit}${isWaiting ? ', and makes the next one when its back-off is over: 10 s, doubled with each failure, up to six minutes' : ''}.`,
  mendFailingPods: 'Mend what makes its pods fail.',
  cronJobSuspended: ({ last }: { last: string | undefined }) =>
    `The CronJob is suspended: it starts no Jobs${last === undefined ? '' : `; the last one was that of ${last}`}.`,
  concurrencyForbidden: ({ jobs, policy, time }: { jobs: readonly string[]; policy: string; time: string }) =>
    `The CronJob starts no new Job while ${listed(jobs)} ${jobs.length === 1 ? 'goes' : 'go'} on: its concurrency policy is ${policy}; it left out a time at ${time}.`,
  letJobEnd: 'Let the Job end, or use the concurrency policy Allow or Replace.',
  scheduleMissed: ({ message, seconds }: { message: string; seconds: number | undefined }) =>
    `The CronJob missed a time: ${message}${seconds === undefined ? '' : `; a Job may start ${seconds}s late`}.`,
  raiseStartingDeadline: 'Raise startingDeadlineSeconds; the next time of the schedule is not affected.',

  // Budgets, quotas, namespaces, nodes.
  budgetSelectsNothing: 'The budget guards no pod: its selector finds none.',
  correctBudget: 'Correct the selector, or start the pods.',
  noDisruption: ({
    healthy,
    expected,
    desired,
    field,
    value,
  }: {
    healthy: number;
    expected: number;
    desired: number;
    field: string;
    value: string;
  }) =>
    `No pod may be evicted, so that kubectl drain waits: ${healthy} of ${counted(expected, 'pod')} ${be(healthy)} healthy, and ${desired} must stay so (${field}: ${value}).`,
  runMorePods: ({ field }: { field: string }) => `Run more pods, mend those that are not healthy, or change ${field}.`,
  quotaUsedUp: ({ resource, used, hard }: { resource: string; used: string; hard: string }) =>
    `The quota of ${resource} is used up: ${used} of ${hard}. What would need more is refused.`,
  raiseQuota: 'Raise the quota, or delete something that counts.',
  namespaceStays: ({ since, message }: { since: string; message: string }) =>
    `The namespace is deleted since ${since}, but stays until all that is in it is gone: ${message}.`,
  letFinalizersWork: 'Let the controllers that own the finalizers do their work, or remove the finalizers from the objects.',
  nodeStillReady: ({ outage }: { outage: string | undefined }) =>
    `The node still counts as ready${outage === undefined ? '' : `; ${outage}`}.`,
  nodeNotReady: ({ since, message, outage }: { since: string; message: string; outage: string | undefined }) =>
    `The node is not ready since ${since}: ${message}${outage === undefined ? '' : `; ${outage}`}.`,
  nodeDown: ({ heard }: { heard: string }) => `it is switched off by a fault, and was last heard of at ${heard}`,
  nodeCutOff: ({ heard }: { heard: string }) => `it is cut off from the API server by a fault, and was last heard of at ${heard}`,
  mendKubelet: 'Mend its kubelet.',
  endFault: 'Delete the fault, or wait until it is over.',
  nodeCordoned: 'The node is cordoned: no pod is scheduled there that does not tolerate it.',
  nodePressure: ({ since, message }: { since: string; message: string }) =>
    `The node is short of something since ${since}: ${message}. Its kubelet evicts pods until that is over.`,
  runLess: 'Run less there; a pressure by a fault ends with the fault.',

  // Claims.
  claimLost: ({ volume }: { volume: string }) => `The claim has lost its volume: ${volume} does not exist any more.`,
  makeNewClaim: 'Make a new claim; what was on the volume is not in the cluster any more.',
  volumeMissing: ({ volume }: { volume: string }) => `The claim asks for the volume ${volume}, which does not exist.`,
  createVolume: ({ volume }: { volume: string }) => `Create the persistent volume ${volume}.`,
  volumeNotBoundYet: ({ volume }: { volume: string }) => `The claim asks for the volume ${volume}, which is not bound to it yet.`,
  volumeDoesNotFit: ({ volume, misfit }: { volume: string; misfit: string }) =>
    `The claim asks for the volume ${volume}, which is not bound to it: it ${misfit}.`,
  askForOffer: 'Ask for what the volume offers, or for another one.',
  withoutClass: ({ volumes }: { volumes: string }) => `The claim has no volume: it asks for one without a storage class, and ${volumes}.`,
  createFitting: 'Create a persistent volume that fits.',
  noDefaultClass: ({ volumes }: { volumes: string }) =>
    `The claim has no volume: it names no storage class, and the cluster has no default one, and ${volumes}.`,
  nameClass: 'Name a storage class in a new claim, mark a class as the default one, or create a persistent volume that fits.',
  classMissing: ({ name, classes }: { name: string; classes: readonly string[] }) =>
    `The claim has no volume: its storage class "${name}" does not exist; there ${classes.length === 0 ? 'is none' : `${be(classes.length)} ${listed(classes)}`}.`,
  createClass: ({ name }: { name: string }) => `Create the storage class "${name}", or make the claim anew with another one.`,
  awaitsAnyPod: ({ storageClass }: { storageClass: string }) =>
    `The claim waits, as its class ${storageClass} says with WaitForFirstConsumer, for a pod that uses it.`,
  createPodForClaim: 'Create a pod that uses the claim.',
  awaitsPods: ({ storageClass, pods }: { storageClass: string; pods: readonly string[] }) =>
    `The claim waits, as its class ${storageClass} says with WaitForFirstConsumer, for ${listed(pods)} to be scheduled.`,
  explainNoNode: ({ pod }: { pod: string }) => `Explain ${pod} to see why it has no node.`,
  awaitsProvisioner: ({ provisioner, storageClass }: { provisioner: string; storageClass: string }) =>
    `The claim waits for the provisioner ${provisioner} of its class ${storageClass} to make a volume.`,
  runProvisioner: 'Let time pass; if nobody provisions, run the provisioner.',
  nobodyProvisions: ({ storageClass, provisioner, volumes }: { storageClass: string; provisioner: string; volumes: string }) =>
    `The claim has no volume: nobody makes volumes of its class ${storageClass}, whose provisioner is ${provisioner}, and ${volumes}.`,
  createOfClass: 'Create a persistent volume of the class that fits, or use a class with a provisioner.',
  noVolumes: 'there are no persistent volumes',
  noVolumeFits: ({ volumes }: { volumes: readonly { name: string; misfit: string }[] }) =>
    `no persistent volume fits: ${listed(volumes.map(({ name, misfit }) => `${name} ${misfit}`))}`,
  aboutToBeBound: 'is about to be bound',
  beingDeleted: 'is being deleted',
  belongsToClaim: ({ claim }: { claim: string }) => `belongs to the claim ${claim}`,
  isTooSmall: ({ has, wanted }: { has: string; wanted: string }) => `has ${has}, less than ${wanted}`,
  lacksModes: ({ modes }: { modes: readonly string[] }) => `does not offer ${listed(modes)}`,
  hasNoClass: 'has no class',
  hasClass: ({ name }: { name: string }) => `has the class ${name}`,
  isInPhase: ({ phase }: { phase: string | undefined }) => `is ${phase}`,
  lacksLabels: 'has not the labels that the claim selects',

  // Autoscalers.
  targetUnavailable: ({ target, message }: { target: string; message: string }) =>
    `The autoscaler does not scale: it cannot read or set the scale of ${target}: ${message}.`,
  createTarget: ({ target }: { target: string }) => `Create ${target}, or correct scaleTargetRef.`,
  scalingDisabled: ({ target }: { target: string }) => `The autoscaler does not scale: ${target} has 0 replicas, which switches it off.`,
  requestsMissing: ({ message }: { message: string }) =>
    `The autoscaler does not scale: a utilization is a share of the request, and a container has none: ${message}.`,
  giveRequests: 'Give every container of the pods a request of the resource, or use a target of type AverageValue.',
  metricsMissing: ({ message }: { message: string }) => `The autoscaler does not scale: its metrics cannot be read: ${message}.`,
  letPodsRun: 'Let its pods run and be ready, or correct the metric; the controller looks again every 15 seconds.',
  atMaximum: ({ replicas }: { replicas: number }) =>
    `The autoscaler does not scale further: its metrics ask for more than its maxReplicas of ${replicas}.`,
  raiseMaximum: 'Raise maxReplicas.',
  atMinimum: ({ replicas }: { replicas: number | undefined }) =>
    `The autoscaler does not scale further: its metrics ask for less than its minReplicas of ${replicas}.`,
  lowerMinimum: 'Lower minReplicas.',
  rateLimited: ({ message }: { message: string }) => `The autoscaler does not scale further: ${message}.`,
  changePolicies: 'Change the policies in spec.behavior, or let time pass.',
  stabilized: ({ seconds, message }: { seconds: number; message: string }) =>
    `The autoscaler does not scale further: within its stabilization window of ${seconds}s, ${message}.`,
  lowerWindow: ({ field }: { field: string }) => `Let time pass, or lower ${field}.`,
  withinTolerance: ({
    target,
    replicas,
    resource,
    current,
    wanted,
    tolerance,
  }: {
    target: string;
    replicas: number;
    resource: string | undefined;
    current: number;
    wanted: number;
    tolerance: number;
  }) =>
    `The autoscaler leaves ${target} at ${replicas}: its ${resource} is at ${current}% of the request, the target is ${wanted}%, and a difference of up to ${tolerance}% of the target is tolerated.`,
  changeTarget: 'Change the target.',
} as const;
