// Programs that every image has: files, processes, packages, small servers.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { createPodCluster, type PodCluster, readLogTexts } from '../../support/pods.ts';
import { runScript } from '../../support/scripts.ts';

const said = (script: string, flavor: 'busybox' | 'dash' | 'bash' = 'busybox'): string => runScript(script, { flavor }).output.join('');

/** The scripts begin at the first instant of 2025. */
const LISTING = [
  'total 8',
  'drwxr-xr-x    1 root     root          4096 Jan  1 00:00 d',
  '-rw-r--r--    1 root     root             2 Jan  1 00:00 f',
  '',
].join('\n');

describe('K924 programs on files', () => {
  it.each<[string, string]>([
    ['dd if=/dev/zero of=/tmp/f bs=1024 count=4 2>/dev/null; stat -c %s /tmp/f; du -k /tmp/f', '4096\n4\t/tmp/f\n'],
    ['printf abcdef | dd bs=1 skip=2 count=3 2>/dev/null', 'cde'],
    ['dd if=/missing', "!dd: can't open '/missing': No such file or directory\n"],
    ['df /tmp | tail -1', 'overlay              101430960  14207488  87223472  15% /\n'],
    ['mkdir -p /tmp/d/e; echo x >/tmp/d/e/f; du -s /tmp/d', '12\t/tmp/d\n'],
    ['printf abc | md5sum; printf abc | sha1sum', '900150983cd24fb0d6963f7d28e17f72  -\na9993e364706816aba3e25717850c26c9cd0d89d  -\n'],
    ['printf abc | sha256sum', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -\n'],
    [
      'printf abc | sha512sum',
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f  -\n',
    ],
    ['cd /tmp; echo x >f; sha256sum f >s; sha256sum -c s; echo y >f; sha256sum -c s', 'f: OK\nf: FAILED\n'],
    ['printf hello | base64; printf aGVsbG8= | base64 -d', 'aGVsbG8=\nhello'],
    ['printf hello | base64 -w 3; printf hello | base64 -w 0', 'aGV\nsbG\n8=\naGVsbG8='],
    // A pattern of that length would end the process that simulates all clusters.
    ['printf hello | base64 -w 100000000', 'aGVsbG8=\n'],
    ['printf hello | base64 -w many', "!base64: invalid wrap size: 'many'\n"],
    ['A=1; export A B=2; C=3; printenv A B; printenv A missing; echo $?; printenv C; echo $?', '1\n2\n1\n1\n1\n'],
    ['cd /tmp; mkdir d; echo x >f; ls -l', LISTING],
    ['readlink -f /tmp/../tmp/x; realpath /tmp', '/tmp/x\n/tmp\n'],
    ['printf "äb€" | wc -c; echo ä >/tmp/u; stat -c %s /tmp/u; wc -c /tmp/u', '6\n3\n3 /tmp/u\n'],
  ])('%s', (script, output) => {
    expect(said(script)).toBe(output);
  });

  it('K924 coreutils makes columns as wide as they must be', () => {
    const script = 'cd /tmp; mkdir d; echo 0123456789 >f; chown 1000:2000 d; ls -l; ls -l --full-time f';
    expect(said(script, 'dash')).toBe(
      [
        'total 8',
        'drwxr-xr-x 1 1000 2000 4096 Jan  1 00:00 d',
        '-rw-r--r-- 1 root root   11 Jan  1 00:00 f',
        '-rw-r--r-- 1 root root 11 2025-01-01 00:00:00 +0000 f',
        '',
      ].join('\n'),
    );
  });

  it.each<[string, string]>([
    ['cd /tmp; echo x >f; ln -s f l; cat l; readlink l; [ -L l ] && echo link; ls -l l | tail -c 7', 'x\nf\nlink\nl -> f\n'],
    ['mkdir /tmp/d; ln -s /tmp/d /tmp/l; echo y >/tmp/l/f; cat /tmp/d/f; rm /tmp/l; ls /tmp/d', 'y\nf\n'],
    ['cd /tmp; ln -s loop loop; cat loop', "!cat: can't open 'loop': No such file or directory\n"],
    ['cd /tmp; ln -s a b; ln -sf c b; readlink b; ln -s d b', 'c\n!ln: /tmp/b: File exists\n'],
    ['cd /tmp; echo x >f; ln f g; rm f; cat g', 'x\n'],
    [
      'cd /tmp; mkdir s; echo x >s/f; ln -s f s/l; cp -r s t; readlink t/l; tar cf a.tar s; rm -r s; tar xf a.tar; readlink s/l; cat s/l',
      'f\nf\nx\n',
    ],
    ['cd /tmp; ln -s nowhere l; [ -e l ] || echo dangling; rm l; [ -L l ] || echo gone', 'dangling\ngone\n'],
  ])('links: %s', (script, output) => {
    expect(said(script)).toBe(output);
  });

  it.each<[string, string]>([
    ['grep -n b f; grep -c a f g; grep -l c f g', '2:b a\nf:2\ng:1\ng\n'],
    ['grep -r c .; grep -h a f g | head -1; grep -o "[ab]" f | tr -d "\\n"', './g:c\na\naba'],
    ['grep -w a f | wc -l; grep -A1 -n b f; grep -m1 a f; grep -sq x missing; echo $?', '2\n2:b a\n3-z\na\n2\n'],
    ['grep -e b --count f; printf "a\\nb\\n" >p; grep -f p g', '1\na\n'],
  ])('K924 %s', (script, output) => {
    expect(said(`cd /tmp; printf 'a\\nb a\\nz\\n' >f; printf 'a\\nc\\n' >g; ${script}`)).toBe(output);
  });

  it('K924 options may have their value in the next word', () => {
    expect(said("nice -n 5 sh -c 'echo nice'; nohup echo up; setsid echo s")).toBe('nice\nup\ns\n');
    expect(said('sysctl -n vm.swappiness; sysctl -w vm.swappiness=1; echo $?')).toBe(
      "60\n!sysctl: error setting key 'vm.swappiness': Read-only file system\n1\n",
    );
    expect(said('free -m | head -2 | tail -1')).toContain('16384');
  });
});

function podOf(name: string, container: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', ...container }], ...spec },
  };
}

