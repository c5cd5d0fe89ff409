// How the files that a kubelet writes lie in their volume, as `ls`, `readlink`, `find` and `stat` of a container show it.

import { describe, expect, it } from 'vitest';
import { encodeBase64 } from '../../src/engine/apimachinery/base64.ts';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { createPodCluster, type PodCluster, podWithVolume, readLogTexts } from '../support/pods.ts';

const SETTINGS: JsonObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { color: 'blue\n', 'app.conf': 'a=1\n' },
};
const KEYS: JsonObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, data: { token: encodeBase64('s3cret\n') } };

const podOf = (script: string, ...rest: [volume: JsonObject, mount?: JsonObject, securityContext?: JsonObject]): JsonObject =>
  podWithVolume({ image: 'busybox:1.36', command: ['sh', '-c', script] }, ...rest);

const linesOf = (cluster: PodCluster): string[] =>
  readLogTexts(cluster).map((text) => text.replaceAll(/(\.\.\d{4}(?:_\d\d){5})\.\d{1,10}\b/g, '$1.<n>'));

/** What a script prints that starts in the first second of 2025. */
function printed(...pod: Parameters<typeof podOf>): string[] {
  const cluster = createPodCluster({ timing: { imagePull: '0s' } });
  cluster.apply(SETTINGS, KEYS, podOf(...pod));
  cluster.advanceTo(20);
  return linesOf(cluster);
}

const CONFIG_MAP: JsonObject = { configMap: { name: 'settings' } };
const NESTED: JsonObject = { configMap: { name: 'settings', items: [{ key: 'color', path: 'ui/dark/color' }] } };
const DATA = '..2025_01_01_00_00_00.<n>';
const LONG = "ls -la /v | awk 'NR > 1 { print $1, $3, $4, $9, $10, $11 }'";

describe('K936 what the kubelet writes is reached through ..data', () => {
  it.each<[string, Parameters<typeof podOf>, string[]]>([
    [
      'of a ConfigMap',
      [LONG, CONFIG_MAP],
      [
        'drwxrwxrwx root root .  ',
        'drwxr-xr-x root root ..  ',
        `drwxr-xr-x root root ${DATA}  `,
        `lrwxrwxrwx root root ..data -> ${DATA}`,
        'lrwxrwxrwx root root app.conf -> ..data/app.conf',
        'lrwxrwxrwx root root color -> ..data/color',
      ],
    ],
    [
      'of a Secret that is given to a group',
      [LONG, { secret: { secretName: 'keys', defaultMode: 0o400 } }, {}, { fsGroup: 2000 }],
      [
        'drwxrwsrwt root 2000 .  ',
        'drwxr-xr-x root root ..  ',
        `drwxr-sr-x root 2000 ${DATA}  `,
        `lrwxrwxrwx root 2000 ..data -> ${DATA}`,
        'lrwxrwxrwx root 2000 token -> ..data/token',
      ],
    ],
    ['a directory is one link', ['ls -A /v; readlink /v/ui', NESTED], [DATA, '..data', 'ui', '..data/ui']],
    ['an optional source that is missing', ['ls -A /v', { configMap: { name: 'none', optional: true } }], [DATA, '..data']],
    [
      'programs go through the links, or see them',
      [
        'cat /v/color; readlink -f /v/color; find /v -type f -name color; find /v -type l -name "*r"; stat -c "%F %a" /v/color; cp -r /v /w; ls -A /w',
        CONFIG_MAP,
      ],
      ['blue', `/v/${DATA}/color`, `/v/${DATA}/color`, '/v/color', 'symbolic link 777', DATA, '..data', 'app.conf', 'color'],
    ],
    [
      'nobody writes there',
      ['echo x > /v/color; echo x > /v/new; rm /v/color', CONFIG_MAP],
      [
        "sh: can't create /v/color: Read-only file system",
        "sh: can't create /v/new: Read-only file system",
        "rm: can't remove '/v/color': Read-only file system",
      ],
    ],
    [
      'a projection',
      [
        'ls -A /v; cat /v/in/color',
        {
          projected: {
            sources: [
              { configMap: { name: 'settings', items: [{ key: 'color', path: 'in/color' }] } },
              { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
            ],
          },
        },
      ],
      [DATA, '..data', 'in', 'labels', 'blue'],
    ],
    [
      'the account of the pod',
      ['cd /var/run/secrets/kubernetes.io/serviceaccount; ls -A; readlink ..data; readlink token', CONFIG_MAP],
      [DATA, '..data', 'ca.crt', 'namespace', 'token', DATA, '..data/token'],
    ],
    ['a part is a plain file', ['ls -l /v | cut -c1-10; readlink /v; cat /v', CONFIG_MAP, { subPath: 'color' }], ['-rw-r--r--', 'blue']],
    ['a part that is a directory', ['ls -A /v; cat /v/color', NESTED, { subPath: 'ui/dark' }], ['color', 'blue']],
  ])('%s', (_title, pod, lines) => expect(printed(...pod)).toEqual(lines));

  it('new content is another directory, and links that stay are as old as before', () => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    const show = 'readlink /v/..data; ls -A /v | wc -l; stat -c "%n %y" /v/color /v/size 2>/dev/null; cat /v/color /v/size 2>/dev/null';
    cluster.apply(SETTINGS, podOf(`for i in 1 2; do ${show}; sleep 170; done`, CONFIG_MAP));
    cluster.advanceTo(100);
    const target = { resource: 'configmaps', namespace: 'default', name: 'settings', options: {} } as const;
    const body: JsonObject = { data: { color: 'red\n', size: 'L\n', 'app.conf': null } };
    cluster.run({ type: 'request', request: { ...target, verb: 'patch', patchType: 'merge', body } });
    cluster.advanceTo(200);
    expect(linesOf(cluster)).toEqual([
      DATA,
      '4',
      '/v/color 2025-01-01 00:00:00.300000000 +0000',
      'blue',
      '..2025_01_01_00_02_11.<n>',
      '4',
      '/v/color 2025-01-01 00:00:00.300000000 +0000',
      '/v/size 2025-01-01 00:02:11.500000000 +0000',
      'red',
      'L',
    ]);
  });

  it('a token that was renewed lies in another directory', () => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    const token = { projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 600 } }] } };
    cluster.apply(podOf('readlink /v/..data; sleep 470; readlink /v/..data; sleep 60; readlink /v/..data; stat -c %y /v/token', token));
    cluster.advanceTo(600);
    expect(linesOf(cluster)).toEqual([DATA, DATA, '..2025_01_01_00_08_00.<n>', '2025-01-01 00:00:00.700000000 +0000']);
  });
});
