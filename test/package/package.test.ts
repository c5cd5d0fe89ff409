// What is published: packed from a copy of the repository, installed in a folder of its own beside its production packages only, and used.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageVariables, layImage, nodeArguments, ROOT } from './container.ts';

const BUILD_MS = 240_000;

const place = mkdtempSync(join(tmpdir(), 'orrery-package-'));
const user = join(place, 'user');
const installed = join(user, 'node_modules', 'orrery');
const run = (cwd: string, program: string, args: readonly string[]) =>
  execFileSync(program, args, { cwd, encoding: 'utf8', stdio: 'pipe' });

beforeAll(() => {
  const clone = join(place, 'clone');
  copyRepository(clone);
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  run(clone, 'npm', ['pack', '--silent', '--pack-destination', place]);
  mkdirSync(installed, { recursive: true });
  run(installed, 'tar', ['-xzf', join(place, `orrery-${packageJson().version}.tgz`), '--strip-components=1']);
  linkProductionPackages(join(user, 'node_modules'));
  writeFileSync(join(user, 'package.json'), '{"name": "user", "type": "module"}\n');
}, BUILD_MS);
afterAll(() => rmSync(place, { recursive: true, force: true }));

function packageJson(): { readonly version: string; readonly bin: { readonly orrery: string } } {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
}

/** What is, or is about to be, in the repository. */
function copyRepository(to: string): void {
  const paths = run(ROOT, 'git', ['ls-files', '--cached', '--others', '--exclude-standard']).split('\n');
  for (const path of paths.filter((name) => name !== '' && statSync(join(ROOT, name), { throwIfNoEntry: false })?.isFile())) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    copyFileSync(join(ROOT, path), join(to, path));
  }
}

/** As an installation lays them out, from what this repository has installed; development packages are missing. */
function linkProductionPackages(to: string): void {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  for (const [path, { dev, devOptional }] of Object.entries(lock.packages)) {
    const name = path.replace(/^node_modules\//, '');
    if (path === '' || dev === true || devOptional === true || name.includes('node_modules/') || !existsSync(join(ROOT, path))) continue;
    mkdirSync(dirname(join(to, name)), { recursive: true });
    symlinkSync(join(ROOT, path), join(to, name));
  }
}

it('has what it runs on, and neither sources nor tests', () => {
  for (const path of [
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'docs/README.md',
    'examples/web.yaml',
    'openapi/service.json',
    'migrations/cluster/meta/_journal.json',
  ])
    expect(existsSync(join(installed, path)), path).toBe(true);
  for (const path of ['src', 'test', 'bench', 'node_modules', 'package-lock.json'])
    expect(existsSync(join(installed, path)), path).toBe(false);
});

it('runs orrery --help and --version', () => {
  const bin = join(installed, packageJson().bin.orrery);
  expect(run(user, process.execPath, [bin, '--help'])).toContain('orrery serve [flags]');
  expect(run(user, process.execPath, [bin, '--version']).trim()).toBe(packageJson().version);
});

it('runs scenarios, and explores them in threads', { timeout: 120_000 }, () => {
  const bin = join(installed, packageJson().bin.orrery);
  const examples = join(installed, 'examples');
  expect(run(user, process.execPath, [bin, 'test', examples, '--jobs', '2'])).toContain('8 scenarios, everything holds');
  const explored = run(user, process.execPath, [bin, 'explore', join(examples, 'one-node'), '--jobs', '2', '--output', 'json']);
  expect(JSON.parse(explored)).toMatchObject({ name: 'one-node', ok: true });
  expect(run(user, process.execPath, [bin, 'completion', 'bash'])).toContain('complete -o filenames -F _orrery orrery');
});

it('runs orrery serve: the page, the documents, and a cluster', async () => {
  const bin = join(installed, packageJson().bin.orrery);
  const service = spawn(process.execPath, [bin, 'serve', '--port', '0', '--data', join(place, 'data')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface({ input: service.stdout }), 'line')) as [string];
    const url = /http:\S+/.exec(line)?.[0] ?? '';
    const page = await (await fetch(`${url}/`)).text();
    const script = /src="(assets\/app-[A-Z0-9]+\.js)"/.exec(page)?.[1];
    expect((await fetch(`${url}/${script}`)).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await (await fetch(`${url}/openapi.json`)).json()).toHaveProperty('openapi', '3.1.0');
    const scenario = { apiVersion: 'orrery.dev/v1', kind: 'Scenario', metadata: { name: 'x' }, steps: [{ advance: '1m' }] };
    const headers = { 'Content-Type': 'application/json' };
    const ran = await fetch(`${url}/v1/scenarios/runs`, { method: 'POST', headers, body: JSON.stringify(scenario) });
    expect(await ran.json()).toMatchObject({ name: 'x', ok: true });
    const made = await fetch(`${url}/v1/clusters`, { method: 'POST' });
    expect(made.status).toBe(201);
  } finally {
    service.kill('SIGTERM');
    await once(service, 'exit');
  }
});

