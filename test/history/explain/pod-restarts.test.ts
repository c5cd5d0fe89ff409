// Why containers were restarted, and are not started again.

import { describe } from 'vitest';
import { behaving, itExplains, pod, strike } from './cases.ts';

describe('a pod whose container', () => {
  itExplains([
    {
      title: 'ends with an error each time',
      yaml: pod('', '', 'web', behaving({ run: { for: '2s', exitCode: 3 } })),
      seconds: 60,
      about: 'pods/web',
      says: ['container-ended: The container "app" ended at 00:00:55Z with code 3 (Error) and is started again not before 00:01:35Z.'],
    },
    {
      title: 'ends with an error each time, said a little later',
      yaml: pod('', '', 'web', behaving({ run: { for: '2s', exitCode: 3 } })),
      seconds: 70,
      about: 'pods/web',
      says: [
        'crash-loop-back-off: The container "app" keeps ending: after 3 restarts, its last run ended at 00:00:55Z with code 3 (Error). It is started again not before 00:01:35Z; the pause doubles each time, up to five minutes.',
      ],
    },
    {
      title: 'has ended once, and runs',
      yaml: pod('', '', 'web', behaving({ run: [{ for: '2s', exitCode: 1 }, 'forever'] })),
      seconds: 60,
      about: 'pods/web',
      says: ['restarted: The container "app" was restarted once: its last run ended at 00:00:05Z with code 1 (Error).'],
    },
    {
      title: 'uses more memory than it may',
      yaml: pod('', 'resources: {limits: {memory: 64Mi}}'),
      then: (cluster) => {
        strike(cluster, { type: 'container-oom', namespace: 'default', pod: 'web', container: null });
        cluster.advance(5_000);
      },
      about: 'pods/web',
      says: [
        'restarted: The container "app" was restarted once: its last run was killed at 00:00:30Z for using more memory than its limit of 64Mi (OOMKilled, code 137).',
      ],
    },
    {
      title: 'fails its liveness probe',
      yaml: pod(
        '',
        'ports: [{containerPort: 80}]\nlivenessProbe: {httpGet: {path: /live, port: 80}, periodSeconds: 5}',
        'web',
        behaving({ http: [{ path: '/live', status: 500 }] }),
      ),
      seconds: 45,
      about: 'pods/web',
      says: [
        'restarted: The container "app" was restarted 2 times: its last run was ended by the kubelet at 00:00:30Z, with code 0 (Completed), because its liveness probe (GET /live on port 80, every 5s) had failed 3 times in a row; its newest failure, at 00:00:40Z, got: HTTP probe failed with statuscode: 500.',
      ],
    },
    {
      title: 'fails its startup probe',
      yaml: pod(
        '',
        'ports: [{containerPort: 80}]\nstartupProbe: {httpGet: {path: /up, port: 80}, periodSeconds: 2}',
        'web',
        behaving({ http: [{ path: '/up', status: 500 }] }),
      ),
      seconds: 60,
      about: 'pods/web',
      says: [
        'crash-loop-back-off: The container "app" keeps ending: after 4 restarts, its last run was ended by the kubelet at 00:00:46Z, with code 0 (Completed), because its startup probe (GET /up on port 80, every 2s) had failed 3 times in a row; at 00:00:46Z it got: HTTP probe failed with statuscode: 500. It is started again not before 00:01:26Z; the pause doubles each time, up to five minutes.',
      ],
    },
    {
      title: 'is killed by a signal',
      yaml: pod(),
      then: (cluster) => {
        strike(cluster, { type: 'container-kill', namespace: 'default', pod: 'web', container: null, exitCode: 137 });
        cluster.advance(10_000);
      },
      about: 'pods/web',
      says: ['restarted: The container "app" was restarted once: its last run ended at 00:00:30Z with code 137 (SIGKILL).'],
    },
    {
      title: 'is killed by its liveness probe so often that events about it are dropped',
      yaml: pod('', 'livenessProbe: {httpGet: {path: /healthz, port: 80}, periodSeconds: 5, failureThreshold: 2}'),
      seconds: 600,
      about: 'pods/web',
      says: [
        'crash-loop-back-off: The container "app" keeps ending: after 7 restarts, its last run was ended by the kubelet at 00:06:45Z, with code 0 (Completed), because its liveness probe (GET /healthz on port 80, every 5s) had failed 2 times in a row. It is started again not before 00:11:45Z; the pause doubles each time, up to five minutes.',
      ],
    },
    {
      title: 'fails, and is not to be restarted',
      yaml: pod('restartPolicy: Never', '', 'web', behaving({ run: { for: '2s', exitCode: 4 } })),
      about: 'pods/web',
      says: [
        'container-failed: The container "app" ended at 00:00:05Z with code 4 (Error) and is not started again: the restart policy is Never.',
      ],
    },
    {
      title: 'waits for an init container that fails',
      yaml: pod('initContainers: [{name: setup, image: busybox, command: [sh, -c, "exit 2"]}]'),
      about: 'pods/web',
      says: [
        'container-ended: The init container "setup" ended at 00:00:20Z with code 2 (Error) and is started again not before 00:00:40Z.',
      ],
    },
  ]);
});
