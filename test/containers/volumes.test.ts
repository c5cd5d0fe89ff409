// What files the containers of a pod see: payloads as tables, and mounted trees through the file system of the shell.

import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../src/engine/apimachinery/base64.ts';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import { authorityCertificate } from '../../src/engine/controllers/shared/authority.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Container, Pod } from '../../src/engine/kinds/pod/types.ts';
import { containerConfig, containerFiles, containerMounts } from '../../src/engine/containers/container-config.ts';
import { podWorkers } from '../../src/engine/kubelet/model.ts';
import { createBaseTree, createFileSystem } from '../../src/engine/shell/file-tree.ts';
import type { FileSystem } from '../../src/engine/shell/state.ts';
import { type VolumeContext, volumePayload } from '../../src/engine/containers/volumes/index.ts';
import { createPodCluster, type PodCluster } from '../support/pods.ts';

const MAPS: Readonly<Record<string, { data?: Record<string, string>; binaryData?: Record<string, string> }>> = {
  settings: { data: { color: 'blue', 'app.conf': 'a=1\n' }, binaryData: { raw: encodeBase64('bytes') } },
  dump: { binaryData: { bin: '3sr+utD+/2E=' } },
};

const CONTEXT: VolumeContext = {
  podIp: '10.244.0.7',
  hostIp: '192.168.1.2',
  configMap: (name) => MAPS[name],
  secret: (name) => (name === 'keys' ? { data: { token: encodeBase64('s3cret') } } : undefined),
  services: [],
  allocatable: { cpu: '4', memory: '8Gi' },
  token: ({ audience = '' }) => `token for ${audience}`,
  tokenIssuedMs: () => 0,
};

const POD = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u-1', labels: { app: 'web', tier: 'front' }, annotations: {} },
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '250m' } } }] },
} as unknown as Pod;

/** `mode path=text` of each file, or the error. */
function filesOf(source: object): readonly string[] | string {
  const payload = volumePayload({ name: 'v', ...source }, POD, CONTEXT);
  if (!payload.ok) return payload.error;
  return [...payload.value].map(([path, file]) => `${file.mode.toString(8)} ${path}=${file.text}`);
}

describe('payloads', () => {
  it.each<[string, object, readonly string[] | string]>([
    ['configMap', { configMap: { name: 'settings', defaultMode: 0o644 } }, ['644 color=blue', '644 app.conf=a=1\n', '644 raw=bytes']],
    [
      'configMap with items and modes',
      {
        configMap: {
          name: 'settings',
          defaultMode: 0o640,
          items: [
            { key: 'color', path: 'ui/color' },
            { key: 'raw', path: 'r', mode: 0o400 },
          ],
        },
      },
      ['640 ui/color=blue', '400 r=bytes'],
    ],
    [
      'bytes that are no UTF-8',
      { configMap: { name: 'dump', defaultMode: 0o644 } },
      ['644 bin=\udcde\udcca\udcfe\udcba\udcd0\udcfe\udcffa'],
    ],
    ['an optional configMap', { configMap: { name: 'none', optional: true } }, []],
    [
      'an optional key',
      {
        configMap: {
          name: 'settings',
          optional: true,
          items: [
            { key: 'x', path: 'x' },
            { key: 'color', path: 'c' },
          ],
        },
      },
      ['644 c=blue'],
    ],
    [
      'a key that is a member of all objects',
      { configMap: { name: 'settings', items: [{ key: 'constructor', path: 'x' }] } },
      'configmap references non-existent config key: constructor',
    ],
    ['secret', { secret: { secretName: 'keys', defaultMode: 0o400 } }, ['400 token=s3cret']],
    ['a missing secret', { secret: { secretName: 'none' } }, 'secret "none" not found'],
    [
      'downwardAPI',
      {
        downwardAPI: {
          items: [
            { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
            { path: 'tier', fieldRef: { fieldPath: "metadata.labels['tier']" }, mode: 0o600 },
            { path: 'cpu', resourceFieldRef: { containerName: 'c', resource: 'requests.cpu', divisor: '1m' } },
          ],
        },
      },
      ['644 labels=app="web"\ntier="front"', '600 tier=front', '644 cpu=250'],
    ],
    [
      'projected: later sources win',
      {
        projected: {
          defaultMode: 0o444,
          sources: [
            { configMap: { name: 'settings', items: [{ key: 'color', path: 'x' }] } },
            { secret: { name: 'keys', items: [{ key: 'token', path: 'x', mode: 0o400 }] } },
            { serviceAccountToken: { path: 'vault', audience: 'vault' } },
            { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
          ],
        },
      },
      ['400 x=s3cret', '444 vault=token for vault', '444 namespace=shop'],
    ],
    [
      'projected: all errors',
      { projected: { sources: [{ configMap: { name: 'a' } }, { secret: { name: 'b' } }, { secret: { name: 'c', optional: true } }] } },
      '[configmap "a" not found, secret "b" not found]',
    ],
  ])('K211 O4 %s', (_name, source, wanted) => {
    expect(filesOf(source)).toEqual(wanted);
  });
});

const CONFIG_MAP: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { color: 'blue' } };

function podOf(
  name: string,
  mounts: readonly (readonly JsonObject[])[],
  volumes: readonly JsonObject[],
  spec: JsonObject = {},
): JsonObject {
  const containers = mounts.map((volumeMounts, index) => ({
    name: `c${index}`,
    image: 'c1t1d0s7/myweb',
    imagePullPolicy: 'Never',
    volumeMounts,
    env: [{ name: 'SELF', value: 'me' }],
  }));
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers, volumes, ...spec } } as unknown as JsonObject;
}

