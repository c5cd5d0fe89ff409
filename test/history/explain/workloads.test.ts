// Why workloads have not what they want.

import { describe } from 'vitest';
import { itExplains, workload } from './cases.ts';

describe('a Deployment that', () => {
  itExplains([
    {
      title: 'is rolled out',
      yaml: workload('Deployment', 'replicas: 2'),
      about: 'deployments.apps/web',
      says: ['healthy: Nothing is wrong with deployments/web: ready 2/2, up-to-date 2, available 2, age 30s.'],
    },
    {
      title: 'rolls out an image that is not there',
      yaml: workload('Deployment', 'replicas: 3'),
      then: (cluster) => {
        cluster.patch('deployments.apps/web', {
          spec: { template: { spec: { containers: [{ name: 'app', image: 'nginx:2', imagePullPolicy: 'Never' }] } } },
        });
        cluster.advance(30_000);
      },
      about: 'deployments.apps/web',
      says: [
        'rollout-in-progress: The rollout goes on, and counts as failed at 00:10:30Z unless it progresses; its new ReplicaSet web-66d67b959b has 0 of 3 pods available, and 3 pods of web-b4fc9945c are still there. The strategy allows 25% more and 25% fewer than 3 pods.',
        'image-never-pulled: pods/web-66d67b959b-5jmjj: The container "app" waits for the image nginx:2, which is not on node-1, and its pull policy is Never.',
      ],
    },
    {
      title: 'is over its deadline',
      yaml: workload('Deployment', 'replicas: 2\nprogressDeadlineSeconds: 60', 'readinessProbe: {exec: {command: ["false"]}}'),
      seconds: 120,
      about: 'deployments.apps/web',
      says: [
        'progress-deadline-exceeded: The rollout is stuck: it has not progressed for more than its progressDeadlineSeconds of 60s; its new ReplicaSet web-5f47877c95 has 0 of 2 pods available. The strategy allows 25% more and 25% fewer than 2 pods.',
        'readiness-probe: pods/web-5f47877c95-jgvcb, and 1 other pod likewise: The container "app" is not ready since 00:00:00Z: its readiness probe (the command "false", every 10s) failed; at 00:01:51Z it got: it ended with another code than 0. It counts as failed after 3 failures in a row, and as passed after 1 success; 13 failures in a row so far.',
      ],
    },
    {
      title: 'is paused',
      yaml: workload('Deployment', 'replicas: 1'),
      then: (cluster) => {
        cluster.patch('deployments.apps/web', { spec: { paused: true } });
        cluster.advance(5_000);
      },
      about: 'deployments.apps/web',
      says: ['paused: The Deployment is paused: changes of its template are not rolled out.'],
    },
    {
      title: 'meets a quota',
      yaml: `{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {pods: "1"}}}\n---${workload('Deployment', 'replicas: 2')}`,
      about: 'deployments.apps/web',
      says: [
        'rollout-in-progress: The rollout goes on, and counts as failed at 00:10:04Z unless it progresses; its new ReplicaSet web-b4fc9945c has 1 of 2 pods available. The strategy allows 25% more and 25% fewer than 2 pods.',
        'quota-exceeded: The API server refuses its pods, the last one at 00:00:25Z: pods "web-b4fc9945c-bfp7x" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1.',
      ],
    },
  ]);
});

