// K927: what the servers of the catalogue say when they start, and what keeps them from it.

import { describe } from 'vitest';
import { documented } from '../../support/documented.ts';

/** A pod of one container; `container` and `spec` are lines of YAML. */
function pod(image: string, container = '', spec = ''): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: p}}
spec:
  containers:
  - name: c
    image: ${image}
    ${container}
  ${spec}
`;
}

const UP = '1/1 Running 0';
const DOWN = '0/1 CrashLoopBackOff 1';
const ENTRY = '/docker-entrypoint.sh:';
const LISTEN = '10-listen-on-ipv6-by-default.sh: info:';

/** nginx with settings of its own. */
const settings = (text: string, path = '/etc/nginx/nginx.conf'): string =>
  `${pod(
    'nginx:1.27',
    `volumeMounts: [{name: v, mountPath: ${path}, subPath: x.conf}]`,
    'volumes: [{name: v, configMap: {name: conf}}]',
  )}---
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data:
  x.conf: ${JSON.stringify(text)}
`;

const fails = (problem: string): RegExp => new RegExp(`\\[emerg\\] 1#1: ${problem}\nnginx: \\[emerg\\] ${problem}$`);
const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('K927 nginx', () => {
  documented('K927 says what its entry point does, and that it starts', pod('nginx:1.27.3'), [
    {
      at: 10,
      shows: UP,
      log: [
        `${ENTRY} /docker-entrypoint.d/ is not empty, will attempt to perform configuration`,
        `${ENTRY} Looking for shell scripts in /docker-entrypoint.d/`,
        `${ENTRY} Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh`,
        `${LISTEN} Getting the checksum of /etc/nginx/conf.d/default.conf`,
        `${LISTEN} Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf`,
        `${ENTRY} Sourcing /docker-entrypoint.d/15-local-resolvers.envsh`,
        `${ENTRY} Launching /docker-entrypoint.d/20-envsubst-on-templates.sh`,
        `${ENTRY} Launching /docker-entrypoint.d/30-tune-worker-processes.sh`,
        `${ENTRY} Configuration complete; ready for start up`,
        '2025/01/01 00:00:01 [notice] 1#1: using the "epoll" event method',
        '2025/01/01 00:00:01 [notice] 1#1: nginx/1.27.3',
        '2025/01/01 00:00:01 [notice] 1#1: OS: Linux',
        '2025/01/01 00:00:01 [notice] 1#1: getrlimit(RLIMIT_NOFILE): 1048576:1048576',
        '2025/01/01 00:00:01 [notice] 1#1: start worker processes',
        ...[29, 30, 31, 32].map((worker) => `2025/01/01 00:00:01 [notice] 1#1: start worker process ${worker}`),
      ],
    },
  ]);
  documented('K927 says nothing where it is as old as the examples', pod('nginx:1.14.2'), [{ at: 10, shows: UP, log: [] }]);
  documented('K927 has no entry point under a command', pod('nginx:1.27', 'command: [nginx, -g, daemon off;]'), [
    { at: 10, shows: UP, log: /^2025\/01\/01 \S+ \[notice\] 1#1: using the "epoll"/ },
  ]);
  documented('K927 as somebody else', pod('nginx:1.27', 'securityContext: {runAsUser: 1000}'), [
    { at: 12, shows: DOWN, log: fails(quoted('mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)')) },
    { at: 12, log: /can not modify .*\(read-only file system\?\)[\s\S]*\[warn\] the "user" directive makes sense only/ },
  ]);
  documented('K927 with a root that is read-only', pod('nginx:1.14.2', 'securityContext: {readOnlyRootFilesystem: true}'), [
    { at: 12, shows: DOWN, log: fails(quoted('mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)')) },
  ]);
  const CACHE = '{name: cache, mountPath: /var/cache/nginx}';
  const VOLUMES = 'volumes: [{name: cache, emptyDir: {}}, {name: run, emptyDir: {}}]';
  const READ_ONLY = 'securityContext: {readOnlyRootFilesystem: true}';
  documented('K927 with half of what it needs', pod('nginx:1.27', `${READ_ONLY}\n    volumeMounts: [${CACHE}]`, VOLUMES), [
    { at: 12, shows: DOWN, log: fails(quoted('open() "/var/run/nginx.pid" failed (30: Read-only file system)')) },
  ]);
  documented(
    'K927 with all of it',
    pod('nginx:1.27', `${READ_ONLY}\n    volumeMounts: [${CACHE}, {name: run, mountPath: /var/run}]`, VOLUMES),
    [{ at: 12, shows: UP }],
  );
  documented('K927 without the right to give files away', pod('nginx:1.27', 'securityContext: {capabilities: {drop: [ALL]}}'), [
    { at: 12, shows: DOWN, log: fails(quoted('chown("/var/cache/nginx/client_temp", 101) failed (1: Operation not permitted)')) },
  ]);
  documented(
    'K927 with the rights that it needs',
    pod('nginx:1.27', 'securityContext: {capabilities: {drop: [ALL], add: [CHOWN, SETUID, SETGID, NET_BIND_SERVICE]}}'),
    [{ at: 12, shows: UP }],
  );
});

describe('K927 settings of nginx', () => {
  const problem = (title: string, text: string, said: string, path?: string): void =>
    documented(`K927 ${title}`, settings(text, path), [{ at: 12, shows: DOWN, log: fails(quoted(said)) }]);
  const SITE = '/etc/nginx/conf.d/default.conf';
  problem(
    'an upstream that nobody knows',
    'server {\n listen 80;\n location / {\n  proxy_pass http://backend:8080/;\n }\n}',
    `host not found in upstream "backend" in ${SITE}:4`,
    SITE,
  );
  problem(
    'a server of an upstream',
    'upstream api {\n server api-svc:8080;\n}\nserver { location / { proxy_pass http://api; } }',
    `host not found in upstream "api-svc:8080" in ${SITE}:2`,
    SITE,
  );
  problem('a server at the root', 'server { listen 8080; }\n', '"server" directive is not allowed here in /etc/nginx/nginx.conf:1');
  problem('no events', 'http { }\n', 'no "events" section in configuration');
  problem('a bracket too many', 'events {}\nhttp {\n}\n}\n', 'unexpected "}" in /etc/nginx/nginx.conf:4');
  problem('a bracket too few', 'events {}\nhttp {\n server {\n }\n', 'unexpected end of file, expecting "}" in /etc/nginx/nginx.conf:5');
  problem(
    'a certificate that is not there',
    'server { listen 443 ssl; ssl_certificate /etc/tls/tls.crt; ssl_certificate_key /etc/tls/tls.key; }',
    'cannot load certificate "/etc/tls/tls.crt": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(/etc/tls/tls.crt, r) error:10000080:BIO routines::no such file)',
    SITE,
  );
  documented(
    'K927 an upstream that a Service is',
    `${settings('server { location / { proxy_pass http://backend; } }', SITE)}---
apiVersion: v1
kind: Service
metadata: {name: backend}
spec: {selector: {app: b}, ports: [{port: 80}]}
`,
    [{ at: 12, shows: UP, log: /can not modify \/etc\/nginx\/conf\.d\/default\.conf/ }],
  );
  documented('K927 a name that is resolved later', settings('server { set $b http://backend; location / { proxy_pass $b; } }', SITE), [
    { at: 12, shows: UP },
  ]);

  const ASKER = `---
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {clusterIP: None, selector: {app: p}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: asker}
spec:
  restartPolicy: Never
  containers: [{name: c, image: curlimages/curl, command: [sh, -c, "sleep 20; SCRIPT"]}]
`;
  const answers = (title: string, text: string, script: string, log: readonly string[]): void =>
    documented(`K914 K927 ${title}`, settings(text, SITE) + ASKER.replace('SCRIPT', script), [{ at: 40, pod: 'asker', log }]);
  answers(
    'listens where they say, and nowhere else',
    'server { listen 8080; listen [::]:8080; }',
    'curl -s -o /dev/null -w %{http_code} s:8080; curl -s s:80 || echo no',
    ['200no'],
  );
  answers(
    'answers what they return',
    'server { location / { return 200 "hello\\n"; } location = /health { return 204; } location /old { return 301 /new; } location /down { return 503; } }',
    "for p in / /a /health /old/x /down; do curl -s -o /tmp/b -w '%{http_code} ' s$p; grep -o hello /tmp/b || echo -; done",
    ['200 hello', '200 hello', '204 -', '301 -', '503 -'],
  );
  answers(
    'serves the root of a location',
    'server { root /usr/share/nginx/html; location /etc { root /; } }',
    'curl -s s/etc/nginx/nginx.conf | grep -c worker_processes; curl -s s/ | grep -c title',
    ['1', '1'],
  );
});

describe('K927 others', () => {
  documented('K927 httpd', pod('httpd:2.4'), [
    {
      at: 10,
      shows: UP,
      log: /^AH00558: httpd: Could not reliably .* using 10\.244\.[\s\S]*\[Wed Jan 01 00:00:01\.000000 2025\] \[mpm_event:notice\] .* AH00489: Apache\/2\.4\.0 \(Unix\) configured -- resuming normal operations\n.*'httpd -D FOREGROUND'$/,
    },
  ]);
  documented('K927 httpd as somebody else', pod('httpd:2.4', '', 'securityContext: {runAsUser: 1000}'), [
    { at: 12, shows: DOWN, log: /\(13\)Permission denied: AH00099: could not create \/usr\/local\/apache2\/logs\/httpd\.pid/ },
  ]);
  documented('K927 redis', pod('redis:7.4'), [
    {
      at: 10,
      shows: UP,
      log: /^1:C 01 Jan 2025 00:00:01\.000 \* oO0OoO0OoO0Oo Redis is starting[\s\S]* \* Ready to accept connections tcp$/,
    },
  ]);
  documented('K927 an older redis', pod('redis:6.2'), [
    { at: 10, shows: UP, log: /# Server initialized\n1:M 01 Jan 2025 00:00:01\.000 \* Ready to accept connections$/ },
  ]);
  documented('K927 redis under other words', pod('redis:7.4', 'command: [redis-sentinel, /x]'), [{ at: 10, shows: UP, log: [] }]);
  documented('K927 postgres, when it is ready', pod('postgres:16', 'env: [{name: POSTGRES_PASSWORD, value: x}]'), [
    {
      at: 10,
      shows: UP,
      log: /PostgreSQL init process complete; ready for start up\.\n\n2025-01-01 00:00:03\.000 UTC \[1\] LOG: {2}starting PostgreSQL 16\.0 [\s\S]*database system is ready to accept connections$/,
    },
  ]);
  documented('K927 mysql', pod('mysql:8.0', 'env: [{name: MYSQL_ROOT_PASSWORD, value: x}]'), [
    { at: 20, shows: UP, log: /ready for connections\. Version: '8\.0'/ },
  ]);
  documented('K927 mongo', pod('mongo'), [{ at: 20, shows: UP, log: /"msg":"Waiting for connections","attr":\{"port":27017/ }]);
  documented(
    'a behaviour of its own says what it says itself',
    pod('nginx').replace('labels:', 'annotations: {orrery.sim/behavior.c: "{logs: [{text: \\"{%Y} own\\"}]}"}, labels:'),
    [{ at: 10, shows: UP, log: ['{%Y} own'] }],
  );
});

describe('K928 files of the kernel', () => {
  const script = (image: string, text: string, more = ''): string =>
    pod(image, `command: [sh, -c, ${JSON.stringify(text)}]\n    ${more}`, 'restartPolicy: Never');
  documented(
    'K928 say the limits',
    script(
      'busybox',
      'cd /sys/fs/cgroup; cat memory.max cpu.max cpu.weight; grep MemTotal /proc/meminfo; grep -c ^processor /proc/cpuinfo; cat /proc/1/cgroup; echo 1 > memory.max || echo no',
      'resources: {limits: {memory: 128Mi, cpu: 500m}, requests: {cpu: 250m}}',
    ),
    [
      {
        at: 10,
        log: [
          '134217728',
          '50000 100000',
          '10',
          'MemTotal:       16777216 kB',
          '4',
          '0::/',
          "sh: can't create memory.max: Read-only file system",
          'no',
        ],
      },
    ],
  );
  documented('K928 say that there are none', script('busybox', 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max'), [
    { at: 10, log: ['max', 'max 100000'] },
  ]);
  documented('K928 folders of distributions', script('debian', 'mkdir /opt/a /mnt/b /var/lib/c && echo made'), [{ at: 10, log: ['made'] }]);
  documented('K928 busybox has few', script('busybox', 'mkdir /opt/a || echo none'), [
    { at: 10, log: ["mkdir: can't create directory '/opt/a': No such file or directory", 'none'] },
  ]);
});

describe('K927 hello-app', () => {
  const line = (port: number): string => `2025/01/01 00:00:01 Server listening on port ${port}`;
  documented('K927 says where it listens', pod('gcr.io/google-samples/hello-app:1.0'), [{ at: 10, shows: UP, log: [line(8080)] }]);
  documented(
    'K927 listens where PORT says',
    pod(
      'us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0',
      'env: [{name: PORT, value: "9000"}]\n    readinessProbe: {tcpSocket: {port: 9000}}',
    ),
    [{ at: 20, shows: UP, log: [line(9000)] }],
  );
  documented(
    'K927 is not where PORT does not say',
    pod('gcr.io/google-samples/hello-app:2.0', 'env: [{name: PORT, value: "9000"}]\n    readinessProbe: {tcpSocket: {port: 8080}}'),
    [{ at: 20, shows: '0/1 Running 0', log: [line(9000)] }],
  );
});