function start(...pods: JsonObject[]): PodCluster {
  const cluster = createPodCluster({ timing: { imagePull: '0s' } });
  cluster.apply(...pods);
  cluster.advanceTo(20);
  return cluster;
}

function run(image: string, script: string, more: JsonObject = {}): string[] {
  return readLogTexts(start(podOf('p', { image, command: ['sh', '-c', script], ...more })));
}

function exec(cluster: PodCluster, command: string[]): void {
  const request = { namespace: 'default', pod: 'p', container: 'c', command, stdin: false, tty: false };
  const commit = cluster.run({ type: 'exec-start', request });
  if (!commit.outcome.ok) throw new Error(commit.outcome.status.message);
}

describe('K925 processes', () => {
  it('K925 ps shows what the container runs', () => {
    expect(run('busybox', 'sleep 50 & ps | tr -s " "').slice(0, 3)).toEqual([
      'PID USER TIME COMMAND',
      ' 1 root 0:00 sh -c sleep 50 & ps | tr -s " "',
      ' 7 root 0:00 sleep 50',
    ]);
  });

  it.each<[JsonObject, string]>([
    [{ image: 'nginx' }, 'ps -o pid,args | grep -q "1 nginx: master"'],
    [
      { image: 'busybox', command: ['sh', '-c', 'while true; do sleep 100; done'] },
      'pidof sleep && pgrep -f "sh -c while" && ps | grep -q "sleep 100"',
    ],
    [{ image: 'registry.example.org/shop:1' }, 'pgrep shop'],
    [{ image: 'registry.example.org/shop:1', command: ['shop-server', '--port=1'] }, 'ps aux | grep "shop-server --port=1"'],
  ])('K925 a command beside it sees the process of %j', (container, command) => {
    const probe = { readinessProbe: { exec: { command: ['sh', '-c', command] }, periodSeconds: 5 } };
    expect(
      start(podOf('p', { ...container, ...probe }))
        .podRows('p')
        .at(-1),
    ).toMatch(/1\/1 Running 0$/);
  });

  it.each<[string, JsonObject, string, RegExp]>([
    ['a server ends', { image: 'nginx' }, 'TERM', /0\/1 Completed 0$/],
    ['a server does not get KILL from within', { image: 'nginx' }, 'KILL', /1\/1 Running 0$/],
    [
      'a shell without a trap ignores TERM',
      { image: 'busybox', command: ['sh', '-c', 'while true; do sleep 5; done'] },
      'TERM',
      /1\/1 Running 0$/,
    ],
    [
      'a shell with a trap runs it',
      { image: 'busybox', command: ['sh', '-c', 'trap "exit 3" TERM; while true; do sleep 1; done'] },
      'TERM',
      /0\/1 Error 0$/,
    ],
    [
      'a program that nobody knows ends',
      { image: 'registry.example.org/x:1', command: ['sh', '-c', 'exec run'] },
      'TERM',
      /0\/1 Completed 0$/,
    ],
  ])('K925 kill 1: %s', (_title, container, signal, row) => {
    const cluster = start(podOf('p', container));
    exec(cluster, ['sh', '-c', `kill -${signal} 1`]);
    cluster.advanceTo(40);
    expect(cluster.podRows('p').at(-1)).toMatch(row);
  });

  it('hostname has its options', () => {
    const spec = { hostname: 'h', subdomain: 'sub' };
    const cluster = start(
      podOf(
        'p',
        { image: 'busybox', command: ['sh', '-c', 'hostname; hostname -s; hostname -f; hostname -d; hostname -i | cut -c1-3'] },
        spec,
      ),
    );
    expect(readLogTexts(cluster)).toEqual(['h', 'h', 'h.sub.default.svc.cluster.local', 'sub.default.svc.cluster.local', '10.']);
  });

  it('privileged containers set the kernel', () => {
    const more = { securityContext: { privileged: true } };
    expect(run('busybox', 'sysctl -w vm.max_map_count=262144; sysctl -n vm.max_map_count', more)).toEqual([
      'vm.max_map_count = 262144',
      '262144',
    ]);
  });
});

