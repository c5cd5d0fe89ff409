// The subcommands of agnhost that print and end, or print and wait.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import { createPodCluster, type PodCluster, readLogTexts } from '../support/pods.ts';

const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.53';

function start(container: JsonObject, spec: JsonObject = {}): PodCluster {
  const cluster = createPodCluster({ timing: { imagePull: '0s' } });
  const containers = [{ name: 'c', image: IMAGE, ...container }];
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { restartPolicy: 'Never', containers, ...spec } });
  cluster.advanceTo(20);
  return cluster;
}

function exitCode(cluster: PodCluster): number | undefined {
  const pod = getObject(cluster.state, podKind, 'default', 'p');
  return (pod?.status.containerStatuses?.[0]?.state as { terminated?: { exitCode: number } } | undefined)?.terminated?.exitCode;
}

describe('K912 programs of agnhost', () => {
  it.each<[string, JsonObject, string[], number | undefined]>([
    ['without arguments it pauses', {}, ['Paused'], undefined],
    ['entrypoint-tester says its words', { args: ['entrypoint-tester', 'a', 'b'] }, ['[/agnhost entrypoint-tester a b]'], 0],
    ['another entry point', { command: ['/agnhost-2', 'entrypoint-tester', 'x'] }, ['[/agnhost-2 entrypoint-tester x]'], 0],
    [
      'another entry point with arguments',
      { command: ['/agnhost-2'], args: ['entrypoint-tester', '--y'] },
      ['[/agnhost-2 entrypoint-tester --y]'],
      0,
    ],
    ['dns-suffix', { args: ['dns-suffix'] }, ['default.svc.cluster.local,svc.cluster.local,cluster.local'], 0],
    ['dns-server-list', { args: ['dns-server-list'] }, ['10.96.0.10'], 0],
    [
      'logs without lines',
      { args: ['logs-generator'] },
      ['F0101 00:00:00.501000       1 logs_generator.go:67] Invalid total number of lines: 0'],
      255,
    ],
    ['in a script', { command: ['sh', '-c', 'agnhost entrypoint-tester | tr a-z A-Z'] }, ['[AGNHOST ENTRYPOINT-TESTER]'], 0],
    ['a connection that is refused', { args: ['connect', 'localhost:81'] }, ['REFUSED'], 1],
    ['a name that nobody has', { args: ['connect', 'nobody:81', '--timeout=3s'] }, ['DNS: lookup nobody: no such host'], 1],
    ['an address that nobody has', { args: ['connect', '10.255.0.1:81', '--timeout=3s'] }, ['TIMEOUT'], 1],
    ['no port', { args: ['connect', 'nobody'] }, ['UNKNOWN: address nobody: missing port in address'], 1],
  ])('%s', (_title, container, lines, code) => {
    const cluster = start(container);
    expect(readLogTexts(cluster).map((line) => line.replace(/^(F0101 00:00:00\.)\d{3}/, '$1501'))).toEqual(lines);
    expect(exitCode(cluster)).toBe(code);
  });

  it('etc-hosts shows the file with its aliases', () => {
    const lines = readLogTexts(start({ args: ['etc-hosts'] }, { hostAliases: [{ ip: '1.2.3.4', hostnames: ['a.example'] }] }));
    expect(lines[0]).toBe('# Kubernetes-managed hosts file.');
    expect(lines).toContain('1.2.3.4\ta.example');
  });

  it('logs-generator writes its lines evenly', () => {
    const cluster = start({ args: ['logs-generator', '--log-lines-total', '10', '--run-duration', '100s'] });
    expect(readLogTexts(cluster)).toHaveLength(2);
    cluster.advanceTo(200);
    expect(readLogTexts(cluster)).toHaveLength(10);
    expect(readLogTexts(cluster)[3]).toMatch(
      /^I0101 00:00:30\.\d{6} {7}1 logs_generator\.go:\d+\] 3 (?:GET|POST|PUT) \/api\/v1\/namespaces\/\S+\/pods\/\w{3,4} [2-5]\d\d$/,
    );
    expect(exitCode(cluster)).toBe(0);
  });

  it.each(['pause', 'mounttest'])('%s ends with 2 where it is told to', (name) => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    const args = name === 'pause' ? ['pause'] : ['mounttest', '--file_content_in_loop=/x'];
    const finalizers = ['example.com/kept'];
    const containers = [{ name: 'c', image: IMAGE, args }];
    cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', finalizers }, spec: { containers } });
    cluster.advanceTo(20);
    cluster.remove('p');
    cluster.advanceTo(25);
    expect(exitCode(cluster)).toBe(2);
  });
});

