// The documentation's chapters on pod lifecycle, probes, init containers, sidecars, hooks and termination: manifests of their kind, and what
// their pages say will happen.

import { describe } from 'vitest';
import { documented } from '../../support/documented.ts';

describe('pods', () => {
  documented('a pod of one server', pod('image: nginx:1.14.2\n    ports: [{containerPort: 80}]'), [
    { at: 0, shows: '0/1 ContainerCreating 0' },
    {
      at: 5,
      shows: '1/1 Running 0',
      events: [
        'Normal Scheduled Successfully assigned default/demo to node-',
        'Normal Pulling Pulling image "nginx:1.14.2"',
        'Normal Started Started container c',
      ],
    },
    { at: 3600, shows: '1/1 Running 0' },
  ]);

  documented(
    'a pod that prints once a second',
    pod(`image: busybox:1.28\n    args: [/bin/sh, -c, 'i=0; while true; do echo "$i: $(date)"; i=$((i+1)); sleep 1; done']`),
    [
      { at: 10, shows: '1/1 Running 0', log: /^0: Wed Jan +1 00:00:0\d UTC 2025\n1: / },
      { at: 60, log: /\n50: / },
    ],
  );

  documented(
    'a command and its arguments',
    pod('image: debian\n    command: ["printenv"]\n    args: ["HOSTNAME", "KUBERNETES_PORT"]', 'restartPolicy: OnFailure'),
    [{ at: 10, shows: '0/1 Completed 0', log: /^demo/ }],
  );

  documented(
    'two containers that share a volume',
    `
apiVersion: v1
kind: Pod
metadata: {name: two-containers}
spec:
  restartPolicy: Never
  volumes: [{name: shared-data, emptyDir: {}}]
  containers:
  - name: server
    image: nginx
    volumeMounts: [{name: shared-data, mountPath: /usr/share/nginx/html}]
  - name: writer
    image: debian
    volumeMounts: [{name: shared-data, mountPath: /pod-data}]
    command: ["/bin/sh"]
    args: ["-c", "echo Hello from the debian container > /pod-data/index.html"]
`,
    [
      { at: 10, shows: '1/2 NotReady 0', container: 'writer', log: [] },
      { at: 3600, shows: '1/2 NotReady 0' },
    ],
  );

  documented('a pod that ends with success', pod('image: busybox\n    command: [sh, -c, "echo done"]', 'restartPolicy: Never'), [
    { at: 10, shows: '0/1 Completed 0', status: { phase: 'Succeeded' }, log: ['done'] },
  ]);

  documented('a pod that fails and is not restarted', pod('image: busybox\n    command: [sh, -c, "exit 42"]', 'restartPolicy: Never'), [
    {
      at: 10,
      shows: '0/1 Error 0',
      status: { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 42, reason: 'Error' } } }] },
    },
  ]);

  documented(
    'a pod that fails and is restarted until it succeeds never comes to rest',
    pod('image: busybox\n    command: [sh, -c, "exit 1"]', 'restartPolicy: OnFailure'),
    [
      {
        at: 120,
        status: { phase: 'Running', containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] },
        events: ['Warning BackOff Back-off restarting failed container c in pod demo'],
      },
    ],
  );

  documented('an active deadline', pod('image: nginx', 'activeDeadlineSeconds: 30'), [
    { at: 20, shows: '1/1 Running 0' },
    { at: 40, status: { phase: 'Failed', reason: 'DeadlineExceeded' } },
  ]);

  documented(
    'an image that does not exist by its behaviour',
    pod('image: registry.example/missing:v1', '', `annotations: {orrery.sim/behavior.c: '{"pull": {"error": "not found"}}'}`),
    [
      {
        at: 4,
        shows: '0/1 ErrImagePull 0',
        events: ['Warning Failed Failed to pull image "registry.example/missing:v1"', 'Warning Failed Error: ErrImagePull'],
      },
      { at: 25, events: ['Normal BackOff Back-off pulling image "registry.example/missing:v1"'] },
    ],
  );

  documented('an image that may not be pulled', pod('image: nginx\n    imagePullPolicy: Never'), [
    {
      at: 5,
      shows: '0/1 ErrImageNeverPull 0',
      events: ['Warning ErrImageNeverPull Container image "nginx" is not present with pull policy of Never'],
    },
  ]);

  documented('an image name that cannot be', pod('image: "Nginx:latest"'), [{ at: 5, shows: '0/1 InvalidImageName 0' }]);
});

