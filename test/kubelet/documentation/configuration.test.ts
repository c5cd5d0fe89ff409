// The documentation's chapters on environment variables, ConfigMaps, Secrets, the downward API and volumes.

import { describe } from 'vitest';
import { documented } from '../../support/documented.ts';

const CONFIG = `
apiVersion: v1
kind: ConfigMap
metadata: {name: special-config}
data: {SPECIAL_LEVEL: very, SPECIAL_TYPE: charm, special.how: very}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: env-config}
data: {log_level: INFO}
---
`;

const SECRET = `
apiVersion: v1
kind: Secret
metadata: {name: test-secret}
data: {username: bXktYXBw, password: Mzk1MjgkdmRnN0pi}
---
`;

describe('environment variables', () => {
  documented(
    'values of the manifest',
    pod(
      `image: bash\n    command: [bash, -c, 'echo "$DEMO_GREETING / $DEMO_FAREWELL"']\n    env: [{name: DEMO_GREETING, value: Hello from the environment}, {name: DEMO_FAREWELL, value: Such a sweet sorrow}]`,
    ),
    [{ at: 10, log: ['Hello from the environment / Such a sweet sorrow'] }],
  );

  documented(
    'variables that use others',
    pod(`image: busybox
    command: [sh, -c]
    args: ['printf "UNCHANGED_REFERENCE=$UNCHANGED_REFERENCE\\n"; printf "SERVICE_ADDRESS=$SERVICE_ADDRESS\\n"; printf "ESCAPED_REFERENCE=$ESCAPED_REFERENCE\\n"']
    env:
    - {name: SERVICE_PORT, value: "80"}
    - {name: SERVICE_IP, value: "172.17.0.1"}
    - {name: UNCHANGED_REFERENCE, value: "$(PROTOCOL)://$(SERVICE_IP):$(SERVICE_PORT)"}
    - {name: PROTOCOL, value: "https"}
    - {name: SERVICE_ADDRESS, value: "$(PROTOCOL)://$(SERVICE_IP):$(SERVICE_PORT)"}
    - {name: ESCAPED_REFERENCE, value: "$$(PROTOCOL)://$(SERVICE_IP):$(SERVICE_PORT)"}`),
    [
      {
        at: 10,
        log: [
          'UNCHANGED_REFERENCE=$(PROTOCOL)://172.17.0.1:80',
          'SERVICE_ADDRESS=https://172.17.0.1:80',
          'ESCAPED_REFERENCE=$(PROTOCOL)://172.17.0.1:80',
        ],
      },
    ],
  );

  documented(
    'variables in a command',
    pod(
      `image: bash\n    env: [{name: GREETING, value: Warm greetings to}, {name: HONORIFIC, value: The Most Honorable}, {name: NAME, value: Kubernetes}]\n    command: ["echo"]\n    args: ["$(GREETING) $(HONORIFIC) $(NAME)"]`,
    ),
    [{ at: 10, log: ['Warm greetings to The Most Honorable Kubernetes'] }],
  );

  documented(
    'fields of the pod',
    pod(`image: busybox
    command: [sh, -c, 'printenv MY_POD_NAME MY_POD_NAMESPACE; echo $MY_NODE_NAME $MY_POD_IP $MY_POD_SERVICE_ACCOUNT']
    env:
    - {name: MY_NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    - {name: MY_POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: MY_POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
    - {name: MY_POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
    - {name: MY_POD_SERVICE_ACCOUNT, valueFrom: {fieldRef: {fieldPath: spec.serviceAccountName}}}`),
    [{ at: 10, log: /^demo\n(?:default\n)?node-\d 10\.244\.\d+\.\d+ default$/ }],
  );

  documented(
    'resources of the container',
    pod(`image: busybox
    command: [sh, -c, 'echo $CPU_REQUEST $CPU_LIMIT $MEM_REQUEST $MEM_LIMIT']
    resources: {requests: {memory: 32Mi, cpu: 125m}, limits: {memory: 64Mi, cpu: 250m}}
    env:
    - {name: CPU_REQUEST, valueFrom: {resourceFieldRef: {containerName: c, resource: requests.cpu}}}
    - {name: CPU_LIMIT, valueFrom: {resourceFieldRef: {containerName: c, resource: limits.cpu}}}
    - {name: MEM_REQUEST, valueFrom: {resourceFieldRef: {containerName: c, resource: requests.memory}}}
    - {name: MEM_LIMIT, valueFrom: {resourceFieldRef: {containerName: c, resource: limits.memory}}}`),
    [{ at: 10, log: ['1 1 33554432 67108864'] }],
  );
});

