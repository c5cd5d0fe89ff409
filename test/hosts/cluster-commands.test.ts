// `orrery create`, `advance`, `why` and their kin, against a service and against a data folder, and `orrery up`.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterCommandHelp, runClusterCommand } from '../../src/hosts/cluster-command.ts';
import { CLUSTER_COMMANDS } from '../../src/hosts/cluster-commands.ts';
import { runUp } from '../../src/hosts/up-command.ts';
import { CLUSTER_COMMAND_NAMES } from '../../src/hosts/command-line.ts';
import { type Orrery, startOrrery } from '../../src/hosts/library.ts';
import { programFile } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MANIFEST = join(folder, 'pod.yaml');
writeFileSync(
  MANIFEST,
  'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx, resources: {requests: {cpu: "8"}}}]}\n',
);

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** Runs a command in this process. */
async function orrery([name = '', ...args]: readonly string[]): Promise<Ran> {
  const [out, errors]: [string[], string[]] = [[], []];
  const sink = { log: (line: string) => void out.push(`${line}\n`), error: (line: string) => void errors.push(`${line}\n`) };
  const code = await runClusterCommand(name, args, {}, sink);
  return { code, out: out.join(''), errors: errors.join('') };
}

it('the command line names every command that there is', () => {
  expect([...CLUSTER_COMMAND_NAMES].sort()).toEqual(Object.keys(CLUSTER_COMMANDS).sort());
});

