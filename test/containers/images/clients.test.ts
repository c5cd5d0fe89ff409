// Client programs of databases, databases that refuse to start, names outside.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { parseOutside } from '../../../src/engine/containers/network/outside.ts';
import { createPodCluster, readLogTexts } from '../../support/pods.ts';

function podOf(name: string, container: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', ...container }], ...spec },
  };
}

function serviceOf(name: string, port: number): JsonObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: name }, ports: [{ port }] } };
}

/** What a script in an image says, beside servers that have been up for a while. */
function said(image: string, script: string, outside?: JsonObject, ...others: JsonObject[]): string[] {
  const cluster = createPodCluster({ timing: { imagePull: '0s' }, ...(outside === undefined ? {} : { outside }) });
  cluster.apply(...others);
  cluster.advanceTo(30);
  cluster.apply(podOf('asker', { image, command: ['sh', '-c', script] }));
  cluster.advanceTo(120);
  return readLogTexts(cluster, 'asker');
}

const PASSWORD = [
  { name: 'POSTGRES_PASSWORD', value: 'x' },
  { name: 'MYSQL_ROOT_PASSWORD', value: 'x' },
];
const serverOf = (name: string, image: string, port: number): JsonObject[] => [
  podOf(name, { image, env: PASSWORD }),
  serviceOf(name, port),
];

describe('K920 clients of databases', () => {
  it.each<[string, string, string, string, number]>([
    ['pg_isready', 'pg_isready -h db', 'postgres:16', 'db:5432 - accepting connections', 5432],
    ['psql', 'psql -h db -U postgres -tAc "SELECT 1"', 'postgres:16', '1', 5432],
    ['psql by URL', 'psql postgres://u:p@db:5432/x -c "CREATE TABLE t (a int)"', 'postgres:16', 'CREATE TABLE', 5432],
    ['mysqladmin', 'mysqladmin ping -h db -uroot -px', 'mysql:8', 'mysqld is alive', 3306],
    ['mysql', 'mysql -hdb -uroot -px -Ne "SELECT 1"', 'mysql:8', '1', 3306],
    ['mariadb-admin', 'mariadb-admin ping --host=db', 'mariadb', 'mariadbd is alive', 3306],
    ['mongosh', 'mongosh --quiet --host db --eval "db.adminCommand(\'ping\')"', 'mongo:7', '{ ok: 1 }', 27_017],
    ['redis-cli', 'redis-cli -h db ping', 'redis:7', 'PONG', 6379],
  ])('%s is answered', (_title, script, image, answer, port) => {
    expect(said(image, `${script}; echo rc=$?`, undefined, ...serverOf('db', image, port))).toEqual([answer, 'rc=0']);
  });

  it.each<[string, string, string[]]>([
    ['postgres:16', 'pg_isready -h store -p 5432', ['store:5432 - no response', 'rc=2']],
    ['postgres:16', 'pg_isready', ['/var/run/postgresql:5432 - no response', 'rc=2']],
    ['postgres:16', 'psql -h store', ['psql: error: could not translate host name "store" to address: Name or service not known', 'rc=2']],
    [
      'postgres:16',
      'psql -h localhost',
      [
        'psql: error: connection to server at "localhost" (127.0.0.1), port 5432 failed: Connection refused',
        '\tIs the server running on that host and accepting TCP/IP connections?',
        'rc=2',
      ],
    ],
    ['mysql:8', 'mysqladmin ping -h store --silent', ['rc=1']],
    ['mysql:8', 'mysql -h store', ["ERROR 2005 (HY000): Unknown MySQL server host 'store' (-2)", 'rc=1']],
    ['mysql:8', 'mysql -h 127.0.0.1', ["ERROR 2003 (HY000): Can't connect to MySQL server on '127.0.0.1:3306' (111)", 'rc=1']],
    ['mariadb', 'mariadb -h 127.0.0.1', ["ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115)", 'rc=1']],
    ['mongo:7', 'mongosh --quiet --host store --eval 1', ['MongoNetworkError: getaddrinfo ENOTFOUND store', 'rc=1']],
    ['mongo:7', 'mongosh --quiet --eval 1', ['MongoNetworkError: connect ECONNREFUSED 127.0.0.1:27017', 'rc=1']],
    ['redis:7', 'redis-cli ping', ['Could not connect to Redis at 127.0.0.1:6379: Connection refused', 'rc=1']],
    ['redis:7', 'redis-cli -h store ping', ['Could not connect to Redis at store:6379: Name or service not known', 'rc=1']],
    ['registry.example.org/pg:1', 'pg_isready -h store', ['store:5432 - no response', 'rc=2']],
  ])('%s: %s, and nobody answers', (image, script, expected) => {
    expect(said(image, `${script}; echo rc=$?`)).toEqual(expected);
  });

  it('are probes and loops that wait', () => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    const cache = { image: 'redis:7', readinessProbe: { exec: { command: ['sh', '-c', 'redis-cli ping | grep PONG'] } } };
    const base = {
      image: 'postgres:16',
      env: PASSWORD,
      readinessProbe: { exec: { command: ['pg_isready', '-U', 'x'] }, periodSeconds: 1 },
    };
    const wait = { name: 'wait', image: 'postgres:16', command: ['sh', '-c', 'until pg_isready -h base; do echo not yet; sleep 2; done'] };
    cluster.apply(podOf('cache', cache), podOf('waits', { image: 'nginx' }, { initContainers: [wait] }));
    cluster.advanceTo(20);
    expect(cluster.podRows('cache').at(-1)).toMatch(/1\/1 Running 0$/);
    expect(cluster.podRows('waits').at(-1)).toMatch(/Init:0\/1 0$/);
    cluster.apply(podOf('base', base), serviceOf('base', 5432));
    cluster.advanceTo(40);
    expect(cluster.podRows('base').at(-1)).toMatch(/1\/1 Running 0$/);
    expect(cluster.podRows('waits').at(-1)).toMatch(/1\/1 Running 0$/);
  });
});