describe('a ReplicaSet that', () => {
  itExplains([
    {
      title: 'has pods that the nodes have no room for',
      yaml: workload('ReplicaSet', 'replicas: 3', 'resources: {requests: {cpu: "3"}}'),
      about: 'replicasets.apps/web',
      says: [
        'replicas-unavailable: Pods available: 1 of 3.',
        'insufficient-cpu: pods/web-45dwl, and 1 other pod likewise: Not scheduled: the pod requests 3 of cpu, but node-1 has 1 of 4 left.',
      ],
    },
    {
      title: 'meets a LimitRange',
      yaml: `{apiVersion: v1, kind: LimitRange, metadata: {name: small}, spec: {limits: [{type: Container, max: {cpu: "1"}}]}}\n---${workload('ReplicaSet', 'replicas: 1', 'resources: {requests: {cpu: "3"}, limits: {cpu: "3"}}')}`,
      about: 'replicasets.apps/web',
      says: [
        'replicas-unavailable: Pods available: 0 of 1.',
        'limit-range: The API server refuses its pods, the last one at 00:00:20Z: pods "web-f7r6z" is forbidden: maximum cpu usage per Container is 1, but limit is 3.',
      ],
    },
    {
      title: 'has a quota that asks for requests',
      yaml: `{apiVersion: v1, kind: ResourceQuota, metadata: {name: cpu}, spec: {hard: {requests.cpu: "1"}}}\n---${workload('ReplicaSet', 'replicas: 1')}`,
      about: 'replicasets.apps/web',
      says: [
        'replicas-unavailable: Pods available: 0 of 1.',
        'quota-needs-requests: The API server refuses its pods, the last one at 00:00:20Z: pods "web-f7r6z" is forbidden: failed quota: cpu: must specify requests.cpu for: app.',
      ],
    },
    {
      title: 'violates the pod security of its namespace',
      yaml: workload('ReplicaSet', 'replicas: 0', 'securityContext: {privileged: true}'),
      then: (cluster) => {
        cluster.patch('namespaces/default', { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } } });
        cluster.patch('replicasets.apps/web', { spec: { replicas: 1 } });
        cluster.advance(5_000);
      },
      about: 'replicasets.apps/web',
      says: [
        'replicas-unavailable: Pods available: 0 of 1.',
        'pod-security: The API server refuses its pods, the last one at 00:00:32Z: pods "web-f62q6" is forbidden: violates PodSecurity "baseline:latest": privileged (container "app" must not set securityContext.privileged=true).',
      ],
    },
    {
      title: 'names a service account that is not there',
      yaml: workload('ReplicaSet', 'replicas: 1', '', 'serviceAccountName: robot'),
      about: 'replicasets.apps/web',
      says: [
        'replicas-unavailable: Pods available: 0 of 1.',
        'service-account-missing: The API server refuses its pods, the last one at 00:00:20Z: pods "web-" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found.',
      ],
    },
    {
      title: 'waits for its minReadySeconds',
      yaml: workload('ReplicaSet', 'replicas: 1\nminReadySeconds: 60'),
      about: 'replicasets.apps/web',
      says: ['replicas-unavailable: Pods available: 0 of 1; 1 more has not been ready for its minReadySeconds of 60s.'],
    },
  ]);
});

describe('a StatefulSet that', () => {
  itExplains([
    {
      title: 'waits for an ordinal',
      yaml: workload('StatefulSet', 'replicas: 3\nserviceName: web', 'readinessProbe: {exec: {command: ["false"]}}'),
      about: 'statefulsets.apps/web',
      says: [
        'waits-for-ordinal: The StatefulSet waits for web-0, which is not ready; web-1 and web-2 are not made before it is ready.',
        'readiness-probe: pods/web-0: The container "app" is not ready since 00:00:00Z: its readiness probe (the command "false", every 10s) failed; at 00:00:26Z it got: it ended with another code than 0. It counts as failed after 3 failures in a row, and as passed after 1 success; 4 failures in a row so far.',
      ],
    },
    {
      title: 'keeps a partition as it is',
      yaml: workload('StatefulSet', 'replicas: 2\nserviceName: web\nupdateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}}'),
      then: (cluster) => {
        cluster.patch('statefulsets.apps/web', { spec: { template: { metadata: { annotations: { v: '2' } } } } });
        cluster.advance(60_000);
      },
      about: 'statefulsets.apps/web',
      says: ['update-partitioned: 1 pod has an older template: the partition 1 keeps the ordinals below it as they are.'],
    },
    {
      title: 'updates when somebody deletes',
      yaml: workload('StatefulSet', 'replicas: 1\nserviceName: web\nupdateStrategy: {type: OnDelete}'),
      then: (cluster) => {
        cluster.patch('statefulsets.apps/web', { spec: { template: { metadata: { annotations: { v: '2' } } } } });
        cluster.advance(60_000);
      },
      about: 'statefulsets.apps/web',
      says: ['update-on-delete: 1 pod has an older template: the update strategy OnDelete replaces a pod only when somebody deletes it.'],
    },
  ]);
});

