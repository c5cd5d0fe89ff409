// What `agnhost mounttest` prints of mounted volumes, and what upstream's storage tests ask of it: modes, owners, contents, new files, loops.

import { describe, expect, it } from 'vitest';
import { encodeBase64 } from '../../src/engine/apimachinery/base64.ts';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject } from '../../src/engine/apiserver/api.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import { createPodCluster, type PodCluster, podWithVolume, readLogTexts } from '../support/pods.ts';

const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.53';
const SETTINGS: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { 'data-1': 'value-1' } };
const KEYS: JsonObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, data: { 'data-1': encodeBase64('value-1\n') } };
const ITEM: JsonObject = { key: 'data-1', path: 'path/to/data-2' };
const POD_NAME: JsonObject = { path: 'podname', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } };

interface Case {
  readonly volume: JsonObject;
  readonly args: readonly string[];
  readonly mount?: JsonObject;
  readonly pod?: JsonObject;
  readonly container?: JsonObject;
}

const podOf = ({ volume, args, mount, pod, container = {} }: Case): JsonObject =>
  podWithVolume({ image: IMAGE, args: ['mounttest', ...args], ...container }, volume, mount, pod);

function exitCode(cluster: PodCluster): number | undefined {
  const pod = getObject(cluster.state, podKind, 'default', 'p');
  return (pod?.status.containerStatuses?.[0]?.state as { terminated?: { exitCode: number } } | undefined)?.terminated?.exitCode;
}

/** The log of a pod that has ended, and its exit code. */
function run(given: Case): string[] {
  const cluster = createPodCluster({ timing: { imagePull: '0s' } });
  cluster.apply(SETTINGS, KEYS, podOf(given));
  cluster.advanceTo(20);
  return [...readLogTexts(cluster), `exit ${exitCode(cluster)}`];
}

const MEMORY: JsonObject = { emptyDir: { medium: 'Memory' } };
const DISK: JsonObject = { emptyDir: {} };
const NEW_FILE = ['content of file "/v/f": mount-tester new file', ''];

describe('K912 emptyDir', () => {
  it.each<[string, Case, string[]]>([
    [
      'mode in memory',
      { volume: MEMORY, args: ['--fs_type=/v', '--file_perm=/v'] },
      ['mount type of "/v": tmpfs', 'perms of file "/v": -rwxrwxrwx'],
    ],
    ['sticky in memory', { volume: MEMORY, args: ['--file_mode=/v'] }, ['mode of file "/v": dtrwxrwxrwx']],
    [
      'mode on disk',
      { volume: DISK, args: ['--fs_type=/v', '--file_mode=/v'] },
      ['mount type of "/v": 61267', 'mode of file "/v": drwxrwxrwx'],
    ],
    ['flags in two words', { volume: DISK, args: ['--file_perm', '/v'] }, ['perms of file "/v": -rwxrwxrwx']],
    ...[0o644, 0o666, 0o660, 0o777].flatMap((mode): [string, Case, string[]][] =>
      [0, 1000].map((uid) => {
        const name = `0${mode.toString(8)}`;
        const letters = { '0644': 'rw-r--r--', '0666': 'rw-rw-rw-', '0660': 'rw-rw----', '0777': 'rwxrwxrwx' }[name] ?? '';
        const args = [`--new_file_${name}=/v/f`, '--file_perm=/v/f', '--file_owner=/v/f'];
        const pod: JsonObject = uid === 0 ? {} : { runAsUser: uid };
        const owner = [`owner UID of "/v/f": ${uid}`, 'owner GID of "/v/f": 0'];
        return [`new file ${name} by ${uid}`, { volume: MEMORY, args, pod }, [...NEW_FILE, `perms of file "/v/f": -${letters}`, ...owner]];
      }),
    ),
    [
      'K911 a new file has the group of the volume',
      { volume: MEMORY, args: ['--new_file_0660=/v/f', '--file_perm=/v/f', '--file_owner=/v/f'], pod: { fsGroup: 123, runAsUser: 1000 } },
      [...NEW_FILE, 'perms of file "/v/f": -rw-rw----', 'owner UID of "/v/f": 1000', 'owner GID of "/v/f": 123'],
    ],
    [
      'K911 a part of the volume is like its root',
      {
        volume: MEMORY,
        mount: { subPath: 'sub' },
        args: ['--fs_type=/v', '--file_perm=/v', '--file_owner=/v', '--file_mode=/v'],
        pod: { fsGroup: 123 },
      },
      [
        'mount type of "/v": tmpfs',
        'mode of file "/v": dgtrwxrwxrwx',
        'perms of file "/v": -rwxrwxrwx',
        'owner UID of "/v": 0',
        'owner GID of "/v": 123',
      ],
    ],
    [
      'K911 the volume is given to the group',
      { volume: DISK, args: ['--file_mode=/v', '--file_owner=/v'], pod: { fsGroup: 1001 } },
      ['mode of file "/v": dgrwxrwxrwx', 'owner UID of "/v": 0', 'owner GID of "/v": 1001'],
    ],
    [
      'K910 the container chooses user and group',
      {
        volume: DISK,
        args: ['--new_file_0644=/v/f', '--file_owner=/v/f'],
        pod: { runAsUser: 1, runAsGroup: 2 },
        container: { securityContext: { runAsUser: 7, runAsGroup: 8 } },
      },
      [...NEW_FILE, 'owner UID of "/v/f": 7', 'owner GID of "/v/f": 8'],
    ],
  ])('%s', (_title, given, lines) => expect(run(given)).toEqual([...lines, 'exit 0']));
});

