// The catalogue's web servers: documents from the image, from volumes and by commands, error pages, logs, probes.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import { askPort, getRequest, isNoted } from '../../src/engine/cluster/index.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { createPodCluster, type PodCluster, readLogLines } from '../support/pods.ts';

function podOf(name: string, container: JsonObject, spec: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', ...container }], ...spec } };
}

function configMap(name: string, data: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

function open(container: JsonObject, spec: JsonObject = {}, ...more: JsonObject[]): PodCluster {
  const cluster = createPodCluster({ timing: { imagePull: '0s' } });
  cluster.apply(...more, podOf('web', container, spec));
  cluster.advanceTo(10);
  return cluster;
}

const linesOf = (cluster: PodCluster, name = 'web'): { stream: string; text: string }[] =>
  readLogLines(cluster, name)
    .map(({ stream, text }) => ({ stream, text }))
    .filter(({ text }) => !START.test(text));

/** What the servers say when they start, which test/containers/images/starts.test.ts looks at. */
const START = /^(?:\/docker-entrypoint|10-listen)|\[notice\]|:notice\]|^AH00558/;

function podNamed(cluster: PodCluster, name = 'web'): Pod {
  const pod = getObject(cluster.state, podKind, 'default', name);
  if (pod === undefined) throw new Error(`no pod ${name}`);
  return pod;
}

function addressOf(cluster: PodCluster, name = 'web'): string {
  return podNamed(cluster, name).status.podIP ?? '';
}

function asked(cluster: PodCluster, script: string): string[] {
  const env = [{ name: 'IP', value: addressOf(cluster) }];
  cluster.apply(podOf('asker', { image: 'curlimages/curl', command: ['sh', '-c', script], env }, { restartPolicy: 'Never' }));
  cluster.advanceTo(20);
  return linesOf(cluster, 'asker').map(({ text }) => text.replace(/\r$/, ''));
}

function exec(cluster: PodCluster, command: string): void {
  cluster.run({
    type: 'exec-start',
    request: { namespace: 'default', pod: 'web', container: 'c', command: ['sh', '-c', command], stdin: false, tty: false },
  });
}

const CODE = 'curl -s -o /dev/null -w "%{http_code}\\n"';

