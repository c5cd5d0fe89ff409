// What a container sees of services: names, addresses, ports and variables, asked for by a simulated shell.

import { expect, it } from 'vitest';
import { getObject } from '../../src/engine/apiserver/api.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import { readPodLog } from '../../src/engine/cluster/index.ts';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { createPodCluster, type PodCluster } from '../support/pods.ts';

const pod = (name: string, fields: object, metadata: object = {}): JsonObject =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec: fields }) as unknown as JsonObject;
const service = (name: string, spec: object): JsonObject =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec }) as unknown as JsonObject;

const WEB = { name: 'c', image: 'c1t1d0s7/myweb', ports: [{ containerPort: 8080 }] };

/** What a script prints, when it is run in a pod after a minute. */
function printed(script: string, manifests: readonly JsonObject[], cluster: PodCluster = createPodCluster({ nodes: 2 })): string[] {
  cluster.apply(...manifests);
  cluster.advanceTo(60);
  cluster.apply(pod('asker', { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', script] }] }));
  cluster.advanceTo(120);
  const log = readPodLog(cluster.state, { namespace: 'default', name: 'asker', container: '', isPrevious: false });
  if (!log.ok) throw new Error(log.status.message);
  return log.value.lines.map(({ text }) => text);
}

const web = pod('web-1', { containers: [WEB] }, { labels: { app: 'web' } });
const frontend = service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] });

it.each(['web', 'web.default', 'web.default.svc', 'web.default.svc.cluster.local', 'web.default.svc.cluster.local.'])(
  'C531 %s is a name of the service',
  (name) => {
    expect(
      printed(`wget -qO- http://${name}/ >/dev/null; echo $?; nc -z ${name} 80; echo $?; nc -z ${name} 81; echo $?`, [frontend, web]),
    ).toEqual(['0', '0', '1']);
  },
);

it('C531 names that nobody has do not resolve, and services without ready pods refuse', () => {
  const nobody = service('nobody', { selector: { app: 'nobody' }, ports: [{ port: 80 }] });
  expect(printed('wget -qO- http://nothing/ 2>&1; echo $?; wget -qO- http://nobody/ 2>&1; echo $?', [nobody])).toEqual([
    "wget: bad address 'nothing'",
    '1',
    expect.stringMatching(/^wget: can't connect to remote host \(10\.96\.\d+\.\d+\): Connection refused$/),
    '1',
  ]);
});

it.each([
  [['TCP', 'UDP'], 'netexec-pod,netexec-pod'],
  [['TCP'], 'netexec-pod,'],
  [['UDP'], ',netexec-pod'],
])('C531 a service forwards what it has ports for: %j', (protocols, expected) => {
  const args = ['netexec', '--http-port=80', '--udp-port=80'];
  const server = { name: 'c', image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args };
  const serving = pod('netexec-pod', { containers: [server] }, { labels: { app: 'netexec' } });
  const ports = protocols.map((protocol) => ({ name: protocol.toLowerCase(), port: 80, protocol }));
  const both = service('both', { selector: { app: 'netexec' }, ports });
  const script = 'a=$(wget -qO- http://both/hostname 2>/dev/null); b=$(echo hostName | nc -u -w 1 both 80); echo "$a,$b"';
  expect(printed(script, [serving, both])).toEqual([expected]);
});

it.each([
  ['ClientIP', 1],
  ['None', 3],
])('C534 sessionAffinity %s reaches one pod or all', (sessionAffinity, count) => {
  const server = { name: 'c', image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args: ['serve-hostname', '--port=80'] };
  const pods = ['a', 'b', 'c'].map((name) => pod(name, { containers: [server] }, { labels: { app: 'hosts' } }));
  const hosts = service('hosts', { selector: { app: 'hosts' }, ports: [{ port: 80 }], sessionAffinity });
  const lines = printed('for i in $(seq 30); do wget -qO- http://hosts/; echo; sleep 0.1; done', [...pods, hosts]);
  expect([lines.length, new Set(lines).size]).toEqual([30, count]);
});

it('C531 C506 a pod that is not ready gets no traffic from services', () => {
  const probe = { ...WEB, readinessProbe: { httpGet: { path: '/health?code=500', port: 8080 }, periodSeconds: 1 } };
  const unready = pod('web-1', { containers: [probe] }, { labels: { app: 'web' } });
  expect(printed('nc -z web 80; echo $?', [frontend, unready])).toEqual(['1']);
});

it('C521 C531 a headless service is the addresses of its pods, and its pods have names', () => {
  const headless = service('db', { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 8080 }] });
  const set = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      serviceName: 'db',
      replicas: 2,
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [WEB] } },
    },
  } as unknown as JsonObject;
  const script =
    'for host in db db-0.db db-1.db.default.svc.cluster.local; do nc -z $host 8080; echo $?; done; nc -z db-2.db 8080 2>/dev/null; echo $?';
  expect(printed(script, [headless, set])).toEqual(['0', '0', '0', '1']);
});