describe('probes', () => {
  documented(
    'an exec liveness probe on a file that goes away',
    pod(`image: registry.k8s.io/busybox
    args: [/bin/sh, -c, touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600]
    livenessProbe: {exec: {command: [cat, /tmp/healthy]}, initialDelaySeconds: 5, periodSeconds: 5}`),
    [
      { at: 30, shows: '1/1 Running 0' },
      { at: 40, events: ["Warning Unhealthy Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory"] },
      { at: 90, shows: '1/1 Running 1', events: ['Normal Killing Container c failed liveness probe, will be restarted'] },
    ],
  );

  documented(
    'an HTTP liveness probe of a server that is well for ten seconds',
    pod(`image: registry.k8s.io/e2e-test-images/agnhost:2.40
    args: [liveness]
    livenessProbe: {httpGet: {path: /healthz, port: 8080, httpHeaders: [{name: Custom-Header, value: Awesome}]}, initialDelaySeconds: 3, periodSeconds: 3}`),
    [
      { at: 10, shows: '1/1 Running 0' },
      { at: 40, events: ['Warning Unhealthy Liveness probe failed: HTTP probe failed with statuscode: 500'] },
      { at: 25, shows: '1/1 Running 1' },
    ].sort((a, b) => a.at - b.at),
  );

  documented(
    'TCP probes',
    pod(`image: registry.k8s.io/goproxy:0.1
    ports: [{containerPort: 8080}]
    readinessProbe: {tcpSocket: {port: 8080}, initialDelaySeconds: 15, periodSeconds: 10}
    livenessProbe: {tcpSocket: {port: 8080}, initialDelaySeconds: 15, periodSeconds: 10}`),
    [
      { at: 10, shows: '0/1 Running 0' },
      { at: 40, shows: '1/1 Running 0' },
      { at: 600, shows: '1/1 Running 0' },
    ],
  );

  documented(
    'a gRPC liveness probe',
    pod(`image: registry.k8s.io/etcd:3.5.1-0
    command: ["/usr/local/bin/etcd", "--data-dir", "/var/lib/etcd"]
    ports: [{containerPort: 2379}]
    livenessProbe: {grpc: {port: 2379}, initialDelaySeconds: 10}`),
    [{ at: 120, shows: '1/1 Running 0' }],
  );

  documented(
    'a named port',
    pod(`image: registry.example/web:v1
    ports: [{name: liveness-port, containerPort: 8080}]
    livenessProbe: {httpGet: {path: /healthz, port: liveness-port}}`),
    [{ at: 120, shows: '1/1 Running 0' }],
  );

  documented(
    'a startup probe protects a slow start',
    pod(
      `image: registry.example/slow:v1
    ports: [{name: web, containerPort: 8080}]
    livenessProbe: {httpGet: {path: /healthz, port: web}, failureThreshold: 1, periodSeconds: 10}
    startupProbe: {httpGet: {path: /healthz, port: web}, failureThreshold: 30, periodSeconds: 10}`,
      '',
      `annotations: {orrery.sim/behavior.c: '{"startup": "95s"}'}`,
    ),
    [
      { at: 60, shows: '0/1 Running 0', events: ['Warning Unhealthy Startup probe failed: Get "http://10.244.'] },
      { at: 130, shows: '1/1 Running 0' },
      { at: 3600, shows: '1/1 Running 0' },
    ],
  );

  documented(
    'a readiness probe takes a pod out of service and back',
    pod(
      `image: registry.example/app:v1
    ports: [{containerPort: 80}]
    readinessProbe: {httpGet: {path: /ready, port: 80}, periodSeconds: 5}`,
      '',
      `annotations: {orrery.sim/behavior.c: '{"http": [{"path": "/ready", "status": 503, "from": "30s", "until": "60s"}]}'}`,
    ),
    [
      { at: 20, shows: '1/1 Running 0' },
      { at: 55, shows: '0/1 Running 0', events: ['Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 503'] },
      { at: 80, shows: '1/1 Running 0' },
    ],
  );

  documented(
    'a probe of its own grace period',
    pod(
      `image: registry.example/app:v1
    ports: [{containerPort: 80}]
    livenessProbe: {httpGet: {path: /, port: 80}, failureThreshold: 1, periodSeconds: 60, terminationGracePeriodSeconds: 10}`,
      'terminationGracePeriodSeconds: 3600',
      `annotations: {orrery.sim/behavior.c: '{"http": [{"path": "/", "status": 500, "from": "30s"}], "sigterm": "ignore"}'}`,
    ),
    [
      { at: 65, shows: '1/1 Running 0' },
      { at: 90, shows: '1/1 Running 1' },
    ],
  );
});

