// Images and programs of which nothing is known: they fit the manifest that names them.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { documented } from '../../support/documented.ts';
import { createPodCluster } from '../../support/pods.ts';

const IMAGE = 'registry.example.org/team/shop:7';

/** A pod of one container; `container` and `spec` are lines of YAML. */
function pod(container: string, spec = 'restartPolicy: Always', image = IMAGE): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: p}}
spec:
  ${spec}
  containers:
  - name: c
    image: ${image}
    ${container}
`;
}

const UP = { at: 60, shows: '1/1 Running 0' };

describe('K915 a program that nobody knows is what its place wants', () => {
  documented('named in the command', pod('command: [/opt/shop/bin/run]\n    readinessProbe: {exec: {command: [/opt/shop/bin/health]}}'), [
    UP,
  ]);
  documented('in a shell', pod('command: [sh, -c, "/opt/shop/bin/run --port=9000"]'), [UP]);
  documented('after exec', pod('command: [sh, -c, "echo starting; exec shop-server $OPTIONS"]'), [{ ...UP, log: ['starting'] }]);
  documented('after a step', pod('command: [sh, -c, "shop-migrate && shop-server"]'), [UP]);
  documented('on the last line', pod('command: [sh, -ec, "shop-migrate\\nif true; then shop-server; fi"]'), [UP]);
  documented('in a function', pod('command: [sh, -c, "main() { shop-migrate; shop-server; }; main"]'), [UP]);
  documented('in the background', pod('command: [sh, -c, "shop-server & wait $!"]'), [UP]);
  documented('before a pipe', pod('command: [sh, -c, "shop-server 2>&1 | tee /tmp/log"]'), [UP]);
  documented('with an exit behind it', pod('command: [sh, -c, "shop-server; exit $?"]'), [UP]);
  documented('as a script', pod('command: [bash, /opt/shop/start.sh]'), [UP]);
  documented('of an interpreter', pod('command: [python, app.py]', 'restartPolicy: Always', 'python:3.12'), [UP]);
  documented('of another one', pod('command: [node, server.js]', 'restartPolicy: Always', 'node:22'), [UP]);
  documented('with options of its own', pod('command: [java, -cp, /app, Main, -c, x]', 'restartPolicy: Always', 'openjdk'), [UP]);
  documented('a text for an interpreter ends', pod('command: [node, -e, "1"]', 'restartPolicy: Never', 'node:22'), [
    { at: 60, shows: '0/1 Completed 0' },
  ]);
  documented('steps of a loop', pod('command: [sh, -c, "while true; do shop-sync; echo synced; sleep 20; done"]'), [
    { ...UP, log: ['synced', 'synced', 'synced'] },
  ]);
  documented(
    'probes through a shell, and hooks',
    pod(
      'readinessProbe: {exec: {command: [sh, -c, "shop-health || exit 1"]}}\n    lifecycle: {postStart: {exec: {command: [sh, -c, shop-warm]}}}',
    ),
    [UP],
  );
  documented(
    'init containers end',
    pod(
      'command: [shop-server]',
      `initContainers: [{name: i, image: "${IMAGE}"}, {name: j, image: "${IMAGE}", command: [shop-migrate]}, {name: k, image: "${IMAGE}", command: [sh, -c, shop-migrate]}]`,
    ),
    [UP],
  );
  documented(
    'sidecars stay',
    pod('command: [shop-server]', `initContainers: [{name: i, image: "${IMAGE}", restartPolicy: Always, command: [sh, -c, shop-proxy]}]`),
    [{ at: 60, shows: '2/2 Running 0' }],
  );
  documented('command -v finds it', pod('command: [sh, -c, "command -v shop-server && shop-server"]'), [UP]);
  documented(
    'what a volume does not hold is not there',
    pod('command: [sh, -c, "/v/run"]\n    volumeMounts: [{name: v, mountPath: /v}]', 'volumes: [{name: v, emptyDir: {}}]'),
    [{ at: 10, shows: '0/1 CrashLoopBackOff 1', log: ['sh: 1: /v/run: not found'] }],
  );
  documented('an image that is known has no such program', pod('command: [sh, -c, shop-server]', 'restartPolicy: Never', 'busybox'), [
    { at: 10, shows: '0/1 Error 0', log: ['sh: shop-server: not found'] },
  ]);
  documented(
    'a probe fails until the container is up',
    `