describe('K910 the user of a container', () => {
  it.each([
    [{}, 0],
    [{ allowPrivilegeEscalation: true }, 0],
    [{ allowPrivilegeEscalation: false }, 1000],
  ])('a program of root that may run as root, with %j', (securityContext, uid) => {
    const image = 'registry.k8s.io/e2e-test-images/nonewprivs:1.3';
    const cluster = start({ image, securityContext: { runAsUser: 1000, ...securityContext } });
    expect(readLogTexts(cluster)).toEqual([`Effective uid: ${uid}`]);
  });

  const user = { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000] };
  const shell = (script: string): JsonObject => ({ image: 'busybox', command: ['sh', '-c', script] });
  it.each<[string, string, JsonObject, string[]]>([
    ['id', 'id; id -u; id -g; id -G', user, ['uid=1000 gid=3000 groups=2000,3000,4000', '1000', '3000', '2000 3000 4000']],
    ['id of root', 'id; whoami', {}, ['uid=0(root) gid=0(root) groups=0(root)', 'root']],
    ['whoami', 'whoami', user, ['whoami: unknown uid 1000']],
    [
      'a directory of root',
      'echo x > /f; mkdir /d; touch /g',
      user,
      ["sh: can't create /f: Permission denied", "mkdir: can't create directory '/d': Permission denied", 'touch: /g: Permission denied'],
    ],
    ['a directory of all', 'echo x > /tmp/f; stat -c "%u %g %a %A" /tmp/f /tmp', user, ['1000 3000 644 -rw-r--r--', '0 0 1777 drwxrwxrwt']],
    [
      'a file of root',
      'cat /root/x; chmod 777 /etc/hosts; chown 1000 /etc/hosts',
      user,
      [
        "cat: can't open '/root/x': Permission denied",
        'chmod: /etc/hosts: Operation not permitted',
        'chown: /etc/hosts: Operation not permitted',
      ],
    ],
    ['the termination message', 'echo done > /dev/termination-log && echo ok', user, ['ok']],
    [
      'chown -R',
      'mkdir -p /d/e; touch /d/e/f; chown -R 5:nogroup /d; stat -c "%n %u %G" /d /d/e/f',
      {},
      ['/d 5 nogroup', '/d/e/f 5 nogroup'],
    ],
    ['chmod -R', 'mkdir -p /d/e; chmod -R 700 /d; stat -c %a /d/e', {}, ['700']],
    ['ls -l', 'touch /tmp/f; chown 5:6 /tmp/f; ls -l /tmp/f', {}, ['-rw-r--r--    1 5        6                0 Jan  1 00:00 /tmp/f']],
  ])('%s', (_title, script, securityContext, lines) => {
    expect(readLogTexts(start(shell(script), { securityContext }))).toEqual(lines);
  });

  it('an init container gives a volume to the user', () => {
    const volumeMounts = [{ name: 'v', mountPath: '/v' }];
    const initContainers = [
      {
        name: 'i',
        image: 'busybox',
        securityContext: { runAsUser: 0 },
        command: ['sh', '-c', 'mkdir /v/d && chown -R 1000:1000 /v/d'],
        volumeMounts,
      },
    ];
    const spec = { securityContext: { runAsUser: 1000 }, volumes: [{ name: 'v', emptyDir: {} }], initContainers };
    expect(readLogTexts(start({ ...shell('echo x > /v/d/f && ls /v/d'), volumeMounts }, spec))).toEqual(['f']);
  });
});