describe('init containers and sidecars', () => {
  documented(
    'init containers wait for services that are not there',
    `
apiVersion: v1
kind: Pod
metadata: {name: myapp-pod}
spec:
  containers: [{name: myapp, image: 'busybox:1.28', command: [sh, -c, 'echo The app is running! && sleep 3600']}]
  initContainers:
  - name: init-myservice
    image: busybox:1.28
    command: [sh, -c, "until nslookup myservice.default.svc.cluster.local; do echo waiting for myservice; sleep 2; done"]
`,
    [
      { at: 5, shows: '0/1 Init:0/1 0' },
      { at: 60, shows: '0/1 Init:0/1 0', container: 'init-myservice', log: /waiting for myservice/ },
    ],
  );

  documented(
    'init containers run one after the other',
    `
apiVersion: v1
kind: Pod
metadata: {name: init-demo}
spec:
  volumes: [{name: workdir, emptyDir: {}}]
  initContainers:
  - {name: one, image: busybox, command: [sh, -c, "sleep 5; echo one >> /work/order"], volumeMounts: [{name: workdir, mountPath: /work}]}
  - {name: two, image: busybox, command: [sh, -c, "sleep 5; echo two >> /work/order"], volumeMounts: [{name: workdir, mountPath: /work}]}
  containers:
  - {name: main, image: busybox, command: [sh, -c, "cat /work/order; sleep 3600"], volumeMounts: [{name: workdir, mountPath: /work}]}
`,
    [
      { at: 4, shows: '0/1 Init:0/2 0' },
      { at: 11, shows: '0/1 Init:1/2 0' },
      { at: 30, shows: '1/1 Running 0', container: 'main', log: ['one', 'two'] },
    ],
  );

  documented(
    'an init container that fails is tried again',
    `
apiVersion: v1
kind: Pod
metadata: {name: failing-init}
spec:
  initContainers: [{name: setup, image: busybox, command: [sh, -c, "exit 1"]}]
  containers: [{name: main, image: nginx}]
`,
    [{ at: 60, status: { phase: 'Pending', initContainerStatuses: [{ name: 'setup', restartCount: 3 }] } }],
  );

  documented(
    'an init container that fails ends a pod that is never restarted',
    `
apiVersion: v1
kind: Pod
metadata: {name: failing-init}
spec:
  restartPolicy: Never
  initContainers: [{name: setup, image: busybox, command: [sh, -c, "exit 1"]}]
  containers: [{name: main, image: nginx}]
`,
    [{ at: 20, shows: '0/1 Init:Error 0', status: { phase: 'Failed' } }],
  );

  documented(
    'a sidecar starts first and follows the log',
    `
apiVersion: v1
kind: Pod
metadata: {name: sidecar-demo}
spec:
  volumes: [{name: data, emptyDir: {}}]
  initContainers:
  - name: logshipper
    image: alpine:latest
    restartPolicy: Always
    command: [sh, -c, 'tail -F /opt/logs.txt']
    volumeMounts: [{name: data, mountPath: /opt}]
  containers:
  - name: myapp
    image: alpine:latest
    command: [sh, -c, 'while true; do echo "logging" >> /opt/logs.txt; sleep 1; done']
    volumeMounts: [{name: data, mountPath: /opt}]
`,
    [
      { at: 10, shows: '2/2 Running 0', status: { initContainerStatuses: [{ name: 'logshipper', started: true }] } },
      { at: 600, shows: '2/2 Running 0' },
    ],
  );

  documented(
    'a sidecar does not keep a pod from completing',
    `
apiVersion: v1
kind: Pod
metadata: {name: sidecar-job}
spec:
  restartPolicy: Never
  initContainers: [{name: proxy, image: nginx, restartPolicy: Always}]
  containers: [{name: main, image: busybox, command: [sh, -c, "sleep 5; echo finished"]}]
`,
    [
      { at: 5, shows: '2/2 Running 0' },
      { at: 30, shows: '0/2 Completed 0', container: 'main', log: ['finished'], status: { phase: 'Succeeded' } },
    ],
  );
});