describe('on a service', { timeout: 120_000 }, () => {
  let service: Orrery;
  beforeAll(async () => {
    service = await startOrrery();
  });
  afterAll(() => service.close());
  const run = (...args: string[]) => orrery([...args, '--server', service.url]);

  it('all clusters go into a folder, and come out of it again, one that cannot be made or not', async () => {
    const backup = join(folder, 'backup');
    for (const name of ['all-1', 'all-2', 'all-3']) expect((await run('create', name, '--labels', 'of=all')).code).toBe(0);
    expect((await run('advance', 'all-2', '1h')).code).toBe(0);
    expect((await run('fork', 'all-2', 'all-4')).code).toBe(0);
    const digestOf = async (name: string) => {
      const { items } = JSON.parse((await run('clusters', '-o', 'json')).out) as { items: { name: string; digest: string }[] };
      return items.find((item) => item.name === name)?.digest;
    };
    const before = [await digestOf('all-2'), await digestOf('all-4')];
    const exported = await run('export', '--all', backup, '--selector', 'of=all');
    expect(exported).toMatchObject({ code: 0, out: 'cluster all-1 exported\ncluster all-2 exported\ncluster all-3 exported\n' });
    expect((await run('export', '--all', backup)).out).toContain('cluster all-4 exported\n');
    for (const name of ['all-2', 'all-3', 'all-4']) await run('delete', name);
    writeFileSync(join(backup, 'all-3.jsonl'), '{}\n');
    const imported = await run('import', backup);
    expect(imported.code).toBe(1);
    expect(imported.out).toMatch(
      /^cluster all-2 imported\ncluster all-4 imported\ncluster all-1 not imported: .*\ncluster all-3 not imported: /,
    );
    expect([await digestOf('all-2'), await digestOf('all-4')]).toEqual(before);
    for (const name of ['all-1', 'all-2', 'all-4']) await run('delete', name);
    expect((await run('import', mkdtempSync(join(folder, 'none')))).out).toBe('there are none\n');
    await expect(run('export')).rejects.toThrow('export takes the name of a cluster, or --all and a folder.');
  });

  it('a session', async () => {
    expect((await run('create', 'demo', '--nodes', '2')).out).toBe('cluster demo created\n');
    expect((await run('apply', 'demo', MANIFEST)).out).toBe('pod/web created\n');
    const waited = await run('advance', 'demo', '--until', 'condition=Ready', '--on', 'pods/web', '--timeout', '1m');
    expect(waited.code).toBe(1);
    expect(waited.out).toMatch(
      /^2025-01-01T00:00:00Z → 2025-01-01T00:01:00Z: \d+ changes in \d+ ms, not reached\n.*\n {2}Not scheduled: the pod requests 8 of cpu/,
    );
    expect((await run('why', 'demo', 'pods/web')).out).toContain('Lower the request');
    expect((await run('fork', 'demo', 'other', '--at', '2025-01-01T00:00:20Z')).out).toBe(
      'cluster other forked from demo at 2025-01-01T00:00:20Z\n',
    );
    expect((await run('advance', 'other', '30s')).out).toMatch(/^2025-01-01T00:00:20Z → 2025-01-01T00:00:50Z/);
    const listed = await run('clusters');
    expect(listed.out.split('\n')[0]).toMatch(/^NAME +NOW +CLOCK +NODES +OBJECTS +DIGEST$/);
    expect(listed.out).toMatch(/^other +2025-01-01T00:00:50Z +manual +2 /m);
    expect((await run('export', 'demo', join(folder, 'recording'))).code).toBe(0);
    expect((await run('import', join(folder, 'recording'), 'again')).out).toBe('cluster again imported\n');
    await run('export', 'demo', join(folder, 'whole'), '--state');
    const whole = readFileSync(join(folder, 'whole'), 'utf8');
    const [head = '', ...lines] = whole.split('\n');
    const renamed = JSON.stringify({ ...(JSON.parse(head) as object), engine: '0.0.9' });
    writeFileSync(join(folder, 'other'), [renamed, ...lines].join('\n').replace('nginx', 'redis'));
    expect((await run('import', join(folder, 'other'), 'opened')).out).toMatch(
      /^cluster opened imported\nits commands up to \d+ were executed by version 0\.0\.9 and are served as they were recorded\n$/,
    );
    const reported = (await run('import', join(folder, 'other'), 'reported', '--check', 'report')).out;
    expect(reported).toMatch(/recorded by version 0\.0\.9; command 2 \(.*\) is the first that leads to another history\n/);
    expect(reported).toContain('image: "nginx" → "redis"\n');
    const json = JSON.parse((await run('clusters', '--output', 'json')).out) as { items: { name: string; digest: string }[] };
    const digestOf = (name: string) => json.items.find((item) => item.name === name)?.digest;
    expect(digestOf('again')).toBe(digestOf('demo'));
    expect((await run('rewind', 'demo', '2025-01-01T00:00:10Z')).code).toBe(0);
    expect((await run('kubeconfig', 'demo')).out).toContain('clusters:');
    expect((await run('delete', 'other')).out).toBe('cluster other deleted\n');
  });

  it('clocks, faults and what differs', async () => {
    await run('create', 'storm', '--labels', 'course=k8s-101,group=a', '--ttl', '2h');
    expect((await run('clock', 'storm')).out).toBe('manual, now 2025-01-01T00:00:00Z\n');
    expect((await run('clock', 'storm', 'auto')).out).toMatch(/^× auto, now /);
    expect((await run('clock', 'storm', 'manual')).out).toMatch(/^manual, now /);
    await run('fork', 'storm', 'calm');
    expect((await run('fault', 'storm', 'node-down', 'nodes/node-2', '--for', '10m')).out).toBe(
      'fault-1 node-down node-2: active, from 2025-01-01T00:00:00Z to 2025-01-01T00:10:00Z\n',
    );
    expect((await run('fault', 'storm', 'registry-down', '--after', '1h')).out).toMatch(/^fault-2 registry-down: waiting, from \S+ on\n$/);
    expect((await run('fault', 'storm', 'network-delay', 'node/node-1', '--delay', '200ms')).out).toMatch(
      /^fault-3 network-delay node-1: active/,
    );
    expect((await run('fault', 'storm', 'dns-fail', '--name', 'db')).out).toMatch(/^fault-4 dns-fail: active/);
    expect((await run('fault', 'storm', 'sandbox-fail', 'namespace/shop')).out).toMatch(/^fault-5 sandbox-fail shop: active/);
    expect((await run('fault', 'storm')).out.split('\n')).toHaveLength(6);
    for (const name of ['storm', 'calm']) await run('advance', name, '1m');
    const differs = (await run('diff', 'calm', '--with', 'storm', '--resource', 'nodes')).out;
    expect(differs).toMatch(/^~ nodes\/node-2\n(?: {4}\/\S+: .* → .*\n)+$/);
    expect((await run('fault', 'storm', '--end', 'fault-1')).out).toBe('fault-1 ended\n');
    expect((await run('diff', 'storm', 'command:1', 'command:1')).out).toBe('nothing differs\n');
    const commands = (await run('commands', 'storm')).out.split('\n');
    expect(commands[0]).toMatch(/^NUMBER +TIME +COMMAND +CLIENT +OUTCOME$/);
    expect(
      commands.map((line) =>
        line
          .slice(9)
          .replace(/^\S+ +/, '')
          .replace(/ +orrery +accepted$/, ''),
      ),
    ).toEqual(expect.arrayContaining(['clock × auto', 'clock manual', 'fault node-down node-2', 'advance', 'end-fault fault-1']));
    await run('apply', 'calm', MANIFEST);
    expect((await run('commands', 'calm')).out).toMatch(/ apply pod\/web +orrery +accepted$/m);
    expect((await run('fault', 'calm', '--end', 'fault-9')).code).toBe(1);
    expect((await run('commands', 'calm')).out).toMatch(/^- .* end-fault fault-9 +orrery +refused: 404 NotFound: .*fault-9/m);
    const listed = (await run('clusters', '-l', 'course=k8s-101')).out.trimEnd().split('\n');
    expect(listed.slice(1).map((line) => line.split(' ')[0])).toEqual(['storm']);
    expect((await run('delete', '-l', 'course=k8s-101')).out).toBe('cluster storm deleted\n');
  });

  it('a problem is said once, and the exit code is 1', async () => {
    expect(await run('delete', 'nowhere')).toEqual({ code: 1, out: '', errors: 'there is no cluster nowhere\n' });
    expect(await run('advance', 'demo', '5x')).toEqual({
      code: 1,
      out: '',
      errors: '/by: "5x" is not a duration; write 90s, 1h30m or 500ms\n',
    });
  });

  it('so is a service that is none, or not there', async () => {
    const nobody = await orrery(['clusters', '--server', 'http://127.0.0.1:9']);
    expect(nobody).toMatchObject({ code: 1, errors: expect.stringMatching(/^No service answers at http:\/\/127\.0\.0\.1:9: .+\.\n$/) });
    const website = createServer((_request, response) => void response.writeHead(404).end('<h1>Not found</h1>')).listen(0, '127.0.0.1');
    await once(website, 'listening');
    const other = await orrery(['clusters', '--server', `http://127.0.0.1:${(website.address() as AddressInfo).port}`]);
    website.close();
    expect(other).toMatchObject({ code: 1, errors: expect.stringContaining('is not Orrery: 404') });
  });
});

