// Why placed pods do not run yet.

import { describe } from 'vitest';
import { itExplains, pod, strike } from './cases.ts';

describe('a pod that waits', () => {
  itExplains([
    {
      title: 'for an image that the registry does not have',
      yaml: pod('', '', 'web', `, annotations: {orrery.sim/behavior.app: '{"pull": {"error": "not found"}}'}`),
      about: 'pods/web',
      says: [
        'image-pull-back-off: The container "app" waits for the image nginx, whose pull failed: not found. The next attempt is not before 00:00:40Z.',
      ],
    },
    {
      title: 'for a registry that is down',
      yaml: pod('schedulingGates: [{name: wait}]').replace('image: nginx', 'image: registry.example/app:v1'),
      then: (cluster) => {
        strike(cluster, { type: 'registry-down', registry: null });
        cluster.patch('pods/web', { spec: { schedulingGates: [] } });
        cluster.advance(20_000);
      },
      about: 'pods/web',
      says: [
        'image-pull-back-off: The container "app" waits for the image registry.example/app:v1, whose pull failed: failed to pull and unpack image "registry.example/app:v1": failed to resolve reference "registry.example/app:v1": failed to do request: Head "https://registry.example/v2/app/manifests/v1": dial tcp: lookup registry.example: i/o timeout. The next attempt is not before 00:01:10Z.',
      ],
    },
    {
      title: 'for an image that is never pulled',
      yaml: pod('', 'imagePullPolicy: Never', 'web').replace('image: nginx', 'image: registry.example/app:v1'),
      about: 'pods/web',
      says: [
        'image-never-pulled: The container "app" waits for the image registry.example/app:v1, which is not on node-1, and its pull policy is Never.',
      ],
    },
    {
      title: 'with a name of an image that is none',
      yaml: pod().replace('image: nginx', 'image: "Nginx:::1"'),
      about: 'pods/web',
      says: ['image-name-invalid: The container "app" cannot start: "Nginx:::1" is not the name of an image.'],
    },
    {
      title: 'for an image that is being pulled',
      yaml: pod('', '', 'web', `, annotations: {orrery.sim/behavior.app: '{"pull": {"duration": "5m"}}'}`),
      about: 'pods/web',
      says: ['image-pulling: The pod waits for the image nginx, which node-1 is pulling.'],
    },
    {
      title: 'for a ConfigMap of its environment',
      yaml: pod('', 'envFrom: [{configMapRef: {name: settings}}]'),
      about: 'pods/web',
      says: ['config-missing: The container "app" cannot be created: configmap "settings" not found.'],
      because: '{"resource":"configmaps","namespace":"default","name":"settings"}',
    },
    {
      title: 'for a Secret of its environment',
      yaml: pod('', 'env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]'),
      about: 'pods/web',
      says: ['config-missing: The container "app" cannot be created: secret "db" not found.'],
    },
    {
      title: 'for a key of a ConfigMap that is there',
      yaml: `{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {mode: fast}}
---${pod('', 'env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level}}}]')}`,
      about: 'pods/web',
      says: ['config-key-missing: The container "app" cannot be created: couldn\'t find key level in ConfigMap default/settings.'],
    },
    {
      title: 'for a ConfigMap of a volume',
      yaml: pod('volumes: [{name: etc, configMap: {name: settings}}]', 'volumeMounts: [{name: etc, mountPath: /etc/app}]'),
      about: 'pods/web',
      says: [
        'volume-config-missing: The containers wait for the volume "etc": the ConfigMap "settings" does not exist. The kubelet tries again at 00:00:31Z.',
      ],
    },
    {
      title: 'for a Secret of a volume',
      yaml: pod('volumes: [{name: tls, secret: {secretName: cert}}]', 'volumeMounts: [{name: tls, mountPath: /tls}]'),
      about: 'pods/web',
      says: [
        'volume-secret-missing: The containers wait for the volume "tls": the Secret "cert" does not exist. The kubelet tries again at 00:00:31Z.',
      ],
    },
    {
      title: 'for an init container',
      yaml: pod('initContainers: [{name: setup, image: busybox, command: [sleep, "600"]}]'),
      about: 'pods/web',
      says: [
        'init-container-running: The containers wait for the init container "setup", which has been running since 00:00:03Z: "app" starts when every init container has ended with code 0.',
      ],
    },
    {
      title: 'for a command that the image lacks',
      yaml: pod('', 'command: [/no/such/program]').replace('image: nginx', 'image: busybox'),
      about: 'pods/web',
      says: [
        'container-not-created: The container "app" cannot be started on node-1: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/no/such/program": stat /no/such/program: no such file or directory: unknown.',
      ],
    },
    {
      title: 'for a node that is not there',
      yaml: pod('nodeName: node-7'),
      about: 'pods/web',
      says: ['node-missing: The pod is bound to the node node-7, which does not exist.'],
    },
    {
      title: 'for nothing: it runs',
      yaml: pod(),
      about: 'pods/web',
      says: ['healthy: Nothing is wrong with pods/web: ready 1/1, status Running, restarts 0, age 30s.'],
    },
  ]);
});