describe('K914 nginx', () => {
  it('serves its welcome, pages of errors, and logs in the combined format', () => {
    const cluster = open({ image: 'nginx:1.27.1' });
    const script = `curl -s http://$IP/ | grep title; curl -s http://$IP/no?x=1; ${CODE} -X POST http://$IP/; wget -qO- http://$IP/index.html | grep -c Welcome; curl -sI http://$IP/ | grep Server`;
    expect(asked(cluster, script)).toEqual([
      '<head><title>Welcome to nginx!</title></head>',
      '<html>',
      '<head><title>404 Not Found</title></head>',
      '<body>',
      '<center><h1>404 Not Found</h1></center>',
      '<hr><center>nginx/1.27.1</center>',
      '</body>',
      '</html>',
      '405',
      '2',
      'Server: nginx/1.27.1',
    ]);
    const [ip, client] = [addressOf(cluster), addressOf(cluster, 'asker')];
    const size = '<center><h1></h1></center>'.length;
    expect(size).toBeGreaterThan(0);
    expect(
      linesOf(cluster).map(({ stream, text }) => `${stream} ${text.replace(/:\d\d:\d\d:\d\d /, ':T ').replace(/^2025\/01\/01 \S+/, 'T')}`),
    ).toEqual([
      `stdout ${client} - - [01/Jan/2025:T +0000] "GET / HTTP/1.1" 200 178 "-" "curl/8.9.1" "-"`,
      `stderr T [error] 31#31: *1 open() "/usr/share/nginx/html/no" failed (2: No such file or directory), client: ${client}, server: localhost, request: "GET /no?x=1 HTTP/1.1", host: "${ip}"`,
      `stdout ${client} - - [01/Jan/2025:T +0000] "GET /no?x=1 HTTP/1.1" 404 153 "-" "curl/8.9.1" "-"`,
      `stdout ${client} - - [01/Jan/2025:T +0000] "POST / HTTP/1.1" 405 157 "-" "curl/8.9.1" "-"`,
      `stdout ${client} - - [01/Jan/2025:T +0000] "GET /index.html HTTP/1.1" 200 178 "-" "Wget" "-"`,
      `stdout ${client} - - [01/Jan/2025:T +0000] "HEAD / HTTP/1.1" 200 0 "-" "curl/8.9.1" "-"`,
    ]);
  });

  it('serves what is mounted, folders and all', () => {
    const volumes = [
      {
        name: 'v',
        configMap: {
          name: 'site',
          items: [
            { key: 'index', path: 'index.html' },
            { key: 'about', path: 'about/index.html' },
            { key: 'about', path: 'empty/x.txt' },
          ],
        },
      },
    ];
    const volumeMounts = [{ name: 'v', mountPath: '/usr/share/nginx/html' }];
    const cluster = open({ image: 'nginx', volumeMounts }, { volumes }, configMap('site', { index: 'home\n', about: 'us\n' }));
    const script = `curl -s http://$IP/; curl -s http://$IP/about/; ${CODE} http://$IP/about; curl -sL http://$IP/about; ${CODE} http://$IP/empty/; ${CODE} http://$IP/50x.html`;
    expect(asked(cluster, script)).toEqual(['home', 'us', '301', 'us', '403', '404']);
  });

  it('serves what another container writes', () => {
    const mounts = (mountPath: string): JsonObject[] => [{ name: 'v', mountPath }];
    const writer = {
      name: 'w',
      image: 'busybox',
      command: ['sh', '-c', 'echo hello > /data/index.html; sleep 1000'],
      volumeMounts: mounts('/data'),
    };
    const server = { name: 'c', image: 'nginx', volumeMounts: mounts('/usr/share/nginx/html') };
    const cluster = open(server, { containers: [server, writer], volumes: [{ name: 'v', emptyDir: {} }] });
    expect(asked(cluster, 'curl -s http://$IP/')).toEqual(['hello']);
  });

  it('reads its document directory from its settings', () => {
    const volumes = [{ name: 'v', configMap: { name: 'site' } }];
    const volumeMounts = [{ name: 'v', mountPath: '/etc/nginx/conf.d' }];
    const cluster = open(
      { image: 'nginx', volumeMounts },
      { volumes },
      configMap('site', { 'default.conf': 'server { listen 80; root /etc; }' }),
    );
    expect(asked(cluster, 'curl -s http://$IP/hostname')).toEqual(['web']);
  });

  it('K434 a probe fails when its document goes, and succeeds when it comes back', () => {
    const readinessProbe = { httpGet: { path: '/ready.html', port: 80 }, periodSeconds: 1, failureThreshold: 1 };
    const cluster = open({ image: 'nginx', readinessProbe });
    const isReady = (): boolean => podNamed(cluster).status.containerStatuses?.[0]?.ready === true;
    expect(isReady()).toBe(false);
    exec(cluster, 'cp /usr/share/nginx/html/index.html /usr/share/nginx/html/ready.html');
    cluster.advanceTo(14);
    expect(isReady()).toBe(true);
    exec(cluster, 'mv /usr/share/nginx/html/ready.html /tmp/');
    cluster.advanceTo(18);
    expect(isReady()).toBe(false);
    expect(linesOf(cluster)).toEqual([]);
  });

  it('a behaviour says something else', () => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    const annotations = {
      'orrery.sim/behavior.c': JSON.stringify({
        http: [
          { path: '/x', status: 418, body: 'tea' },
          { path: '/health', status: 500, from: '1h' },
        ],
      }),
    };
    cluster.apply({ ...podOf('web', { image: 'nginx', ports: [{ containerPort: 80 }] }), metadata: { name: 'web', annotations } });
    cluster.advanceTo(10);
    expect(asked(cluster, `curl -s http://$IP/x; echo; ${CODE} http://$IP/y; ${CODE} http://$IP/health`)).toEqual(['tea', '404', '200']);
  });

  it('S14 a request through the API server is noted', () => {
    const cluster = open({ image: 'nginx' });
    const request = getRequest('default', 'web', 80, '/');
    expect(isNoted(cluster.state, request)).toBe(true);
    expect(askPort(cluster.state, request, true)?.body).toContain('Welcome to nginx!');
    expect(linesOf(cluster)).toEqual([]);
    cluster.run({ type: 'port-request', request });
    expect(linesOf(cluster).map(({ text }) => text.slice(0, 12))).toEqual(['127.0.0.1 - ']);
  });
});

describe('K914 others', () => {
  it('httpd serves, logs in the common format, and misses a document that was moved away', () => {
    const readinessProbe = { httpGet: { path: '/index.html', port: 80 }, periodSeconds: 1, failureThreshold: 1 };
    const cluster = open({ image: 'registry.k8s.io/e2e-test-images/httpd:2.4.38-4', readinessProbe });
    expect(podNamed(cluster).status.containerStatuses?.[0]?.ready).toBe(true);
    expect(asked(cluster, 'curl -s http://$IP/')).toEqual(['<html><body><h1>It works!</h1></body></html>']);
    expect(linesOf(cluster).map(({ text }) => text.replace(/:\d\d:\d\d:\d\d /, ':T '))).toEqual([
      `${addressOf(cluster, 'asker')} - - [01/Jan/2025:T +0000] "GET / HTTP/1.1" 200 45`,
    ]);
    exec(cluster, 'mv -v /usr/local/apache2/htdocs/index.html /tmp/ || true');
    cluster.advanceTo(24);
    expect(podNamed(cluster).status.containerStatuses?.[0]?.ready).toBe(false);
    exec(cluster, 'mv -v /tmp/index.html /usr/local/apache2/htdocs/ || true');
    cluster.advanceTo(28);
    expect(podNamed(cluster).status.containerStatuses?.[0]?.ready).toBe(true);
  });

  it('hello-app says which version it is, and where', () => {
    const cluster = open({ image: 'us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0' });
    expect(asked(cluster, 'curl -s http://$IP:8080/a')).toEqual(['Hello, world!', 'Version: 2.0.0', 'Hostname: web']);
    expect(linesOf(cluster).map(({ text }) => text.slice(20))).toEqual(['Server listening on port 8080', 'Serving request: /a']);
  });

  it('hpa-example is well', () => {
    expect(asked(open({ image: 'registry.k8s.io/hpa-example' }), 'curl -s http://$IP/')).toEqual(['OK!']);
  });
});
