// Who does what, in words, and the rules by which it is done: ids of docs/rules, or sections of docs/contract.md.

interface Described {
  readonly who: string;
  readonly rule: string;
}

/** By name of the component. */
const COMPONENTS: Readonly<Record<string, Described>> = {
  scheduler: { who: 'the scheduler', rule: 'C801' },
  deployment: { who: 'the Deployment controller', rule: 'C204' },
  replicaset: { who: 'the ReplicaSet controller', rule: 'C121' },
  replicationcontroller: { who: 'the ReplicationController controller', rule: 'C163' },
  statefulset: { who: 'the StatefulSet controller', rule: 'C422' },
  daemonset: { who: 'the DaemonSet controller', rule: 'C404' },
  job: { who: 'the Job controller', rule: 'C307' },
  cronjob: { who: 'the CronJob controller', rule: 'C342' },
  endpoints: { who: 'the Endpoints controller', rule: 'C510' },
  endpointslice: { who: 'the EndpointSlice controller', rule: 'C510' },
  'horizontal-pod-autoscaler': { who: 'the HorizontalPodAutoscaler controller', rule: 'C601' },
  disruption: { who: 'the disruption controller', rule: 'C755' },
  'node-lifecycle': { who: 'the node lifecycle controller', rule: 'C704' },
  'taint-eviction': { who: 'the taint eviction controller', rule: 'C721' },
  'pod-garbage-collector': { who: 'the pod garbage collector', rule: 'C741' },
  'garbage-collector': { who: 'the garbage collector', rule: 'C901' },
  namespace: { who: 'the namespace controller', rule: 'C917' },
  'ttl-after-finished': { who: 'the TTL controller of finished Jobs', rule: 'C328' },
  serviceaccount: { who: 'the controller of ServiceAccounts', rule: 'C925' },
  'root-ca': { who: 'the publisher of the root certificate', rule: 'C926' },
  persistentvolume: { who: 'the controller of claims and volumes', rule: 'C931' },
  'flow-control': { who: 'the API server', rule: 'C941' },
  'api-service': { who: 'the registrar of APIServices', rule: 'C942' },
  'service-cidr': { who: 'the controller of ServiceCIDRs', rule: 'C943' },
  'validatingadmissionpolicy-status': { who: 'the controller of ValidatingAdmissionPolicies', rule: 'C944' },
  certificates: { who: 'the signer of certificates', rule: 'C945' },
  'cluster-role-aggregation': { who: 'the controller of aggregated roles', rule: 'Q10' },
  kubelet: { who: 'the kubelet', rule: 'K110' },
  'event-ttl': { who: 'the API server', rule: 'C022' },
  faults: { who: 'the fault', rule: 'contract, section 6' },
};

/** By owner of the timer: what it means that the timer fired. */
const TIMERS: Readonly<Record<string, { readonly what: string; readonly rule: string }>> = {
  'scheduler.backoff': { what: 'the back-off of a pod that could not be scheduled was over', rule: 'C805' },
  'scheduler.leftover': { what: 'a pod had waited long enough among the unschedulable ones', rule: 'C804' },
  'scheduler.volumes': { what: 'the wait for volumes was over', rule: 'C810' },
  'node-lifecycle.pass': { what: 'the controller looked at the heartbeats of the nodes', rule: 'C702' },
  'node-lifecycle.taint': { what: 'a taint was due', rule: 'C712' },
  'taint-eviction': { what: 'the pod had tolerated the taint for as long as it does', rule: 'C723' },
  'pod-gc': { what: 'the collector of pods that nobody owns came round', rule: 'C741' },
  'kubelet.relist': { what: 'the kubelet saw what its containers do: one had started or ended', rule: 'K005' },
  'kubelet.step': { what: 'the next step of the pod was due', rule: 'K201' },
  'kubelet.sync-tick': { what: 'the kubelet came back to a pod by itself', rule: 'K121' },
  'kubelet.process': { what: 'a process of the container did something: it was up, wrote, or ended', rule: 'contract, section 5' },
  'kubelet.exec': { what: 'a command in the container went on', rule: 'contract, section 5' },
  'kubelet.mount': { what: 'the volumes of the pod were mounted', rule: 'K210' },
  'kubelet.deadline': { what: 'the deadline of the pod was over', rule: 'K520' },
  'kubelet.eviction': { what: 'the node was short of something and evicted pods', rule: 'K531' },
  'kubelet.status-reconcile': { what: 'the status of the pod was written again', rule: 'K706' },
  'kubelet.probe.liveness': { what: 'the liveness probe had its result', rule: 'K410' },
  'kubelet.probe.readiness': { what: 'the readiness probe had its result', rule: 'K410' },
  'kubelet.probe.startup': { what: 'the startup probe had its result', rule: 'K410' },
  'fault.start': { what: 'the fault began', rule: 'contract, section 6' },
  'fault.end': { what: 'the fault was over', rule: 'contract, section 6' },
  'event-ttl': { what: 'an Event had been kept for an hour', rule: 'C022' },
};

export function describeComponent(component: string): Described {
  return COMPONENTS[component] ?? { who: `the ${component} controller`, rule: 'C001' };
}

/** Others are those of a controller's queue: it comes back to a key by itself. */
export function describeTimer(owner: string, component: string): { readonly what: string; readonly rule: string } {
  return (
    TIMERS[owner] ?? {
      what: `${describeComponent(component).who} came back to it by itself, as it had meant to`,
      rule: describeComponent(component).rule,
    }
  );
}