describe('ConfigMaps', () => {
  documented(
    'a key as a variable',
    CONFIG +
      pod(
        `image: busybox\n    command: [sh, -c, 'echo $LEVEL $LOG']\n    env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: special-config, key: special.how}}}, {name: LOG, valueFrom: {configMapKeyRef: {name: env-config, key: log_level}}}]`,
      ),
    [{ at: 10, log: ['very INFO'] }],
  );

  documented(
    'all keys as variables',
    CONFIG +
      pod(
        `image: busybox\n    command: [sh, -c, 'echo $SPECIAL_LEVEL $SPECIAL_TYPE $P_log_level']\n    envFrom: [{configMapRef: {name: special-config}}, {prefix: P_, configMapRef: {name: env-config}}]`,
      ),
    [{ at: 10, log: ['very charm INFO'] }],
  );

  documented(
    'keys as files',
    CONFIG +
      pod(
        `image: busybox\n    command: [sh, -c, 'ls /etc/config; cat /etc/config/SPECIAL_TYPE']\n    volumeMounts: [{name: config, mountPath: /etc/config}]`,
        'volumes: [{name: config, configMap: {name: special-config}}]',
      ),
    [{ at: 10, log: ['SPECIAL_LEVEL', 'SPECIAL_TYPE', 'special.how', 'charm'] }],
  );

  documented(
    'one key as a file of another name',
    CONFIG +
      pod(
        `image: busybox\n    command: [sh, -c, 'cat /etc/config/keys']\n    volumeMounts: [{name: config, mountPath: /etc/config}]`,
        'volumes: [{name: config, configMap: {name: special-config, items: [{key: SPECIAL_LEVEL, path: keys}]}}]',
      ),
    [{ at: 10, log: ['very'] }],
  );

  documented(
    'a missing ConfigMap keeps the container from starting',
    pod('image: nginx\n    envFrom: [{configMapRef: {name: not-there}}]'),
    [{ at: 10, shows: '0/1 CreateContainerConfigError 0', events: ['Warning Failed Error: configmap "not-there" not found'] }],
  );

  documented(
    'an optional ConfigMap may be missing',
    pod(
      `image: busybox\n    command: [sh, -c, 'echo "[$LEVEL]"']\n    env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: not-there, key: k, optional: true}}}]`,
    ),
    [{ at: 10, log: ['[]'] }],
  );

  documented(
    'a missing ConfigMap of a volume keeps the pod from starting',
    pod('image: nginx\n    volumeMounts: [{name: config, mountPath: /config}]', 'volumes: [{name: config, configMap: {name: not-there}}]'),
    [
      {
        at: 10,
        shows: '0/1 ContainerCreating 0',
        events: ['Warning FailedMount MountVolume.SetUp failed for volume "config" : configmap "not-there" not found'],
      },
    ],
  );

  documented('a ConfigMap that comes later lets the pod start', pod('image: nginx\n    envFrom: [{configMapRef: {name: later}}]'), [
    { at: 10, shows: '0/1 CreateContainerConfigError 0' },
    {
      at: 20,
      first: (cluster) => void cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'later' }, data: { a: 'b' } }),
    },
    { at: 60, shows: '1/1 Running 0' },
  ]);
});

describe('Secrets', () => {
  documented(
    'files of a Secret',
    SECRET +
      pod(
        `image: busybox\n    command: [sh, -c, 'ls /etc/secret-volume; cat /etc/secret-volume/username; echo; cat /etc/secret-volume/password']\n    volumeMounts: [{name: secret-volume, mountPath: /etc/secret-volume, readOnly: true}]`,
        'volumes: [{name: secret-volume, secret: {secretName: test-secret}}]',
      ),
    [{ at: 10, log: ['password', 'username', 'my-app', '39528$vdg7Jb'] }],
  );

  documented(
    'one variable of a Secret',
    SECRET +
      pod(
        `image: busybox\n    command: [sh, -c, 'echo $SECRET_USERNAME']\n    env: [{name: SECRET_USERNAME, valueFrom: {secretKeyRef: {name: test-secret, key: username}}}]`,
      ),
    [{ at: 10, log: ['my-app'] }],
  );

  documented(
    'all variables of a Secret',
    SECRET + pod(`image: busybox\n    command: [sh, -c, 'echo "$username $password"']\n    envFrom: [{secretRef: {name: test-secret}}]`),
    [{ at: 10, log: ['my-app 39528$vdg7Jb'] }],
  );

  documented(
    'a key that a Secret does not have',
    SECRET + pod('image: nginx\n    env: [{name: A, valueFrom: {secretKeyRef: {name: test-secret, key: nobody}}}]'),
    [
      {
        at: 10,
        shows: '0/1 CreateContainerConfigError 0',
        events: ["Warning Failed Error: couldn't find key nobody in Secret default/test-secret"],
      },
    ],
  );

  documented(
    'a volume of a Secret is read-only',
    SECRET +
      pod(
        `image: busybox\n    command: [sh, -c, 'touch /s/x || echo refused']\n    volumeMounts: [{name: s, mountPath: /s}]`,
        'volumes: [{name: s, secret: {secretName: test-secret}}]',
      ),
    [{ at: 10, log: /Read-only file system\nrefused$/ }],
  );
});

