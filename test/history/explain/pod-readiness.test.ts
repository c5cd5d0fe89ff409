// Why pods that run are not ready.

import { describe } from 'vitest';
import { behaving, itExplains, pod, strike } from './cases.ts';

const PORTS = 'ports: [{containerPort: 80}]';
const READINESS = `${PORTS}\nreadinessProbe: {httpGet: {path: /health, port: 80}, periodSeconds: 5}`;

describe('a pod that is not ready', () => {
  itExplains([
    {
      title: 'answers its readiness probe with an error',
      yaml: pod('', READINESS, 'web', behaving({ http: [{ path: '/health', status: 503 }] })),
      about: 'pods/web',
      says: [
        'readiness-probe: The container "app" is not ready since 00:00:00Z: its readiness probe (GET /health on port 80, every 5s) failed; at 00:00:26Z it got: HTTP probe failed with statuscode: 503. It counts as failed after 3 failures in a row, and as passed after 1 success; 6 failures in a row so far.',
      ],
      because: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    },
    {
      title: 'was ready, and answers no more',
      yaml: pod('', READINESS, 'web', behaving({ http: [{ path: '/health', status: 500, from: '40s' }] })),
      seconds: 120,
      about: 'pods/web',
      says: [
        'readiness-probe: The container "app" is not ready since 00:00:55Z: its readiness probe (GET /health on port 80, every 5s) failed; at 00:01:55Z it got: HTTP probe failed with statuscode: 500. It counts as failed after 3 failures in a row, and as passed after 1 success; 16 failures in a row so far.',
      ],
    },
    {
      title: 'does not listen where the readiness probe asks',
      yaml: pod('', 'readinessProbe: {tcpSocket: {port: 9999}}', 'web', behaving({ tcp: [{ port: 9999, accept: false }] })),
      about: 'pods/web',
      says: [
        'readiness-probe: The container "app" is not ready since 00:00:00Z: its readiness probe (a connection to port 9999, every 10s) failed; at 00:00:26Z it got: dial tcp 10.244.0.2:9999: connect: connection refused. It counts as failed after 3 failures in a row, and as passed after 1 success; 4 failures in a row so far.',
      ],
    },
    {
      title: 'has a command that fails',
      yaml: pod('', 'readinessProbe: {exec: {command: [cat, /tmp/ready]}}').replace(
        'image: nginx',
        'image: busybox\n    command: [sleep, infinity]',
      ),
      about: 'pods/web',
      says: [
        'readiness-probe: The container "app" is not ready since 00:00:00Z: its readiness probe (the command "cat /tmp/ready", every 10s) failed; at 00:00:26Z it got: cat: can\'t open \'/tmp/ready\': No such file or directory. It counts as failed after 3 failures in a row, and as passed after 1 success; 4 failures in a row so far.',
      ],
    },
    {
      title: 'is not asked yet',
      yaml: pod('', 'readinessProbe: {httpGet: {path: /, port: 80}, initialDelaySeconds: 120}'),
      about: 'pods/web',
      says: [
        'readiness-probe-pending: The container "app" is not ready: its readiness probe (GET / on port 80, every 10s) has not succeeded yet; it asks for the first time after 00:02:03Z.',
      ],
    },
    {
      title: 'has not started, says its startup probe',
      yaml: pod(
        '',
        `${PORTS}\nstartupProbe: {httpGet: {path: /up, port: 80}, failureThreshold: 30}`,
        'web',
        behaving({ http: [{ path: '/up', status: 500 }] }),
      ),
      about: 'pods/web',
      says: [
        'startup-probe: The container "app" counts as not started: its startup probe (GET /up on port 80, every 10s) has not succeeded since the start at 00:00:03Z; at 00:00:20Z it got: HTTP probe failed with statuscode: 500. After 30 failures in a row the container is killed; 2 failures in a row so far.',
      ],
    },
    {
      title: 'has a readiness gate',
      yaml: pod('readinessGates: [{conditionType: example.com/in-load-balancer}]'),
      about: 'pods/web',
      says: [
        'readiness-gate: The pod is not ready: its readiness gate "example.com/in-load-balancer" asks for a condition of that type that is True, and the pod has none.',
      ],
    },
    {
      title: 'hangs',
      yaml: pod('', READINESS),
      then: (cluster) => {
        strike(cluster, { type: 'container-hang', namespace: 'default', pod: 'web', container: null });
        cluster.advance(60_000);
      },
      about: 'pods/web',
      says: [
        'readiness-probe: The container "app" is not ready since 00:00:00Z: its readiness probe (GET /health on port 80, every 5s) failed; at 00:01:27Z it got: Get "http://10.244.0.2:80/health": context deadline exceeded (Client.Timeout exceeded while awaiting headers). It counts as failed after 3 failures in a row, and as passed after 1 success; 19 failures in a row so far.',
      ],
    },
    {
      title: 'is on a node that is down',
      yaml: pod(),
      then: (cluster) => {
        strike(cluster, { type: 'node-down', node: 'node-1' });
        cluster.advance(120_000);
      },
      about: 'pods/web',
      says: ['node-silent: The pod counts as not ready since 00:01:15Z: node-1, on which it is, was last heard of at 00:00:20Z.'],
    },
  ]);
});