it('C521 C531 a name of another leads there', () => {
  const alias = service('alias', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' });
  const lost = service('lost', { type: 'ExternalName', externalName: 'elsewhere.example' });
  expect(printed('nc -z alias 80; echo $?; nc -z lost 80 2>/dev/null; echo $?', [frontend, web, alias, lost])).toEqual(['0', '1']);
});

it('C531 dig says what a name of another stands for', () => {
  const alias = service('alias', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' });
  const lost = service('lost', { type: 'ExternalName', externalName: 'foo.example' });
  const script =
    'for name in alias lost; do dig +short $name.default.svc.cluster.local CNAME; dig +short $name.default.svc.cluster.local; done; dig lost.default.svc.cluster.local | grep -E "status|CNAME"';
  const lines = printed(script, [frontend, web, alias, lost]);
  const [first, second, address, ...rest] = lines;
  expect([first, second]).toEqual(['web.default.svc.cluster.local.', 'web.default.svc.cluster.local.']);
  expect(address).toMatch(/^10\.96\./);
  expect(rest.slice(0, 2)).toEqual(['foo.example.', 'foo.example.']);
  expect(rest.slice(2).join(' ')).toMatch(/status: NOERROR.*CNAME\tfoo\.example\./);
});

it('K928 the kernel has what sysctls of the pod say', () => {
  const cluster = createPodCluster();
  const sysctls = [
    { name: 'kernel.shm_rmid_forced', value: '1' },
    { name: 'net/ipv4/ip_local_port_range', value: '1024 2000' },
  ];
  const script = 'sysctl kernel.shm_rmid_forced kernel/shm_rmid_forced net.ipv4.ip_local_port_range';
  const containers = [{ name: 'c', image: 'busybox', command: ['sh', '-c', script] }];
  cluster.apply(pod('asker', { restartPolicy: 'Never', securityContext: { sysctls }, containers }));
  cluster.advanceTo(60);
  const log = readPodLog(cluster.state, { namespace: 'default', name: 'asker', container: '', isPrevious: false });
  expect(log.ok && log.value.lines.map(({ text }) => text)).toEqual([
    'kernel.shm_rmid_forced = 1',
    'kernel.shm_rmid_forced = 1',
    'net.ipv4.ip_local_port_range = 1024 2000',
  ]);
});

it('K922 a container knows its own full name', () => {
  const cluster = createPodCluster();
  const command = ['sh', '-c', 'getent hosts box.sub.default.svc.cluster.local; getent hosts box; getent hosts other.sub || echo none'];
  const containers = [{ name: 'c', image: 'busybox', command }];
  cluster.apply(pod('asker', { restartPolicy: 'Never', hostname: 'box', subdomain: 'sub', containers }));
  cluster.advanceTo(60);
  const log = readPodLog(cluster.state, { namespace: 'default', name: 'asker', container: '', isPrevious: false });
  const lines = log.ok ? log.value.lines.map(({ text }) => text.replace(/^10\.244\.\d+\.\d+ +/, '')) : [];
  expect(lines).toEqual(['box.sub.default.svc.cluster.local', 'box', 'none']);
});

it('C811 ports of a node lead to the pods that have them, by address and protocol', () => {
  const cluster = createPodCluster();
  const server = (name: string, port: object): JsonObject =>
    pod(name, {
      nodeName: 'node-1',
      containers: [
        {
          name: 'c',
          image: 'registry.k8s.io/e2e-test-images/agnhost:2.53',
          args: ['netexec', '--http-port=8080', '--udp-port=8080'],
          ports: [{ containerPort: 8080, hostPort: 5000, ...port }],
        },
      ],
    });
  cluster.apply(server('one', { hostIP: '127.0.0.1' }), server('three', { protocol: 'UDP' }), server('four', { hostPort: 5001 }));
  cluster.advanceTo(20);
  const hostIP = getObject(cluster.state, podKind, 'default', 'one')?.status.hostIP ?? '';
  cluster.apply(server('two', { hostIP }));
  cluster.advanceTo(40);
  const script = [
    'wget -qO- http://127.0.0.1:5000/hostname',
    `wget -qO- http://${hostIP}:5000/hostname`,
    `echo hostname | nc -u -w 1 ${hostIP} 5000`,
    `wget -qO- http://${hostIP}:5001/hostname`,
    'wget -qO- http://127.0.0.1:5001/hostname',
    'wget -qO- http://127.0.0.1:5002/hostname 2>/dev/null || printf none',
  ];
  const run = (name: string, hostNetwork: boolean): string => {
    const command = ['sh', '-c', script.map((line) => `${line}; echo`).join('; ')];
    const containers = [{ name: 'c', image: 'busybox', command }];
    cluster.apply(pod(name, { restartPolicy: 'Never', nodeName: 'node-1', hostNetwork, containers }));
    cluster.advanceTo(hostNetwork ? 80 : 120);
    const log = readPodLog(cluster.state, { namespace: 'default', name, container: '', isPrevious: false });
    return log.ok ? log.value.lines.map(({ text }) => text).join(' ') : (log.status.message ?? '');
  };
  expect(run('on-the-host', true)).toBe('one two three four four none');
  expect(run('inside', false)).toMatch(/^.* two three four .*none$/);
});

it('C525 C531 node ports answer on every node', () => {
  const open = service('open', { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080, nodePort: 30_080 }] });
  const cluster = createPodCluster({ nodes: 2 });
  const script = 'for node in $NODES; do nc -z $node 30080; echo $?; nc -z $node 30081; echo $?; done';
  expect(printed(`NODES="172.18.0.2 172.18.0.3"; ${script}`, [open, web], cluster)).toEqual(['0', '1', '0', '1']);
});