const PROGRAM = `import { OrreryProblem, startOrrery, type OrreryCluster } from 'orrery';
const orrery = await startOrrery();
try {
  const cluster: OrreryCluster = await orrery.createCluster({ name: 'demo', seed: 7 });
  await cluster.apply('apiVersion: v1\\nkind: Pod\\nmetadata: {name: web}\\nspec: {containers: [{name: web, image: nginx}]}\\n');
  await cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }, { namespace: 'default' });
  const { reached, elapsedSeconds } = await cluster.advance({ until: { for: 'condition=Ready', resource: 'pods', name: 'web' } });
  const kubeconfig = await cluster.kubeconfig();
  const { digest } = await cluster.get();
  const other: OrreryCluster = await cluster.fork({ name: 'other' });
  await other.fault({ type: 'container-kill', target: { namespace: 'default', pod: 'web' } });
  await other.advance({ by: '5s' });
  const [finding] = (await other.explain({ resource: 'pods', name: 'web' })).findings;
  const code = await orrery.createCluster({ name: 'demo' }).then(() => '', (error: unknown) => (error instanceof OrreryProblem ? error.problem.code : ''));
  await cluster.delete();
  console.log(JSON.stringify({ reached, isPast: elapsedSeconds > 0, server: kubeconfig.includes(cluster.server), digest: digest.length > 0, code, why: finding?.code }));
} finally {
  await orrery.close();
}
`;

it("gives a typed import 'orrery' that runs a service in the process", () => {
  writeFileSync(join(user, 'program.ts'), PROGRAM);
  const compiler = join(ROOT, 'node_modules', 'typescript7', 'bin', 'tsc');
  const options = [
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--strict',
    '--types',
    'node',
    '--typeRoots',
    join(ROOT, 'node_modules', '@types'),
  ];
  run(user, process.execPath, [compiler, ...options, 'program.ts']);
  const output = JSON.parse(run(user, process.execPath, ['program.js']));
  expect(output).toEqual({ reached: true, isPast: true, server: true, digest: true, code: 'cluster-exists', why: 'restarted' });
});

it('refuses wrong types', () => {
  writeFileSync(join(user, 'wrong.ts'), "import { startOrrery } from 'orrery';\nawait startOrrery({ port: 'any' });\n");
  const compiler = join(ROOT, 'node_modules', 'typescript7', 'bin', 'tsc');
  const options = ['--noEmit', '--target', 'es2023', '--module', 'nodenext', '--strict'];
  expect(() => run(user, process.execPath, [compiler, ...options, 'wrong.ts'])).toThrow();
});

describe("the container's image, laid out as the Dockerfile says", () => {
  const app = join(place, 'app');
  beforeAll(() => layImage(app, installed, join(user, 'node_modules')));

  const healthcheck = nodeArguments(/^HEALTHCHECK .* CMD (\[.*\])$/m);
  const check = (env: NodeJS.ProcessEnv) => promisify(execFile)(process.execPath, healthcheck, { cwd: app, env });

  it.each([
    ['http', {}],
    ['https', { ORRERY_TLS: 'self-signed' }],
  ])('serves over %s with a token that it makes and prints, is healthy, and writes to its volume only', async (scheme, more) => {
    const data = join(place, scheme);
    const port = await freePort();
    const env = { PATH: process.env['PATH'], ...imageVariables(data, port), ...more };
    const service = spawn(process.execPath, nodeArguments(/^CMD (.*)$/m), { cwd: app, env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let said = '';
      for await (const line of createInterface({ input: service.stdout })) {
        said += `${line}\n`;
        if (line.includes('clock/advance')) break;
      }
      expect(said).toContain(`listens on ${scheme}://127.0.0.1:${port}\n`);
      expect(said).toContain(`it is not shown again: ${readFileSync(join(data, 'token'), 'utf8')}`);
      expect((await check(env)).stdout).toContain('/readyz answers 200');
    } finally {
      const ended = once(service, 'exit');
      service.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    }
    await expect(check(env)).rejects.toMatchObject({ code: 1 });
    expect(readdirSync(app).sort()).toEqual(['dist', 'migrations', 'node_modules', 'openapi', 'package.json']);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