describe('K911 contents of written volumes', () => {
  const args = ['--file_content=/v/data-1', '--file_mode=/v/data-1'];
  const both = (letters: string, end: readonly string[] = []): string[] => [
    `mode of file "/v/data-1": ${letters}`,
    'content of file "/v/data-1": value-1',
    ...end,
  ];
  const mapped = ['--file_content=/v/path/to/data-2', '--file_mode=/v/path/to/data-2'];
  const mappedLines = (letters: string): string[] => [
    `mode of file "/v/path/to/data-2": ${letters}`,
    'content of file "/v/path/to/data-2": value-1',
  ];
  const projected = (source: JsonObject, defaultMode?: number): JsonObject => ({
    projected: { sources: [source], ...(defaultMode === undefined ? {} : { defaultMode }) },
  });
  const fields = (more: JsonObject = {}, item: JsonObject = {}): JsonObject => ({
    downwardAPI: { items: [{ ...POD_NAME, ...item }], ...more },
  });
  const user = { runAsUser: 1000 };
  it.each<[string, Case, string[]]>([
    ['configMap', { volume: { configMap: { name: 'settings' } }, args }, both('-rw-r--r--')],
    ['configMap with defaultMode', { volume: { configMap: { name: 'settings', defaultMode: 0o400 } }, args }, both('-r--------')],
    ['configMap by a user', { volume: { configMap: { name: 'settings' } }, args, pod: user }, both('-rw-r--r--')],
    [
      'configMap by a user with defaultMode and fsGroup',
      { volume: { configMap: { name: 'settings', defaultMode: 0o440 } }, args, pod: { ...user, fsGroup: 1001 } },
      both('-r--r-----'),
    ],
    [
      'configMap with a mode narrower than fsGroup',
      { volume: { configMap: { name: 'settings', defaultMode: 0o400 } }, args, pod: { ...user, fsGroup: 1001 } },
      both('-r--r-----'),
    ],
    ['configMap with mappings', { volume: { configMap: { name: 'settings', items: [ITEM] } }, args: mapped }, mappedLines('-rw-r--r--')],
    [
      'configMap with an item mode',
      { volume: { configMap: { name: 'settings', items: [{ ...ITEM, mode: 0o400 }] } }, args: mapped },
      mappedLines('-r--------'),
    ],
    ['secret', { volume: { secret: { secretName: 'keys' } }, args }, both('-rw-r--r--', [''])],
    ['secret with defaultMode', { volume: { secret: { secretName: 'keys', defaultMode: 0o400 } }, args }, both('-r--------', [''])],
    [
      'secret by a user with fsGroup',
      { volume: { secret: { secretName: 'keys', defaultMode: 0o440 } }, args, pod: { ...user, fsGroup: 1001 } },
      both('-r--r-----', ['']),
    ],
    ['projected configMap', { volume: projected({ configMap: { name: 'settings' } }), args }, both('-rw-r--r--')],
    ['projected configMap with defaultMode', { volume: projected({ configMap: { name: 'settings' } }, 0o400), args }, both('-r--------')],
    [
      'projected secret with an item mode',
      { volume: projected({ secret: { name: 'keys', items: [{ ...ITEM, mode: 0o400 }] } }), args: mapped },
      [...mappedLines('-r--------'), ''],
    ],
    ['downwardAPI', { volume: fields(), args: ['--file_content=/v/podname'] }, ['content of file "/v/podname": p']],
    [
      'downwardAPI with defaultMode',
      { volume: fields({ defaultMode: 0o400 }), args: ['--file_mode=/v/podname'] },
      ['mode of file "/v/podname": -r--------'],
    ],
    [
      'downwardAPI with an item mode',
      { volume: fields({}, { mode: 0o400 }), args: ['--file_mode=/v/podname'] },
      ['mode of file "/v/podname": -r--------'],
    ],
    ['projected downwardAPI', { volume: projected(fields()), args: ['--file_content=/v/podname'] }, ['content of file "/v/podname": p']],
    [
      'a token of one user',
      { volume: projected({ serviceAccountToken: { path: 't' } }), args: ['--file_perm=/v/t', '--file_owner=/v/t'], pod: user },
      ['perms of file "/v/t": -rw-------', 'owner UID of "/v/t": 1000', 'owner GID of "/v/t": 0'],
    ],
    [
      'a token of a group',
      { volume: projected({ serviceAccountToken: { path: 't' } }), args: ['--file_perm=/v/t', '--file_owner=/v/t'], pod: { fsGroup: 10 } },
      ['perms of file "/v/t": -rw-r-----', 'owner UID of "/v/t": 0', 'owner GID of "/v/t": 10'],
    ],
    [
      'a token of nobody',
      { volume: projected({ serviceAccountToken: { path: 't' } }), args: ['--file_perm=/v/t'] },
      ['perms of file "/v/t": -rw-r--r--'],
    ],
    ['kinds of file system', { volume: { configMap: { name: 'settings' } }, args: ['--fs_type=/v'] }, ['mount type of "/v": 61267']],
    [
      'a secret is in memory',
      { volume: { secret: { secretName: 'keys' } }, args: ['--fs_type=/v', '--file_mode=/v'] },
      ['mount type of "/v": tmpfs', 'mode of file "/v": dtrwxrwxrwx'],
    ],
    ['the root of an image', { volume: DISK, args: ['--fs_type=/etc'] }, ['mount type of "/etc": 2035054128']],
    ['hostPath /tmp', { volume: { hostPath: { path: '/tmp' } }, args: ['--file_mode=/v'] }, ['mode of file "/v": dtrwxrwxrwx']],
    [
      'hostPath that the kubelet makes',
      { volume: { hostPath: { path: '/data/new' } }, args: ['--file_mode=/v'] },
      ['mode of file "/v": drwxr-xr-x'],
    ],
  ])('%s', (_title, given, lines) => expect(run(given)).toEqual([...lines, 'exit 0']));

  it('the hosts file of a node is not empty', () => {
    const lines = run({ volume: { hostPath: { path: '/etc/hosts' } }, args: ['--file_content=/v'] });
    expect(lines[0]).toBe('content of file "/v": 127.0.0.1\tlocalhost');
    expect(lines.at(-1)).toBe('exit 0');
  });
});