describe('K924 packages, names, servers', () => {
  it('nodes have the paths that nodes have', () => {
    const volumes = [
      { name: 'a', hostPath: { path: '/var/lib/kubelet', type: 'Directory' } },
      { name: 'b', hostPath: { path: '/etc/os-release', type: 'File' } },
      { name: 'c', hostPath: { path: '/run/containerd/containerd.sock', type: 'Socket' } },
      { name: 'd', hostPath: { path: '/dev/kmsg', type: 'CharDevice' } },
      { name: 'e', hostPath: { path: '/lib/modules', type: 'Directory' } },
    ];
    const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/node/${name}` }));
    const cluster = start(
      podOf('p', { image: 'alpine', command: ['sh', '-c', 'grep ^ID= /node/b /etc/os-release'], volumeMounts }, { volumes }),
    );
    expect(readLogTexts(cluster)).toEqual(['/node/b:ID=debian', '/etc/os-release:ID=alpine']);
  });

  it.each<[string, string, string]>([
    ['alpine', 'apk add --no-cache curl >/dev/null; echo $?', '0'],
    ['debian', 'apt-get update -qq && apt-get install -y -qq curl; echo $?', '0'],
    ['busybox', 'apk add curl 2>&1; echo $?', 'sh: apk: not found'],
    ['debian', 'command -v apk || echo none', 'none'],
    ['nginx:1.27-alpine', 'command -v apk', '/bin/apk'],
  ])('%s: %s', (image, script, first) => {
    expect(run(image, script)[0]).toBe(first);
  });

  it.each<[string, string, string]>([
    ['alpine', 'git clone https://example.com/x /www; echo $?', 'sh: git: not found 127'],
    [
      'alpine',
      'apk add -q --no-cache git socat && git clone https://example.com/x /www; echo $?; gti; socat -V; echo $?',
      '0 sh: gti: not found 0',
    ],
    ['debian:12', 'apt-get install -y -qq nodejs; node app.js && npm ci; echo $?', '0'],
    ['ubuntu', 'apt-get install -y -qq git=2.43; git --version; echo $?', '0'],
  ])('K924 programs of installed packages are there: %s: %s', (image, script, lines) => {
    expect(run(image, script).join(' ')).toBe(lines);
  });

  it('httpd serves files, nc takes one connection', () => {
    expect(
      run(
        'busybox',
        'mkdir /w; echo page >/w/index.html; httpd -p 8080 -h /w; wget -qO- http://localhost:8080/; wget -q http://localhost:8080/x',
      ),
    ).toEqual(['page', 'wget: server returned error: HTTP/1.1 404 Not Found']);
    expect(
      run(
        'busybox',
        'printf "HTTP/1.1 200 OK\\r\\n\\r\\nhi\\n" | nc -l -p 9000 >/tmp/got & sleep 1; wget -qO- http://localhost:9000/a; wait; head -1 /tmp/got; nc -z localhost 9000; echo $?',
      ),
    ).toEqual(['hi', 'GET /a HTTP/1.1\r', '1']);
  });

  it('dig, nslookup, host and getent ask for names', () => {
    expect(
      run(
        'alpine',
        'dig +short kubernetes.default.svc.cluster.local; dig +short +search kubernetes; nslookup kubernetes | tail -3; getent hosts kubernetes',
      ),
    ).toEqual([
      '10.96.0.1',
      '10.96.0.1',
      'Name:\tkubernetes.default.svc.cluster.local',
      'Address: 10.96.0.1',
      '',
      '10.96.0.1      kubernetes.default.svc.cluster.local',
    ]);
    expect(run('busybox', 'ip link add dummy0 type dummy || echo $?; sysctl kernel.shm_rmid_forced')).toEqual([
      'ip: RTNETLINK answers: Operation not permitted',
      '1',
      'kernel.shm_rmid_forced = 0',
    ]);
    expect(run('busybox', 'telnet localhost 1; echo $?')).toEqual([
      "telnet: can't connect to remote host (127.0.0.1): Connection refused",
      '1',
    ]);
  });
});