describe('K921 databases refuse to start without a password', () => {
  it.each<[string, string, JsonObject]>([
    ['postgres:16', 'Error: Database is uninitialized and superuser password is not specified.', {}],
    ['postgres:16', 'Error: Database is uninitialized and superuser password is not specified.', { args: ['-c', 'fsync=off'] }],
    ['mysql:8', '    - MYSQL_ROOT_PASSWORD', {}],
    ['mariadb', '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified', {}],
    [
      'mongo',
      "error: missing 'MONGO_INITDB_ROOT_USERNAME' or 'MONGO_INITDB_ROOT_PASSWORD'",
      { env: [{ name: 'MONGO_INITDB_ROOT_USERNAME', value: 'a' }] },
    ],
  ])('%s says %s', (image, line, more) => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    cluster.apply(podOf('base', { image, ...more }));
    cluster.advanceTo(10);
    expect(cluster.podRows('base').at(-1)).toMatch(/0\/1 Error 0$/);
    expect(readLogTexts(cluster, 'base').join('\n')).toContain(line);
  });

  it.each<[string, JsonObject]>([
    ['postgres:16', { env: [{ name: 'POSTGRES_HOST_AUTH_METHOD', value: 'trust' }] }],
    ['mysql:8', { env: [{ name: 'MYSQL_ALLOW_EMPTY_PASSWORD', value: '1' }] }],
    ['mongo', {}],
    ['postgres:16', { command: ['sleep', '600'] }],
  ])('%s starts with %j', (image, more) => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    cluster.apply(podOf('base', { image, ...more }));
    cluster.advanceTo(10);
    expect(cluster.podRows('base').at(-1)).toMatch(/1\/1 Running 0$/);
  });
});

describe('K922 names outside', () => {
  it('the usual ones answer', () => {
    const script =
      'wget -q -O /tmp/p http://www.example.org && grep -c www.example.org /tmp/p; nslookup github.com | grep -c Name; nc -zw1 8.8.8.8 53; echo $?';
    expect(said('busybox', script)).toEqual(['2', '1', '0']);
  });

  it('others do not, and ports that are closed swallow', () => {
    const script = 'wget -q http://nowhere.example.test; echo $?; nc -zw1 example.com 5432; echo $?';
    expect(said('busybox', script)).toEqual(["wget: bad address 'nowhere.example.test'", '1', '1']);
  });

  it('a Service leads to one', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'out' },
      spec: { type: 'ExternalName', externalName: 'example.com' },
    };
    expect(said('curlimages/curl', 'curl -s -o /dev/null -w "%{http_code}" http://out', undefined, service)).toEqual(['200']);
  });

  it('the configuration says which and how', () => {
    const outside = {
      'api.example.org': { status: 503, body: 'down', latency: '2s' },
      '*.shop.test': { ports: [8080] },
      'closed.test': { fault: 'refused' },
      '*': { fault: 'unknown' },
    };
    const script =
      'curl -s http://api.example.org; echo; curl -s -o /dev/null -w "%{http_code}\\n" http://a.shop.test:8080; curl -s http://closed.test; echo $?; curl -s https://github.com; echo $?';
    expect(said('curlimages/curl', script, outside)).toEqual(['down', '200', '7', '6']);
  });

  it.each<[JsonObject, string]>([
    [{ 'a b': {} }, 'must be a name such as example.org, *.example.org or *'],
    [{ a: 1 }, 'must be an object'],
    [{ a: { fault: 'x' } }, 'must be unknown, refused or timeout'],
    [{ a: { ports: [0] } }, 'must be a list of ports'],
    [{ a: { status: 1 } }, 'must be an integer between 100 and 599'],
    [{ a: { body: 1 } }, 'must be a string'],
    [{ a: { latency: 'x' } }, 'must be a duration'],
    [{ a: { b: 1 } }, 'unknown field; known are fault, ports, status, body, latency'],
  ])('%j is refused', (value, message) => {
    const parsed = parseOutside(value);
    expect(parsed.ok ? '' : parsed.errors[0]?.message).toContain(message);
  });
});