describe('a DaemonSet that', () => {
  itExplains([
    {
      title: 'leaves a node out',
      config: {
        nodes: [
          { name: 'a', labels: {}, taints: [], capacity: { cpu: '4', memory: '16Gi', pods: '110' } },
          {
            name: 'b',
            labels: {},
            taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }],
            capacity: { cpu: '4', memory: '16Gi', pods: '110' },
          },
        ],
      },
      yaml: workload('DaemonSet', ''),
      about: 'daemonsets.apps/web',
      says: ['daemon-not-on-node: There is no pod on b: it has the taint gpu=yes:NoSchedule, which the template does not tolerate.'],
    },
    {
      title: 'selects no node',
      yaml: workload('DaemonSet', '', '', 'nodeSelector: {disk: ssd}'),
      about: 'daemonsets.apps/web',
      says: [
        'daemon-not-on-node: There is no pod on node-1: its labels do not match the node selector or the node affinity of the template.',
      ],
    },
  ]);
});

describe('a Job that', () => {
  itExplains([
    {
      title: 'failed too often',
      yaml: workload('Job', 'backoffLimit: 1', 'command: [sh, -c, "exit 3"]', 'restartPolicy: Never').replace('nginx', 'busybox'),
      seconds: 120,
      about: 'jobs.batch/web',
      says: [
        'backoff-limit-exceeded: The Job failed at 00:00:17Z: Job has reached the specified backoff limit; its backoffLimit is 1, and 2 pods had failed.',
        'container-failed: pods/web-98n7x, and 1 other pod likewise: The container "app" ended at 00:00:03Z with code 3 (Error) and is not started again: the restart policy is Never.',
      ],
    },
    {
      title: 'waits for its back-off',
      yaml: workload('Job', 'backoffLimit: 4', 'command: [sh, -c, "exit 3"]', 'restartPolicy: Never').replace('nginx', 'busybox'),
      seconds: 12,
      about: 'jobs.batch/web',
      says: [
        'job-retries: 1 pod of the Job has failed; it bears 4, and makes the next one when its back-off is over: 10 s, doubled with each failure, up to six minutes.',
        'container-failed: pods/web-98n7x: The container "app" ended at 00:00:03Z with code 3 (Error) and is not started again: the restart policy is Never.',
      ],
    },
    {
      title: 'takes longer than it may',
      yaml: workload('Job', 'activeDeadlineSeconds: 20', '', 'restartPolicy: Never'),
      seconds: 120,
      about: 'jobs.batch/web',
      says: [
        'job-deadline-exceeded: The Job failed at 00:00:21Z: Job was active longer than specified deadline; its activeDeadlineSeconds is 20, and 1 pod had failed.',
      ],
    },
    {
      title: 'is suspended',
      yaml: workload('Job', 'suspend: true', '', 'restartPolicy: Never'),
      about: 'jobs.batch/web',
      says: ['suspended: The Job is suspended: it makes no pods.'],
    },
  ]);
});

describe('a CronJob that', () => {
  const cron = (spec: string): string => `
apiVersion: batch/v1
kind: CronJob
metadata: {name: web}
spec:
  schedule: "* * * * *"
  ${spec}
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: app, image: nginx}]}}}}`;
  itExplains([
    {
      title: 'is suspended, and starts nothing',
      yaml: cron('suspend: true'),
      about: 'cronjobs.batch/web',
      says: ['suspended: The CronJob is suspended: it starts no Jobs.'],
    },
    {
      title: 'does not start beside itself',
      yaml: cron('concurrencyPolicy: Forbid'),
      seconds: 150,
      about: 'cronjobs.batch/web',
      says: [
        'concurrency-forbidden: The CronJob starts no new Job while jobs/web-29453761 goes on: its concurrency policy is Forbid; it left out a time at 00:02:00Z.',
      ],
    },
  ]);
});