apiVersion: v1
kind: Pod
metadata: {name: p, annotations: {orrery.sim/behavior.c: "startup: 20s"}}
spec:
  containers:
  - {name: c, image: "${IMAGE}", readinessProbe: {exec: {command: [sh, -c, shop-health]}, periodSeconds: 5}}
`,
    [{ at: 15, shows: '0/1 Running 0' }, UP],
  );
});

describe('K916 files that nobody knows are there when they are read', () => {
  documented(
    'and can be copied out of the image',
    pod(
      'command: [ls, /shared]\n    volumeMounts: [{name: s, mountPath: /shared}]',
      `restartPolicy: Never
  volumes: [{name: s, emptyDir: {}}]
  initContainers:
  - {name: i, image: "${IMAGE}", command: [cp, -f, /usr/local/bin/tool, /shared/tool], volumeMounts: [{name: s, mountPath: /shared}]}
  - {name: j, image: "${IMAGE}", command: [sh, -c, "cp -r /app/dist/. /shared/"], volumeMounts: [{name: s, mountPath: /shared}]}`,
      'busybox',
    ),
    [{ at: 30, shows: '0/1 Completed 0', container: 'c', log: ['tool'] }],
  );
  documented(
    'sourced, tested, changed, moved',
    pod(
      'command: [sh, -ec, "cd /app; . ./env.sh; test -f /app/a.conf; test -d /app/data; chmod +x run.sh; mv a.conf b.conf; ls; cat a.conf || echo gone"]',
      'restartPolicy: Never',
    ),
    [{ at: 10, log: ['b.conf', 'cat: a.conf: No such file or directory', 'gone'] }],
  );
  documented(
    'written to, with their directories',
    pod(
      'command: [sh, -ec, "echo x >/opt/shop/etc/conf; mkdir /opt/shop/run; ls /opt/shop; cat /opt/shop/etc/conf"]',
      'restartPolicy: Never',
    ),
    [{ at: 10, shows: '0/1 Completed 0', log: ['etc', 'run', 'x'] }],
  );
  documented(
    'but not what the container itself has yet to make',
    pod(
      'command: [sh, -c, "sleep 20; touch /app/ready /tmp/up; sleep 600"]\n    readinessProbe: {exec: {command: [cat, /app/ready]}, periodSeconds: 1}',
    ),
    [{ at: 10, shows: '0/1 Running 0' }, UP],
  );
  documented(
    'nor what is in a directory that images leave empty',
    pod('command: [sh, -c, "cat /tmp/up || echo down"]', 'restartPolicy: Never'),
    [{ at: 10, log: ['cat: /tmp/up: No such file or directory', 'down'] }],
  );
  documented('which a program that nobody knows fills', pod('readinessProbe: {exec: {command: [cat, /tmp/up]}}'), [UP]);
});

describe('K917 a user that the manifest allows', () => {
  const NOT_ROOT = 'securityContext: {runAsNonRoot: true}';
  documented('an image that nobody knows', pod('command: [sh, -c, "id -u; exec run"]', NOT_ROOT), [{ ...UP, log: ['65532'] }]);
  documented('an image that runs as root', pod('command: [sleep, "1"]', NOT_ROOT, 'nginx'), [
    { at: 20, shows: '0/1 CreateContainerConfigError 0', events: ['container has runAsNonRoot and image will run as root'] },
  ]);
  documented('an image whose user has a name', pod('command: [sleep, "1"]', NOT_ROOT, 'memcached'), [
    { at: 20, events: ['container has runAsNonRoot and image has non-numeric user (memcache), cannot verify user is non-root'] },
  ]);
  documented('root that is asked for', pod('command: [sleep, "1"]', 'securityContext: {runAsNonRoot: true, runAsUser: 0}'), [
    { at: 20, shows: '0/1 CreateContainerConfigError 0', events: ["container's runAsUser breaks non-root policy"] },
  ]);
  it.each<[string, string | number, string]>([
    ['a number', 1234, '1234:0'],
    ['a number and a group', '1234:99', '1234:99'],
    ['root', 'root', '0:0'],
  ])('behaviours say it: %s', (_title, user, ids) => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    cluster.run({
      type: 'image',
      reference: IMAGE,
      behavior: { user, files: { '/etc/motd': 'hello\n', '/go': '#!/bin/sh\necho went\n' } },
    });
    const container: JsonObject = {
      name: 'c',
      image: IMAGE,
      readinessProbe: { exec: { command: ['sh', '-c', `[ $(id -u):$(id -g) = ${ids} ] && grep hello /etc/motd && /go`] } },
    };
    cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [container] } });
    cluster.advanceTo(30);
    expect(cluster.podRows().at(-1)).toMatch(/1\/1 Running 0$/);
  });
});

describe('K918 ports that nobody has declared', () => {
  const SERVICE = `