describe('on a data folder', { timeout: 60_000 }, () => {
  it('a service in the process opens it for the time of the command', async () => {
    const data = ['--data', join(folder, 'data')];
    expect((await orrery(['create', 'demo', ...data])).code).toBe(0);
    expect((await orrery(['apply', 'demo', MANIFEST, ...data])).out).toBe('pod/web created\n');
    expect((await orrery(['advance', 'demo', '10s', ...data])).code).toBe(0);
    expect((await orrery(['clusters', ...data])).out).toContain('demo');
  });

  it('a service that has it is asked instead, which says where it is while it runs', async () => {
    const place = join(folder, 'served');
    const service = await startOrrery({ data: place });
    await service.createCluster({ name: 'live' });
    expect((await orrery(['clusters', '--data', place])).out).toContain('live');
    const note = readFileSync(join(place, 'service.json'), 'utf8');
    expect(JSON.parse(note)).toEqual({ url: service.url, pid: process.pid });
    await service.close();
    expect(existsSync(join(place, 'service.json'))).toBe(false);
    // One that was killed leaves its note behind.
    for (const left of [note, note.replace(/"pid":\d+/, '"pid":2147483646'), '{']) {
      writeFileSync(join(place, 'service.json'), left);
      expect((await orrery(['clusters', '--data', place])).out).toContain('live');
    }
  });
});

