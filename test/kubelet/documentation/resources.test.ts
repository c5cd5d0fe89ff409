// The documentation's chapters on resources, quality of service, assigning pods to nodes and security contexts.

import { describe } from 'vitest';
import { documented } from '../../support/documented.ts';

describe('resources', () => {
  documented(
    'a request and a limit that fit',
    pod('image: nginx\n    resources: {requests: {memory: 100Mi, cpu: 500m}, limits: {memory: 200Mi, cpu: "1"}}'),
    [{ at: 10, shows: '1/1 Running 0', status: { qosClass: 'Burstable' } }],
  );

  documented(
    'a process over its memory limit is killed, and again',
    pod(
      'image: registry.example/stress\n    resources: {requests: {memory: 50Mi}, limits: {memory: 100Mi}}',
      '',
      `annotations: {orrery.sim/behavior.c: '{"memory": [{"value": "250Mi", "from": "2s"}]}'}`,
    ),
    [{ at: 60, status: { containerStatuses: [{ lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }] } }],
  );

  documented('a request that no node has', pod('image: nginx\n    resources: {requests: {memory: 1000Gi}, limits: {memory: 1000Gi}}'), [
    { at: 60, shows: '0/1 Pending 0', events: ['Warning FailedScheduling 0/2 nodes are available: 2 Insufficient memory.'] },
  ]);

  documented('too much cpu', pod('image: nginx\n    resources: {requests: {cpu: "100"}, limits: {cpu: "100"}}'), [
    { at: 60, shows: '0/1 Pending 0', events: ['2 Insufficient cpu'] },
  ]);
});

describe('quality of service', () => {
  documented('guaranteed', pod('image: nginx\n    resources: {limits: {memory: 200Mi, cpu: 700m}, requests: {memory: 200Mi, cpu: 700m}}'), [
    { at: 5, status: { qosClass: 'Guaranteed' } },
  ]);
  documented('limits alone are guaranteed', pod('image: nginx\n    resources: {limits: {memory: 200Mi, cpu: 700m}}'), [
    { at: 5, status: { qosClass: 'Guaranteed' } },
  ]);
  documented('burstable', pod('image: nginx\n    resources: {limits: {memory: 200Mi}, requests: {memory: 100Mi}}'), [
    { at: 5, status: { qosClass: 'Burstable' } },
  ]);
  documented('best effort', pod('image: nginx'), [{ at: 5, status: { qosClass: 'BestEffort' } }]);
});

describe('nodes', () => {
  documented('a selector of a node that is not there', pod('image: nginx', 'nodeSelector: {disktype: ssd}'), [
    { at: 30, shows: '0/1 Pending 0', events: ["2 node(s) didn't match Pod's node affinity/selector"] },
  ]);

  documented('a node by its name', pod('image: nginx', 'nodeName: node-2'), [{ at: 10, shows: '1/1 Running 0' }]);

  documented(
    'required affinity',
    pod(
      'image: nginx',
      'affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-2]}]}]}}}',
    ),
    [{ at: 10, shows: '1/1 Running 0', events: ['Successfully assigned default/demo to node-2'] }],
  );

  documented(
    'preferred affinity',
    pod(
      'image: nginx',
      'affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-1]}]}}]}}',
    ),
    [{ at: 10, events: ['Successfully assigned default/demo to node-1'] }],
  );

  documented('a scheduler of another name leaves the pod alone', pod('image: nginx', 'schedulerName: my-scheduler'), [
    { at: 60, shows: '0/1 Pending 0' },
  ]);

  documented(
    'scheduling gates',
    pod('image: registry.k8s.io/pause:3.6', 'schedulingGates: [{name: example.com/foo}, {name: example.com/bar}]'),
    [{ at: 60, shows: '0/1 SchedulingGated 0' }],
  );

  documented(
    'a toleration of what no node has',
    pod('image: nginx', 'tolerations: [{key: example-key, operator: Exists, effect: NoSchedule}]'),
    [{ at: 10, shows: '1/1 Running 0' }],
  );

  documented('a host port is free once on each node', pod('image: nginx\n    ports: [{containerPort: 80, hostPort: 8080}]'), [
    { at: 10, shows: '1/1 Running 0' },
  ]);
});

describe('security', () => {
  documented('a user that must not be root and has no number', pod('image: nginx', 'securityContext: {runAsNonRoot: true}'), [
    { at: 10, shows: '0/1 CreateContainerConfigError 0', events: ['container has runAsNonRoot and image will run as root'] },
  ]);

  documented('a user with a number', pod('image: nginx', 'securityContext: {runAsNonRoot: true, runAsUser: 1000}'), [
    { at: 10, shows: '0/1 CrashLoopBackOff 1', log: /mkdir\(\) "\/var\/cache\/nginx\/client_temp" failed \(13: Permission denied\)/ },
  ]);

  documented(
    'a host name and a subdomain',
    pod('image: busybox\n    command: [sh, -c, "hostname; sleep 3600"]', 'hostname: busybox-1\n  subdomain: busybox-subdomain'),
    [{ at: 10, shows: '1/1 Running 0', log: ['busybox-1'] }],
  );

  documented('the network of the host', pod('image: nginx', 'hostNetwork: true'), [{ at: 10, shows: '1/1 Running 0' }]);

  documented(
    'names in /etc/hosts',
    pod(
      'image: busybox\n    command: [sh, -c, "cat /etc/hosts"]',
      'restartPolicy: Never\n  hostAliases: [{ip: 127.0.0.1, hostnames: [foo.local, bar.local]}, {ip: 10.1.2.3, hostnames: [foo.remote]}]',
    ),
    [{ at: 10, log: /127\.0\.0\.1\tfoo\.local\tbar\.local\n10\.1\.2\.3\tfoo\.remote/ }],
  );
});

/** A pod `demo` of one container `c`. */
function pod(container: string, spec = '', metadata = ''): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: demo
  ${metadata}
spec:
  ${spec}
  containers:
  - name: c
    ${container}
`;
}