/** The file system of a container, as a shell in it would have it. */
function filesIn(cluster: PodCluster, name: string, container: string): FileSystem {
  const pod = getObject(cluster.state, podKind, 'default', name) as Pod;
  const worker = podWorkers.edit(cluster.state, pod.metadata.uid);
  const spec = pod.spec.containers.find((item) => item.name === container) as Container;
  const config = containerConfig(cluster.state, worker, pod, spec);
  if (!config.ok) throw new Error(config.error);
  const mounts = containerMounts(cluster.state, worker, pod, spec, config.value);
  return createFileSystem(createBaseTree(cluster.state.nowMs, containerFiles(worker, pod)), mounts, cluster.state.nowMs);
}

/** The names that `ls` shows. */
function visible(files: FileSystem, path: string): readonly string[] {
  return (files.list(path) ?? []).filter((name) => !name.startsWith('.'));
}

function treeRows(cluster: PodCluster): string[] {
  return [...(cluster.state.tables.get('kubelet.volumes')?.rows.keys() ?? [])].map((key) => key.replace(/^[^|]{36}/, '<uid>'));
}

describe('mounts', () => {
  it('O3 C926 the account volume holds token, certificate and namespace, read-only and never stored', () => {
    const cluster = createPodCluster();
    cluster.apply(podOf('web', [[]], []));
    cluster.advanceTo(5);
    const files = filesIn(cluster, 'web', 'c0');
    const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
    expect(visible(files, folder)).toEqual(['ca.crt', 'namespace', 'token']);
    expect(files.read(`${folder}/namespace`)).toBe('default');
    expect(files.read(`${folder}/ca.crt`)).toBe(authorityCertificate(cluster.state));
    const claims = (files.read(`${folder}/token`) ?? '').split('.')[1] ?? '';
    expect(JSON.parse(decodeBase64(claims.padEnd(Math.ceil(claims.length / 4) * 4, '=')))).toMatchObject({
      sub: 'system:serviceaccount:default:default',
      'kubernetes.io': { pod: { name: 'web' } },
    });
    expect(files.write(`${folder}/token`, 'x', false)).toBe('Read-only file system');
    expect(treeRows(cluster)).toEqual([]);
  });

  it('K514 an emptyDir is shared by the containers of its pod and lost with it', () => {
    const cluster = createPodCluster();
    const volume = { name: 'shared', emptyDir: {} };
    const mounts = [[{ name: 'shared', mountPath: '/a' }], [{ name: 'shared', mountPath: '/b/c', readOnly: true }]];
    cluster.apply(podOf('one', mounts, [volume]), podOf('two', mounts, [volume]));
    cluster.advanceTo(5);
    expect(filesIn(cluster, 'one', 'c0').write('/a/x', 'hello', false)).toBeNull();
    const other = filesIn(cluster, 'one', 'c1');
    expect(other.read('/b/c/x')).toBe('hello');
    expect(other.write('/b/c/y', '', false)).toBe('Read-only file system');
    expect(filesIn(cluster, 'two', 'c0').list('/a')).toEqual([]);
    expect(treeRows(cluster)).toEqual(['<uid>|shared', '<uid>|shared']);
    cluster.remove('one', 0);
    cluster.advanceTo(60);
    expect(treeRows(cluster)).toEqual(['<uid>|shared']);
    cluster.apply(podOf('one', mounts, [volume]));
    cluster.advanceTo(65);
    expect(filesIn(cluster, 'one', 'c0').list('/a')).toEqual([]);
  });

  it('K233 subPath and subPathExpr show a part of a volume', () => {
    const cluster = createPodCluster();
    const mounts: readonly JsonObject[] = [
      { name: 'settings', mountPath: '/etc/color', subPath: 'ui/color' },
      { name: 'shared', mountPath: '/mine', subPathExpr: 'of/$(SELF)' },
      { name: 'shared', mountPath: '/all' },
    ];
    const settings = { name: 'settings', configMap: { name: 'settings', items: [{ key: 'color', path: 'ui/color' }] } };
    cluster.apply(CONFIG_MAP, podOf('web', [mounts], [settings, { name: 'shared', emptyDir: {} }]));
    cluster.advanceTo(5);
    const files = filesIn(cluster, 'web', 'c0');
    expect(files.read('/etc/color')).toBe('blue');
    expect(files.write('/mine/x', '1', false)).toBeNull();
    expect(files.read('/all/of/me/x')).toBe('1');
  });

  it('K211 host paths are those of the node, for every pod on it', () => {
    const cluster = createPodCluster();
    const mounts = [[{ name: 'host', mountPath: '/host' }]];
    cluster.apply(
      podOf('one', mounts, [{ name: 'host', hostPath: { path: '/data/one', type: 'DirectoryOrCreate' } }]),
      podOf('two', mounts, [{ name: 'host', hostPath: { path: '/data' } }]),
    );
    cluster.advanceTo(5);
    filesIn(cluster, 'one', 'c0').write('/host/x', 'hello', false);
    cluster.remove('one', 0);
    cluster.advanceTo(30);
    expect(filesIn(cluster, 'two', 'c0').read('/host/one/x')).toBe('hello');
  });

  it("P2 O3 hosts, host name and resolver are the kubelet's", () => {
    const cluster = createPodCluster();
    const spec = { hostname: 'box', subdomain: 'sub', hostAliases: [{ ip: '10.1.2.3', hostnames: ['a', 'b.c'] }] };
    cluster.apply(
      podOf('web', [[]], [], {
        ...spec,
        dnsConfig: { nameservers: ['9.9.9.9'], searches: ['corp'], options: [{ name: 'ndots', value: '2' }] },
      }),
    );
    cluster.advanceTo(5);
    const files = filesIn(cluster, 'web', 'c0');
    expect(files.read('/etc/hostname')).toBe('box\n');
    expect(files.read('/etc/hosts')?.split('\n').slice(-6)).toEqual([
      'fe00::2\tip6-allrouters',
      '10.244.0.2\tbox.sub.default.svc.cluster.local\tbox',
      '',
      '# Entries added by HostAliases.',
      '10.1.2.3\ta\tb.c',
      '',
    ]);
    expect(files.read('/etc/resolv.conf')).toBe(
      'search default.svc.cluster.local svc.cluster.local cluster.local corp\nnameserver 10.96.0.10\nnameserver 9.9.9.9\noptions ndots:2\n',
    );
  });

  it.each(['exact', 'reference'] as const)(
    'K121 K211 new content of a ConfigMap arrives with the next resync, but not in a subPath (%s clock)',
    (clockMode) => {
      const cluster = createPodCluster({ clockMode });
      const settings = { name: 'settings', configMap: { name: 'settings' } };
      const mounts: readonly JsonObject[] = [
        { name: 'settings', mountPath: '/s' },
        { name: 'settings', mountPath: '/part', subPath: 'color' },
      ];
      cluster.apply(CONFIG_MAP, podOf('web', [mounts], [settings]));
      cluster.advanceTo(100);
      const target = { resource: 'configmaps', namespace: 'default', name: 'settings', options: {} } as const;
      cluster.run({
        type: 'request',
        request: { ...target, verb: 'patch', patchType: 'merge', body: { data: { color: 'red', size: 'L' } } },
      });
      const seen: string[] = [];
      for (let second = 101; second <= 170; second += 1) {
        cluster.advanceTo(second);
        const files = filesIn(cluster, 'web', 'c0');
        const line = `${visible(files, '/s').join(' ')}: ${files.read('/s/color') ?? ''} ${files.read('/part') ?? ''}`;
        if (seen.at(-1)?.endsWith(line) !== true) seen.push(`${second} ${line}`);
      }
      expect(seen).toEqual(['101 color: blue blue', '154 color size: red blue']);
    },
  );
});