describe('mistakes', () => {
  it.each([
    [['advance'], 'Usage: orrery advance <cluster> [duration]'],
    [['advance', 'demo'], 'advance takes a duration such as 30s, --steps, or --until.'],
    [['why', 'demo', 'web'], 'why takes resource/name'],
    [['create', 'demo', '--nodes', 'few'], '--nodes takes a number'],
    [['create', 'demo', '--labels', 'course'], '--labels takes key=value'],
    [['create', 'demo', '--file', MANIFEST], 'pod.yaml is not JSON'],
    [['apply', 'demo', 'nowhere.yaml'], 'nowhere.yaml cannot be read: there is no such file.'],
    [['apply', 'demo', folder], 'cannot be read: it is a folder.'],
    [['fault', 'demo', 'rain'], 'There is no fault "rain"; known are node-down, '],
    [['fault', 'demo', 'node-down'], 'node-down strikes a node, which must be named.'],
    [['fault', 'demo', 'node-down', 'pods/web'], 'node-down strikes a node, not pods/web.'],
    [['kubeconfig', 'demo'], 'the address of one that ends with this command would be of no use. Start one'],
    [['delete'], 'delete takes the name of a cluster, or --selector.'],
    [['clusters', '--server', 'nonsense'], '--server takes an address such as http://127.0.0.1:8080, not "nonsense".'],
  ])('orrery %j', async (args, message) => {
    await expect(orrery([...args, '--data', join(folder, 'none')])).rejects.toThrow(message);
  });

  it('in the flags of up', async () => {
    await expect(runUp(['--students', 'many'], {})).rejects.toThrow('--students takes a whole number');
    await expect(runUp(['--name'], {})).rejects.toThrow('--name needs a value');
  });
});

describe('orrery up', { timeout: 60_000 }, () => {
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill('SIGTERM');
  });

  /** Starts it, and gives what it has printed when it is ready. */
  function up(args: readonly string[], place: string): Promise<string> {
    const child = spawn(process.execPath, [programFile(), 'up', '--port', '0', '--data', join(place, 'data'), ...args], { cwd: place });
    children.push(child);
    return new Promise((resolve, reject) => {
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
        if (out.includes('kubectl get nodes')) resolve(out);
      });
      child.once('exit', () => reject(new Error(`it ended: ${out}`)));
    });
  }

  it('makes a cluster and its kubeconfig, which works', async () => {
    const place = mkdtempSync(join(folder, 'one-'));
    const out = await up([], place);
    expect(out).toContain(`export KUBECONFIG=${join(place, 'demo.kubeconfig')}`);
    const server = /server: (\S+)/.exec(readFileSync(join(place, 'demo.kubeconfig'), 'utf8'))?.[1] ?? '';
    const nodes = (await (await fetch(`${server}/api/v1/nodes`)).json()) as { items: unknown[] };
    expect(nodes.items).toHaveLength(3);
  });

  it('makes one for each student', async () => {
    const place = mkdtempSync(join(folder, 'class-'));
    expect(await up(['--students', '12', '--nodes', '1'], place)).toContain('12 clusters, student-01 to student-12');
    expect(readdirSync(join(place, 'kubeconfigs'))).toHaveLength(12);
  });
});

it('each command has a help of its own', () => {
  const run = spawnSync(process.execPath, [programFile(), 'fault', '--help'], { encoding: 'utf8' });
  expect(run.stdout).toMatch(/^Usage: orrery fault <cluster> \[type\] \[target\]\n/);
  for (const [name, { help, usage }] of Object.entries(CLUSTER_COMMANDS)) {
    expect(clusterCommandHelp(name)).toContain(help);
    expect(clusterCommandHelp(name)).toContain(`orrery ${`${name} ${usage}`.trimEnd()}\n`);
  }
});

it('a name that is no command is said', () => {
  const run = spawnSync(process.execPath, [programFile(), 'upp'], { encoding: 'utf8' });
  expect([run.status, run.stderr.split('\n')[0]]).toEqual([2, 'There is no command "upp".']);
});
