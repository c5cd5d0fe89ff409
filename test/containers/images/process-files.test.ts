// What /proc says of the processes of a container (K934), and programs that an image does not have (K234).

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { readPodLog } from '../../../src/engine/cluster/index.ts';
import { createPodCluster, type PodCluster } from '../../support/pods.ts';

function open(container: JsonObject, spec: JsonObject = {}): PodCluster {
  const cluster = createPodCluster();
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', ...container }], ...spec } });
  cluster.advanceTo(20);
  return cluster;
}

function logged({ state }: PodCluster): readonly string[] {
  const log = readPodLog(state, { namespace: 'default', name: 'p', container: 'c', isPrevious: false });
  return log.ok ? log.value.lines.map(({ text }) => text) : [];
}

/** What a script in busybox prints. */
const said = (script: string, securityContext: JsonObject = {}, spec: JsonObject = {}): readonly string[] =>
  logged(open({ image: 'busybox', command: ['sh', '-c', script], securityContext }, { restartPolicy: 'Never', ...spec }));

describe('K934 /proc of processes', () => {
  const DEFAULT = '00000000a80425fb';
  it.each<[string, JsonObject, readonly string[]]>([
    ['root', {}, [DEFAULT, DEFAULT, DEFAULT]],
    ['another user', { runAsUser: 1000 }, ['0000000000000000', '0000000000000000', DEFAULT]],
    ['added', { capabilities: { add: ['NET_ADMIN', 'SYS_TIME'] } }, ['00000000aa0435fb', '00000000aa0435fb', '00000000aa0435fb']],
    [
      'dropped',
      { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
      ['0000000000000400', '0000000000000400', '0000000000000400'],
    ],
    ['all but one', { capabilities: { add: ['ALL'], drop: ['CAP_CHOWN'] } }, ['000001fffffffffe', '000001fffffffffe', '000001fffffffffe']],
    ['privileged', { privileged: true }, ['000001ffffffffff', '000001ffffffffff', '000001ffffffffff']],
  ])('capabilities: %s', (_title, securityContext, [permitted, effective, bound]) => {
    expect(said('grep -E "Cap(Prm|Eff|Bnd)" /proc/1/status', securityContext)).toEqual([
      `CapPrm:\t${permitted}`,
      `CapEff:\t${effective}`,
      `CapBnd:\t${bound}`,
    ]);
  });

  it('the user, and what confines it', () => {
    const context = { runAsUser: 1000, runAsGroup: 3000, allowPrivilegeEscalation: false, seccompProfile: { type: 'RuntimeDefault' } };
    expect(said('grep -E "^(Uid|Gid|NoNewPrivs|Seccomp):" /proc/self/status; cat /proc/self/attr/current', context)).toEqual([
      'Uid:\t1000\t1000\t1000\t1000',
      'Gid:\t3000\t3000\t3000\t3000',
      'NoNewPrivs:\t1',
      'Seccomp:\t2',
      'cri-containerd.apparmor.d (enforce)',
    ]);
    expect(said('cat /proc/1/attr/current', { appArmorProfile: { type: 'Unconfined' } })).toEqual(['unconfined']);
    const profile = { type: 'Localhost', localhostProfile: 'deny-write' };
    expect(said('cat /proc/1/attr/current', {}, { securityContext: { appArmorProfile: profile } })).toEqual(['deny-write (enforce)']);
  });

  it('command lines, variables and users', () => {
    expect(said("tr '\\0' ' ' </proc/1/cmdline; cat /proc/1/comm; grep -c HOSTNAME= /proc/1/environ; cat /proc/self/uid_map")).toEqual([
      "sh -c tr '\\0' ' ' </proc/1/cmdline; cat /proc/1/comm; grep -c HOSTNAME= /proc/1/environ; cat /proc/self/uid_map sh",
      '1',
      '         0          0 4294967295',
    ]);
    expect(said('cat /proc/1/uid_map', {}, { hostUsers: false })).toEqual(['         0      65536      65536']);
  });

  it('mounts', () => {
    const volumes: readonly JsonObject[] = [
      { name: 'disk', emptyDir: {} },
      { name: 'memory', emptyDir: { medium: 'Memory' } },
    ];
    const volumeMounts: readonly JsonObject[] = [
      { name: 'disk', mountPath: '/data', readOnly: true },
      { name: 'memory', mountPath: '/cache' },
    ];
    const command = ['sh', '-c', 'grep -E " /(data|cache) " /proc/mounts /proc/1/mounts; mount | grep -E " on /(data|) "; exec sleep 100'];
    expect(logged(open({ image: 'busybox', command, volumeMounts }, { volumes }))).toEqual([
      '/proc/mounts:/dev/vda1 /data ext4 ro,relatime 0 0',
      '/proc/mounts:tmpfs /cache tmpfs rw,relatime 0 0',
      '/proc/1/mounts:/dev/vda1 /data ext4 ro,relatime 0 0',
      '/proc/1/mounts:tmpfs /cache tmpfs rw,relatime 0 0',
      'overlay on / type overlay (rw,relatime)',
      '/dev/vda1 on /data type ext4 (ro,relatime)',
    ]);
  });
});

describe('K234 programs that a server of the catalogue does not have', () => {
  it.each<[string, JsonObject, string]>([
    ['a name', { image: 'nginx', command: ['nosuchcmd'] }, 'exec: "nosuchcmd": executable file not found in $PATH'],
    ['a path', { image: 'redis:7', command: ['/app/run'] }, 'exec: "/app/run": stat /app/run: no such file or directory'],
    [
      'arguments of an image without an entry point',
      { image: 'httpd', args: ['nosuchcmd'] },
      'exec: "nosuchcmd": executable file not found',
    ],
  ])('%s', (_title, container, message) => {
    const cluster = open(container);
    expect(cluster.eventRows('Failed').join('\n')).toContain(message);
    expect(cluster.podRows().at(-1)).toMatch(/0\/1 (?:RunContainerError|CrashLoopBackOff)/);
  });

  it('an entry point says so itself', () => {
    const cluster = open({ image: 'nginx', args: ['nosuchcmd'] });
    expect(logged(cluster)).toEqual(['/docker-entrypoint.sh: 47: exec: nosuchcmd: not found']);
    expect(cluster.podRows().some((row) => row.includes('0/1 Error'))).toBe(true);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['its own', { image: 'nginx', command: ['/usr/sbin/nginx', '-g', 'daemon off;'] }, {}],
    ['options', { image: 'redis', args: ['--appendonly', 'yes'] }, {}],
    [
      'what a volume holds',
      { image: 'nginx', command: ['/app/run'], volumeMounts: [{ name: 'v', mountPath: '/app' }] },
      { volumes: [{ name: 'v', emptyDir: {} }] },
    ],
    ['an image that nobody knows', { image: 'example.com/nginx', command: ['nosuchcmd'] }, {}],
  ])('runs %s', (_title, container, spec) => {
    expect(open(container, spec).podRows().at(-1)).toContain('1/1 Running');
  });
});
