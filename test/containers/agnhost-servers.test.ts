// The servers of agnhost, asked from other containers, by probes and hooks, and through the API server.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import { askPort, getRequest, isNoted } from '../../src/engine/cluster/index.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { createPodCluster, type PodCluster, readLogTexts } from '../support/pods.ts';

const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.53';

function podOf(name: string, container: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: { containers: [{ name: 'c', ...container }], ...spec },
  };
}

function serviceOf(name: string, protocol = 'TCP'): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${name}-svc` },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080, protocol }] },
  };
}

function open(args: readonly string[], more: JsonObject = {}, spec: JsonObject = {}): PodCluster {
  const cluster = createPodCluster({ timing: { imagePull: '0s' } });
  cluster.apply(podOf('web', { image: IMAGE, args: [...args], ...more }, spec));
  cluster.advanceTo(10);
  return cluster;
}

function podNamed(cluster: PodCluster, name = 'web'): Pod {
  const pod = getObject(cluster.state, podKind, 'default', name);
  if (pod === undefined) throw new Error(`no pod ${name}`);
  return pod;
}

/** What a script in another pod prints; `$IP` is the server's address. */
function asked(cluster: PodCluster, script: string): string[] {
  const env = [{ name: 'IP', value: podNamed(cluster).status.podIP ?? '' }];
  cluster.apply(podOf('asker', { image: IMAGE, command: ['sh', '-c', script], env }, { restartPolicy: 'Never' }));
  cluster.advanceTo(40);
  return readLogTexts(cluster, 'asker');
}

const NETEXEC = ['netexec', '--http-port=8080', '--udp-port', '8081'];

describe('K913 netexec', () => {
  it.each<[string, string, string[], string[]]>([
    ['/hostname', 'curl -s http://$IP:8080/hostname', ['web'], ['GET /hostname']],
    ['/hostName', 'wget -qO- http://$IP:8080/hostName', ['web'], ['GET /hostName']],
    ['/echo', 'curl -s "http://$IP:8080/echo?msg=a%20b+c"', ['a b c'], ['GET /echo?msg=a b c&code=']],
    ['/echo with a code', "curl -s -w ' %{http_code}' 'http://'$IP':8080/echo?msg=no&code=418'", ['no 418'], ['GET /echo?msg=no&code=418']],
    [
      '/echo with a wrong code',
      'curl -s "http://$IP:8080/echo?msg=no&code=x"',
      [`argument 'code' must be an integer or empty, got "x"`],
      ['GET /echo?msg=no&code=x'],
    ],
    ['/echo by a form', 'curl -s -d msg=posted http://$IP:8080/echo', ['posted'], ['GET /echo?msg=posted&code=']],
    ['/healthz', 'curl -s -o /dev/null -w "%{http_code}" http://$IP:8080/healthz', ['200'], ['GET /healthz']],
    ['/readyz', 'curl -s http://$IP:8080/readyz', ['ok'], ['GET /readyz']],
    ['/header', 'curl -s -H "X-Test: yes" "http://$IP:8080/header?key=x-test"', ['yes'], ['GET /header?key=x-test']],
    [
      '/shell',
      'curl -s "http://$IP:8080/shell?cmd=echo%20hello"',
      ['{"output":"hello\\n"}'],
      ['GET /shell?cmd=echo hello', 'Output: map[output:hello', ']'],
    ],
    [
      '/shell that fails',
      'curl -s "http://$IP:8080/shell?shellCommand=exit%203"',
      ['{"error":"exit status 3"}'],
      ['GET /shell?cmd=exit 3', 'Output: map[error:exit status 3]'],
    ],
    [
      '/redirect',
      'curl -sL "http://$IP:8080/redirect?location=/echo%3Fmsg%3Dfoo&code=307"',
      ['foo'],
      ['GET /redirect?msg=/echo?msg=foo&code=307', 'GET /echo?msg=foo&code='],
    ],
    [
      '/redirect that nobody follows',
      'curl -s -o /dev/null -w "%{http_code}" "http://$IP:8080/redirect?location=/x"',
      ['302'],
      ['GET /redirect?msg=/x&code='],
    ],
    [
      '/dial',
      'curl -s "http://$IP:8080/dial?host=$IP&port=8080&request=hostname&protocol=http&tries=2"',
      ['{"responses":["web","web"]}'],
      ['GET /hostname', 'GET /hostname'],
    ],
    [
      '/dial by UDP',
      'curl -s "http://$IP:8080/dial?host=$IP&port=8081&request=hostname&protocol=udp&tries=1"',
      ['{"responses":["web"]}'],
      ['Sending udp hostName response'],
    ],
    ['/dial without a request', 'curl -s "http://$IP:8080/dial?host=$IP&port=8081"', ['request parameter not specified. <nil>'], []],
    ['anything else', 'curl -s http://$IP:8080/x | cut -c1-16', ['NOW: 2025-01-01 '], ['GET /']],
    ['UDP', 'echo echo Hi | nc -u -w 1 $IP 8081', ['hi'], []],
    [
      'no HTTP',
      'echo hostName | nc -w 2 $IP 8080',
      ['HTTP/1.1 400 Bad Request', 'Content-Type: text/plain; charset=utf-8', 'Connection: close', '', '400 Bad Request'],
      [],
    ],
    ['HTTP by hand', "printf 'GET /hostname HTTP/1.0\\r\\n\\r\\n' | nc $IP 8080 | head -n 1", ['HTTP/1.1 200 OK'], ['GET /hostname']],
    ['an upload', 'curl -s "http://$IP:8080/upload"', ['{"error":"Unable to upload file."}'], ['GET /upload']],
    ['a port that nobody serves', 'curl -s http://$IP:8082/ ; echo $?', ['7'], []],
  ])('%s', (_title, script, output, log) => {
    const cluster = open(NETEXEC);
    expect(asked(cluster, script).map((line) => line.replace(/\r$/, ''))).toEqual(output);
    const [begin, udp, ...lines] = readLogTexts(cluster, 'web');
    expect([begin, udp]).toEqual([
      '2025/01/01 00:00:00 Started HTTP server on port 8080',
      '2025/01/01 00:00:00 Started UDP server on port  8081',
    ]);
    expect(lines.map((line) => line.replace(/^2025\/01\/01 \d\d:\d\d:\d\d /, ''))).toEqual(expect.arrayContaining(log));
  });

  it('/clientip is the address of who asks', () => {
    const cluster = open(NETEXEC);
    const [line] = asked(cluster, 'curl -s http://$IP:8080/clientip');
    expect(line).toMatch(new RegExp(`^${podNamed(cluster, 'asker').status.podIP?.replaceAll('.', '\\.') ?? ''}:\\d{5}$`));
  });

  it.each([
    ['exit?code=3', 3, '52', 12],
    ['exit?code=4&wait=2s', 4, '52', 14],
    ['exit?code=5&timeout=1s', 5, '0', 12],
    ['shutdown', 0, '52', 12],
  ])('/%s ends the process with %i', (path, code, status) => {
    const cluster = open(NETEXEC, {}, { restartPolicy: 'Never' });
    expect(asked(cluster, `curl -s "http://$IP:8080/${path}"; echo $?`)).toEqual([status]);
    expect(podNamed(cluster).status.containerStatuses?.[0]?.state).toMatchObject({ terminated: { exitCode: code } });
  });

  it('answers until its delayed end, and is not ready meanwhile', () => {
    const readinessProbe = { httpGet: { path: '/readyz', port: 8080 }, periodSeconds: 1, failureThreshold: 1 };
    const cluster = open([...NETEXEC, '--delay-shutdown=10'], { readinessProbe });
    expect(podNamed(cluster).status.containerStatuses?.[0]?.ready).toBe(true);
    cluster.remove('web', 30);
    cluster.advanceTo(14);
    expect(podNamed(cluster).status.containerStatuses?.[0]?.ready).toBe(false);
    expect(readLogTexts(cluster, 'web').filter((line) => line.includes('Sleeping 10 seconds before terminating...'))).toHaveLength(1);
    cluster.advanceTo(25);
    expect(getObject(cluster.state, podKind, 'default', 'web')).toBeUndefined();
  });

  it('notes each probe', () => {
    const livenessProbe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 5 };
    const cluster = open(NETEXEC, { livenessProbe });
    cluster.advanceTo(60);
    expect(readLogTexts(cluster, 'web').filter((line) => line.endsWith('GET /healthz')).length).toBeGreaterThanOrEqual(10);
  });

  it('K646 notes hooks of other pods', () => {
    const cluster = open(NETEXEC);
    const host = podNamed(cluster).status.podIP ?? '';
    const hook = (message: string): JsonObject => ({ httpGet: { path: `/echo?msg=${message}`, port: 8080, host } });
    cluster.apply(podOf('hooked', { image: IMAGE, lifecycle: { postStart: hook('poststart'), preStop: hook('prestop') } }));
    cluster.advanceTo(20);
    cluster.remove('hooked');
    cluster.advanceTo(30);
    const lines = readLogTexts(cluster, 'web').map((line) => line.slice(20));
    expect(lines.slice(2)).toEqual(['GET /echo?msg=poststart&code=', 'GET /echo?msg=prestop&code=']);
  });

  it('K646 a hook that nobody answers fails', () => {
    const lifecycle = { postStart: { httpGet: { path: '/', port: 81 } } };
    const cluster = open(['pause'], { lifecycle });
    expect(cluster.eventRows('FailedPostStartHook')[0]).toContain('FailedPostStartHook');
  });

  it('S14 answers through the API server, and is part of the history then', () => {
    const cluster = open(NETEXEC);
    const request = getRequest('default', 'web', 8080, '/echo?msg=hi');
    expect(isNoted(cluster.state, request)).toBe(true);
    expect(askPort(cluster.state, request, true)).toMatchObject({ status: 200, body: 'hi' });
    expect(readLogTexts(cluster, 'web')).toHaveLength(2);
    const { outcome } = cluster.run({ type: 'port-request', request });
    expect(outcome.answer).toMatchObject({ status: 200, body: 'hi' });
    expect(readLogTexts(cluster, 'web')).toHaveLength(3);
  });

  it('serves through a service', () => {
    const cluster = open(NETEXEC, { ports: [{ containerPort: 8080 }] });
    cluster.apply(serviceOf('web'));
    expect(
      asked(cluster, 'sleep 2; curl -s http://web-svc/hostname; echo; echo hostName | nc -v -w 2 web-svc 80 2>/dev/null | tail -n 1'),
    ).toEqual(['web', '400 Bad Request']);
  });
});

describe('K913 other servers', () => {
  it('serve-hostname', () => {
    const cluster = open(['serve-hostname', '--port', '8080']);
    expect(asked(cluster, 'curl -s http://$IP:8080/any')).toEqual(['web']);
    expect(readLogTexts(cluster, 'web').map((line) => line.slice(20))).toEqual([
      'Serving on port 8080.',
      expect.stringMatching(/^HTTP request from 10\.\S+:\d+$/),
    ]);
  });

  it('serve-hostname without HTTP', () => {
    const cluster = open(['serve-hostname', '--http=false', '--tcp', '--udp']);
    expect(asked(cluster, 'nc $IP 9376 </dev/null; echo; echo x | nc -u $IP 9376')).toEqual(['web', 'web']);
  });

  it('porter serves what its variables say', () => {
    const env = [
      { name: 'SERVE_PORT_80', value: 'foo' },
      { name: 'SERVE_TCP_PORT_81', value: '<a>' },
    ];
    const cluster = open(['porter'], { env });
    expect(asked(cluster, 'curl -s http://$IP/; echo; curl -s http://$IP:81/; echo; curl -s http://$IP:82/; echo $?')).toEqual([
      'foo',
      '<a>',
      '7',
    ]);
  });

  it.each([
    ['<a href="/x">y</a>', 'text/html; charset=utf-8'],
    [' \n<!-- no -->', 'text/html; charset=utf-8'],
    ['<abbr>no</abbr>', 'text/plain; charset=utf-8'],
    ['<?xml version="1.0"?>', 'text/xml; charset=utf-8'],
    ['foo', 'text/plain; charset=utf-8'],
    ['\u0001foo', 'application/octet-stream'],
  ])('K913 the type of %j is %s', (value, type) => {
    const cluster = open(['porter'], { env: [{ name: 'SERVE_PORT_80', value }] });
    expect(asked(cluster, 'curl -sI -X GET http://$IP/ | grep -i content-type | tr -d "\\r"')).toEqual([`Content-Type: ${type}`]);
  });

  it.each(['nautilus', 'kitten'])('K913 the image %s is a web server with a picture', (name) => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    cluster.apply(podOf('web', { image: `registry.k8s.io/e2e-test-images/${name}:1.7` }));
    cluster.advanceTo(10);
    expect(asked(cluster, 'curl -s http://$IP/data.json').join('')).toBe(`{  "image": "${name}.jpg"}`);
  });

  it('K913 nettest counts who has written to it', () => {
    const cluster = open(['nettest']);
    const script =
      'for i in 1 2; do wget -qO- --post-data={\\"Source\\":\\"a\\"} http://$IP:8080/write; done; curl -s -d no http://$IP:8080/write; curl -s http://$IP:8080/read; echo; curl -s http://$IP:8080/status';
    expect(asked(cluster, script)).toEqual([
      ...Array.from({ length: 3 }, () => '{"Hostname":"web"}'),
      '{',
      '\t"Hostname": "web",',
      '\t"Sent": null,',
      '\t"Received": {',
      '\t\t"a": 2',
      '\t},',
      '\t"Errors": [',
      '\t\t"web: Got request with no source"',
      '\t],',
      '\t"Log": null,',
      '\t"StillContactingPeers": true',
      '}',
      'running',
    ]);
    const left = open(['nettest']);
    asked(left, 'curl -s http://$IP:8080/quit');
    expect(podNamed(left).status.containerStatuses?.[0]).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 0 } } });
  });

  it('K913 guestbook keeps entries in a primary and its replicas', () => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    const backend = (name: string): JsonObject => ({
      ...serviceOf(name),
      metadata: { name },
      spec: { selector: { app: name }, ports: [{ port: 6379 }] },
    });
    cluster.apply(backend('agnhost-primary'), backend('agnhost-replica'));
    cluster.apply(podOf('web', { image: IMAGE, args: ['guestbook', '--backend-port', '6379'] }));
    cluster.apply(podOf('agnhost-replica', { image: IMAGE, args: ['guestbook', '--replicaof', 'agnhost-primary', '--http-port', '6379'] }));
    cluster.advanceTo(8);
    cluster.apply(podOf('agnhost-primary', { image: IMAGE, args: ['guestbook', '--backend-port', '6379', '--http-port', '6379'] }));
    cluster.advanceTo(20);
    const ask = (query: string): string => `curl -s "http://$IP/guestbook?${query}"; echo`;
    const script = [
      ask('cmd=get&key=messages'),
      ask('cmd=set&key=messages&value=Hi'),
      ask('cmd=get&key=messages'),
      ask('cmd=no'),
      ask('cmd=set'),
    ];
    expect(asked(cluster, script.join('; ')).filter((line) => line !== '')).toEqual([
      '{"data":""}',
      '{"message":"Updated"}',
      '{"data":"Hi"}',
      "unsupported cmd: 'no'",
      'cannot set with empty key.',
    ]);
    const log = readLogTexts(cluster, 'agnhost-replica').map((line) => line.slice(20));
    expect(log).toContainEqual(expect.stringMatching(/^encountered error while registering to primary: .* Retrying in 1s\.$/));
    expect(log).toContain('Registered to node: agnhost-primary');
    expect(log).toContain('GET /set?key=messages&value=Hi');
  });

  it('K913 a replica of a guestbook without a primary gives up', () => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    cluster.apply(podOf('web', { image: IMAGE, args: ['guestbook', '--replicaof', 'nobody'] }, { restartPolicy: 'Never' }));
    cluster.advanceTo(40);
    expect(readLogTexts(cluster, 'web').at(-1)).toMatch(/Timed out while registering to primary\.$/);
    expect(podNamed(cluster).status.phase).toBe('Failed');
  });

  it('porter answers JSON', () => {
    const cluster = open(['porter', '--json-response'], { env: [{ name: 'SERVE_PORT_80', value: 'foo' }] });
    expect(asked(cluster, 'curl -s -X PUT http://$IP/')).toEqual(['{"Method":"PUT","Body":"foo"}']);
  });

  it('test-webserver serves the files of its container', () => {
    const cluster = open(['test-webserver']);
    const script =
      'curl -s http://$IP/etc/hostname; curl -s -o /dev/null -w "%{http_code}\\n" http://$IP/no; curl -s http://$IP/etc/ | grep hostname';
    expect(asked(cluster, script)).toEqual(['web', '404', '<a href="hostname">hostname</a>']);
  });

  it('K433 liveness is healthy for ten seconds', () => {
    const livenessProbe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 3, initialDelaySeconds: 3, failureThreshold: 1 };
    const cluster = open(['liveness'], { livenessProbe });
    expect(podNamed(cluster).status.containerStatuses?.[0]?.restartCount).toBe(0);
    cluster.advanceTo(20);
    expect(podNamed(cluster).status.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 2, reason: 'Error' } },
    });
  });

  it('liveness by its other paths', () => {
    const cluster = open(['liveness']);
    const script =
      'curl -s -w " %{http_code}" "http://$IP:8080/sleep-headers?code=201&time=2"; curl -s http://$IP:8080/disconnect-headers; echo $?';
    expect(asked(cluster, script)).toEqual(['Slept for 2 secs', ' 20152']);
  });
});