---
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {selector: {app: p}, ports: [{port: 80, targetPort: 9000}]}
---
apiVersion: v1
kind: Pod
metadata: {name: asker}
spec:
  restartPolicy: Never
  containers: [{name: c, image: busybox, command: [sh, -c, "sleep 20; nc -z s 80 && echo open || echo closed"]}]
`;
  documented('a Service names them', pod('command: [run]') + SERVICE, [{ at: 40, pod: 'asker', log: ['open'] }]);
  documented('an image that is known has its own', pod('', 'restartPolicy: Always', 'nginx') + SERVICE, [
    { at: 40, pod: 'asker', log: ['closed'] },
  ]);
  documented(
    'a probe names one beside those that are declared',
    pod('ports: [{containerPort: 80}]\n    readinessProbe: {httpGet: {port: 8081, scheme: HTTPS}}'),
    [UP],
  );
});

describe('K919 what is known speaks what it speaks', () => {
  documented('TLS to a plain port', pod('readinessProbe: {httpGet: {port: 80, scheme: HTTPS}}', 'restartPolicy: Always', 'nginx'), [
    { at: 20, shows: '0/1 Running 0', events: [':80/": http: server gave HTTP response to HTTPS client'] },
  ]);
  documented('HTTP to a database', pod('readinessProbe: {httpGet: {port: 6379}}', 'restartPolicy: Always', 'redis'), [
    { at: 20, shows: '0/1 Running 0', events: [':6379/": EOF'] },
  ]);
  documented(
    'a client in a shell',
    pod(
      'command: [sh, -c, "sleep 5; curl -k https://$IP:80; echo $?"]\n    env: [{name: IP, value: localhost}]',
      'restartPolicy: Never',
      'curlimages/curl',
    ).replace('containers:', 'containers:\n  - {name: web, image: nginx}'),
    [{ at: 20, container: 'c', log: ['curl: (35) TLS connect error: error:0A00010B:SSL routines::wrong version number', '35'] }],
  );
});

describe('programs that start others', () => {
  const once = (script: string): string => pod(`command: [sh, -c, ${JSON.stringify(script)}]`, 'restartPolicy: Never', 'busybox');
  documented(
    'timeout and xargs',
    once("timeout 5 sh -c 'echo in; sleep 1; echo out'; echo rc=$?; echo one | xargs -n1 sh -c 'echo got $0'"),
    [{ at: 20, log: ['in', 'out', 'rc=0', 'got one'] }],
  );
  documented(
    'a limit of time for a loop',
    pod(
      '',
      'initContainers: [{name: i, image: busybox, command: [timeout, "60", sh, -c, "until nc -z late 80; do sleep 1; done"]}]',
      'nginx',
    ),
    [
      { at: 50, shows: '0/1 Init:0/1 0' },
      { at: 64, container: 'i', status: { initContainerStatuses: [{ restartCount: 1, lastState: { terminated: { exitCode: 143 } } }] } },
    ],
  );
  documented(
    'xargs by lines, by place, by number, empty',
    once(
      "printf 'a b\\nc\\n' | xargs -n2; printf 'a b\\nc\\n' | xargs -I{} echo '<{}>'; printf '' | xargs -r echo no; printf '' | xargs echo yes; echo x | xargs false; echo $?",
    ),
    [{ at: 20, log: ['a b', 'c', '<a b>', '<c>', 'yes', '123'] }],
  );
});