describe('the downward API', () => {
  documented(
    'labels and annotations as files',
    `
apiVersion: v1
kind: Pod
metadata:
  name: demo
  labels: {zone: us-est-coast, cluster: test-cluster1}
  annotations: {build: two, builder: john-doe}
spec:
  containers:
  - name: c
    image: registry.k8s.io/busybox
    command: ["sh", "-c", "cat /etc/podinfo/labels; echo; cat /etc/podinfo/annotations; echo; sleep 3600"]
    volumeMounts: [{name: podinfo, mountPath: /etc/podinfo}]
  volumes:
  - name: podinfo
    downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}, {path: annotations, fieldRef: {fieldPath: metadata.annotations}}]}
`,
    [{ at: 10, log: ['cluster="test-cluster1"', 'zone="us-est-coast"', 'build="two"', 'builder="john-doe"'] }],
  );

  documented(
    'resources as files',
    pod(
      `image: busybox\n    command: [sh, -c, 'cat /info/cpu; echo; cat /info/mem']\n    resources: {limits: {cpu: 250m, memory: 64Mi}}\n    volumeMounts: [{name: info, mountPath: /info}]`,
      `volumes: [{name: info, downwardAPI: {items: [{path: cpu, resourceFieldRef: {containerName: c, resource: limits.cpu, divisor: 1m}}, {path: mem, resourceFieldRef: {containerName: c, resource: limits.memory}}]}}]`,
    ),
    [{ at: 10, log: ['250', '67108864'] }],
  );
});

describe('volumes', () => {
  documented(
    'a projected volume of several sources',
    CONFIG +
      SECRET +
      pod(
        `image: busybox\n    command: [sh, -c, 'ls /all']\n    volumeMounts: [{name: all, mountPath: /all, readOnly: true}]`,
        'volumes: [{name: all, projected: {sources: [{secret: {name: test-secret}}, {configMap: {name: env-config}}, {downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}]}}]',
      ),
    [{ at: 10, log: ['log_level', 'name', 'password', 'username'] }],
  );

  documented(
    'the token of the service account',
    pod(
      `image: busybox\n    command: [sh, -c, 'ls /var/run/secrets/kubernetes.io/serviceaccount; cat /var/run/secrets/kubernetes.io/serviceaccount/namespace']`,
    ),
    [{ at: 10, log: ['ca.crt', 'namespace', 'token', 'default'] }],
  );

  documented(
    'an emptyDir outlives a restart of its container',
    pod(
      `image: busybox\n    command: [sh, -c, 'echo run >> /cache/runs; wc -l < /cache/runs; sleep 5; exit 1']\n    volumeMounts: [{name: cache, mountPath: /cache}]`,
      'volumes: [{name: cache, emptyDir: {}}]',
    ),
    [{ at: 14, log: /^ *2$/ }],
  );

  documented(
    'what a container writes elsewhere does not',
    pod(`image: busybox\n    command: [sh, -c, 'echo run >> /tmp/runs; wc -l < /tmp/runs; sleep 5; exit 1']`),
    [{ at: 14, log: /^ *1$/ }],
  );

  documented(
    'a path inside a volume',
    pod(
      `image: busybox\n    command: [sh, -c, 'echo hi > /logs/a; ls /all/demo']\n    volumeMounts: [{name: v, mountPath: /logs, subPath: demo}, {name: v, mountPath: /all}]`,
      'volumes: [{name: v, emptyDir: {}}]',
    ),
    [{ at: 10, log: ['a'] }],
  );
});

/** A pod `demo` of one container `c` that runs once. */
function pod(container: string, spec = ''): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: demo}
spec:
  restartPolicy: ${container.includes('nginx') || container.includes('exit 1') ? 'Always' : 'Never'}
  ${spec}
  containers:
  - name: c
    ${container}
`;
}
