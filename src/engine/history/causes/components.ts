// Who does what, in words, and the rules by which it is done: ids of docs/rules, or sections of docs/contract.md.

import { type Message, say } from '../words/message.ts';

interface Described {
  readonly who: Message;
  readonly rule: string;
}

/** By name of the component. */
const COMPONENTS: Readonly<Record<string, Described>> = {
  scheduler: { who: say('scheduler'), rule: 'C801' },
  deployment: { who: say('deploymentController'), rule: 'C204' },
  replicaset: { who: say('replicaSetController'), rule: 'C121' },
  replicationcontroller: { who: say('replicationController'), rule: 'C163' },
  statefulset: { who: say('statefulSetController'), rule: 'C422' },
  daemonset: { who: say('daemonSetController'), rule: 'C404' },
  job: { who: say('jobController'), rule: 'C307' },
  cronjob: { who: say('cronJobController'), rule: 'C342' },
  endpoints: { who: say('endpointsController'), rule: 'C510' },
  endpointslice: { who: say('endpointSliceController'), rule: 'C510' },
  'horizontal-pod-autoscaler': { who: say('autoscalerController'), rule: 'C601' },
  disruption: { who: say('disruptionController'), rule: 'C755' },
  'node-lifecycle': { who: say('nodeLifecycleController'), rule: 'C704' },
  'taint-eviction': { who: say('taintEvictionController'), rule: 'C721' },
  'pod-garbage-collector': { who: say('podCollector'), rule: 'C741' },
  'garbage-collector': { who: say('garbageCollector'), rule: 'C901' },
  namespace: { who: say('namespaceController'), rule: 'C917' },
  'ttl-after-finished': { who: say('jobTtlController'), rule: 'C328' },
  serviceaccount: { who: say('serviceAccountController'), rule: 'C925' },
  'root-ca': { who: say('rootCertificatePublisher'), rule: 'C926' },
  persistentvolume: { who: say('volumeController'), rule: 'C931' },
  'flow-control': { who: say('apiServer'), rule: 'C941' },
  'api-service': { who: say('apiServiceRegistrar'), rule: 'C942' },
  'service-cidr': { who: say('serviceCidrController'), rule: 'C943' },
  'validatingadmissionpolicy-status': { who: say('admissionPolicyController'), rule: 'C944' },
  certificates: { who: say('certificateSigner'), rule: 'C945' },
  'cluster-role-aggregation': { who: say('roleAggregator'), rule: 'Q10' },
  kubelet: { who: say('kubelet'), rule: 'K110' },
  'event-ttl': { who: say('apiServer'), rule: 'C022' },
  faults: { who: say('fault'), rule: 'contract, section 6' },
};

/** By owner of the timer: what it means that the timer fired. */
const TIMERS: Readonly<Record<string, { readonly sentence: Message; readonly rule: string }>> = {
  'scheduler.backoff': { sentence: say('schedulingBackoffOver'), rule: 'C805' },
  'scheduler.leftover': { sentence: say('waitedUnschedulable'), rule: 'C804' },
  'scheduler.volumes': { sentence: say('waitForVolumesOver'), rule: 'C810' },
  'node-lifecycle.pass': { sentence: say('lookedAtHeartbeats'), rule: 'C702' },
  'node-lifecycle.taint': { sentence: say('taintDue'), rule: 'C712' },
  'taint-eviction': { sentence: say('tolerationOver'), rule: 'C723' },
  'pod-gc': { sentence: say('podCollectorCame'), rule: 'C741' },
  'kubelet.relist': { sentence: say('kubeletSawContainers'), rule: 'K005' },
  'kubelet.step': { sentence: say('nextStepDue'), rule: 'K201' },
  'kubelet.sync-tick': { sentence: say('kubeletCameBack'), rule: 'K121' },
  'kubelet.process': { sentence: say('processActed'), rule: 'contract, section 5' },
  'kubelet.exec': { sentence: say('execWentOn'), rule: 'contract, section 5' },
  'kubelet.mount': { sentence: say('volumesMounted'), rule: 'K210' },
  'kubelet.deadline': { sentence: say('deadlineOver'), rule: 'K520' },
  'kubelet.eviction': { sentence: say('nodeEvicted'), rule: 'K531' },
  'kubelet.status-reconcile': { sentence: say('statusWrittenAgain'), rule: 'K706' },
  'kubelet.probe.liveness': { sentence: say('livenessResult'), rule: 'K410' },
  'kubelet.probe.readiness': { sentence: say('readinessResult'), rule: 'K410' },
  'kubelet.probe.startup': { sentence: say('startupResult'), rule: 'K410' },
  'fault.start': { sentence: say('faultBegan'), rule: 'contract, section 6' },
  'fault.end': { sentence: say('faultOver'), rule: 'contract, section 6' },
  'event-ttl': { sentence: say('eventExpired'), rule: 'C022' },
};

export function describeComponent(component: string): Described {
  return COMPONENTS[component] ?? { who: say('otherController', { name: component }), rule: 'C001' };
}

/** Others are those of a controller's queue: it comes back to a key by itself. */
export function describeTimer(owner: string, component: string): { readonly sentence: Message; readonly rule: string } {
  return (
    TIMERS[owner] ?? {
      sentence: say('cameBack', { who: describeComponent(component).who }),
      rule: describeComponent(component).rule,
    }
  );
}