it('C531 addresses of pods are names too, and variables tell of services that were there first', () => {
  const lines = printed('env | grep -E "^(WEB|KUBERNETES)_" | sort', [frontend, web]);
  expect(lines.filter((line) => line.startsWith('WEB_'))).toEqual([
    expect.stringMatching(/^WEB_PORT=tcp:\/\/10\.96\.1\.1:80$/),
    'WEB_PORT_80_TCP=tcp://10.96.1.1:80',
    'WEB_PORT_80_TCP_ADDR=10.96.1.1',
    'WEB_PORT_80_TCP_PORT=80',
    'WEB_PORT_80_TCP_PROTO=tcp',
    'WEB_SERVICE_HOST=10.96.1.1',
    'WEB_SERVICE_PORT=80',
  ]);
  expect(lines).toContain('KUBERNETES_SERVICE_HOST=10.96.0.1');
});

it('C531 which of several pods answers is the same in every run', () => {
  const pods = ['a', 'b', 'c'].map((name) => pod(name, { containers: [WEB] }, { labels: { app: 'web' } }));
  const script = 'for i in 1 2 3 4 5 6; do wget -qO- http://web/hostname; sleep 1; done; echo end';
  const first = printed(script, [frontend, ...pods]);
  expect(printed(script, [frontend, ...pods])).toEqual(first);
  expect(first.at(-1)).toBe('end');
});

it('C533 a rolling update loses requests, unless a hook holds the pods until the proxies know', () => {
  const cluster = createPodCluster({ nodes: 2 });
  const shop = (release: string, lifecycle?: object): JsonObject => {
    const readinessProbe = { httpGet: { path: '/', port: 80 }, periodSeconds: 2 };
    const container = { name: 'm', image: 'registry.example.org/shop:1', ports: [{ containerPort: 80 }], readinessProbe };
    const env = [{ name: 'RELEASE', value: release }];
    const spec = { containers: [{ ...container, env, ...(lifecycle === undefined ? {} : { lifecycle }) }] };
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop' },
      spec: { replicas: 3, selector: { matchLabels: { app: 'shop' } }, template: { metadata: { labels: { app: 'shop' } }, spec } },
    } as unknown as JsonObject;
  };
  const script = 'sleep 20; while true; do wget -q -T 1 -O /dev/null http://shop || echo lost; sleep 0.05; done';
  const client = pod('client', { containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', script] }] });
  const lost = (): number => {
    const log = readPodLog(cluster.state, { namespace: 'default', name: 'client', container: '', isPrevious: false });
    if (!log.ok) throw new Error(log.status.message);
    return log.value.lines.filter(({ text }) => text === 'lost').length;
  };
  const roll = (object: JsonObject): void => {
    expect(cluster.run({ type: 'manifests', mode: 'apply', namespace: 'default', objects: [object] }).outcome.ok).toBe(true);
  };
  const preStop = { preStop: { exec: { command: ['sleep', '5'] } } };
  cluster.apply(service('shop', { selector: { app: 'shop' }, ports: [{ port: 80 }] }), shop('1'), client);
  cluster.advanceTo(60);
  expect(lost()).toBe(0);
  roll(shop('2'));
  cluster.advanceTo(100);
  const first = lost();
  expect(first).toBeGreaterThan(0);
  roll(shop('2', preStop));
  cluster.advanceTo(140);
  const second = lost();
  expect(second).toBeGreaterThan(first);
  roll(shop('3', preStop));
  cluster.advanceTo(200);
  expect(lost()).toBe(second);
});