describe('K912 errors', () => {
  it.each<[string, Case, string[]]>([
    [
      'what is not there',
      { volume: DISK, args: ['--file_owner=/no', '--file_perm=/no', '--file_mode=/no', '--fs_type=/no', '--file_content=/no'] },
      [
        'error from statfs("/no"): no such file or directory',
        'error from Stat("/no"): stat /no: no such file or directory',
        'error from Stat("/no"): stat /no: no such file or directory',
        'error from stat("/no"): no such file or directory',
        'error reading file content for "/no": open /no: no such file or directory',
        'exit 1',
      ],
    ],
    [
      'a read-only mount',
      { volume: DISK, mount: { readOnly: true }, args: ['--new_file_0644=/v/f'] },
      ['error writing new file "/v/f": open /v/f: read-only file system', 'exit 1'],
    ],
    [
      'K910 a read-only root',
      {
        volume: DISK,
        container: { securityContext: { readOnlyRootFilesystem: true } },
        args: ['--new_file_0644=/f', '--new_file_0666=/v/f'],
      },
      ['error writing new file "/f": open /f: read-only file system', ...NEW_FILE, 'exit 1'],
    ],
    [
      'K910 a file of somebody else',
      {
        volume: { secret: { secretName: 'keys', defaultMode: 0o400 } },
        pod: { runAsUser: 1000 },
        args: ['--file_content=/v/data-1', '--new_file_0644=/f'],
      },
      [
        'error writing new file "/f": open /f: permission denied',
        'error reading file content for "/v/data-1": open /v/data-1: permission denied',
        'exit 1',
      ],
    ],
    [
      'a directory',
      { volume: DISK, args: ['--file_content=/v'] },
      ['error reading file content for "/v": read /v: is a directory', 'exit 1'],
    ],
    [
      'an unknown flag',
      { volume: DISK, args: ['--nothing'] },
      ['Error: unknown flag: --nothing', 'Usage:', '  app mounttest [flags]', '', 'exit 1'],
    ],
    [
      'a number that is none',
      { volume: DISK, args: ['--retry_time=soon'] },
      [
        'Error: invalid argument "soon" for "--retry_time" flag: strconv.ParseInt: parsing "soon": invalid syntax',
        'Usage:',
        '  app mounttest [flags]',
        '',
        'exit 1',
      ],
    ],
  ])('%s', (_title, given, lines) => expect(run(given)).toEqual(lines));
});