describe('hooks and termination', () => {
  documented(
    'handlers of postStart and preStop',
    pod(`image: nginx
    lifecycle:
      postStart: {exec: {command: ["/bin/sh", "-c", "echo Hello from the postStart handler > /usr/share/message"]}}
      preStop: {exec: {command: ["/bin/sh", "-c", "nginx -s quit; sleep 2"]}}`),
    [
      { at: 10, shows: '1/1 Running 0' },
      {
        at: 11,
        first: (cluster) => void cluster.remove('demo'),
        shows: '1/1 Terminating 0',
        events: ['Normal Killing Stopping container c'],
      },
    ],
  );

  documented('a postStart handler that fails', pod(`image: nginx\n    lifecycle: {postStart: {exec: {command: [sh, -c, "exit 3"]}}}`), [
    { at: 20, events: ['Warning FailedPostStartHook PostStartHook failed', 'Normal Killing FailedPostStartHook'] },
  ]);

  documented(
    'a sleeping preStop hook counts against the grace period',
    pod('image: nginx\n    lifecycle: {preStop: {sleep: {seconds: 5}}}', 'terminationGracePeriodSeconds: 20'),
    [
      { at: 10, first: (cluster) => void cluster.remove('demo'), shows: '1/1 Terminating 0' },
      { at: 14, shows: '1/1 Terminating 0' },
    ],
  );

  documented(
    'a message for those who look at what ended',
    pod(
      'image: debian\n    command: ["/bin/sh"]\n    args: ["-c", "sleep 10 && echo Sleep expired > /dev/termination-log"]',
      'restartPolicy: Never',
    ),
    [{ at: 30, status: { containerStatuses: [{ state: { terminated: { exitCode: 0, message: 'Sleep expired\n' } } }] } }],
  );

  documented(
    'a message path of its own',
    pod(
      'image: debian\n    terminationMessagePath: /tmp/my-log\n    command: [sh, -c, "echo bye > /tmp/my-log; exit 2"]',
      'restartPolicy: Never',
    ),
    [{ at: 20, status: { containerStatuses: [{ state: { terminated: { exitCode: 2, message: 'bye\n' } } }] } }],
  );

  documented(
    'a process that ignores SIGTERM is killed at the end of its grace',
    pod('image: busybox\n    command: [sh, -c, "trap \\"\\" TERM; while true; do sleep 1; done"]', 'terminationGracePeriodSeconds: 15'),
    [
      { at: 10, first: (cluster) => void cluster.remove('demo'), shows: '1/1 Terminating 0' },
      { at: 24, shows: '1/1 Terminating 0' },
    ],
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