describe('K912 the loop', () => {
  it('reads every two seconds until the time is over, and follows the source', () => {
    const cluster = createPodCluster({ timing: { imagePull: '0s' } });
    const args = ['--break_on_expected_content=false', '--retry_time=240', '--file_content_in_loop=/v/data-1'];
    cluster.apply(podOf({ volume: { configMap: { name: 'settings', optional: true } }, args }));
    cluster.advanceTo(10);
    const missing = 'Error reading file /v/data-1: open /v/data-1: no such file or directory, retrying';
    const before = readLogTexts(cluster);
    expect(new Set(before)).toEqual(new Set([missing]));
    expect(before.length).toBeGreaterThan(3);
    cluster.apply(SETTINGS);
    cluster.advanceTo(150);
    expect(readLogTexts(cluster).at(-1)).toBe('content of file "/v/data-1": value-1');
    cluster.advanceTo(300);
    expect(exitCode(cluster)).toBe(0);
    expect(
      readLogTexts(cluster).filter((line) => line !== missing).length + readLogTexts(cluster).filter((line) => line === missing).length,
    ).toBe(120);
  });

  it('ends with the error of the last reading', () => {
    expect(run({ volume: DISK, args: ['--retry_time=3', '--file_content_in_loop=/v/f'] })).toEqual([
      'Error reading file /v/f: open /v/f: no such file or directory, retrying',
      'Error reading file /v/f: open /v/f: no such file or directory, retrying',
      'exit 1',
    ]);
  });

  it('ends at once where the content is right', () => {
    expect(run({ volume: DISK, args: ['--new_file_0644=/v/f', '--file_content_in_loop=/v/f'] })).toEqual([
      ...NEW_FILE,
      ...NEW_FILE,
      'exit 0',
    ]);
  });

  it('says what it looks for', () => {
    const lines = run({ volume: { configMap: { name: 'settings' } }, args: ['--retry_time=1', '--file_content_in_loop=/v/data-1'] });
    expect(lines).toEqual([
      'content of file "/v/data-1": value-1',
      'Unexpected content. Expected: mount-tester new file',
      '. Retrying',
      'exit 0',
    ]);
  });
});
