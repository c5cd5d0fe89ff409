// The Dockerfile and compose.yaml say what they must, as far as that can be seen without an engine of containers; package.test.ts runs what the image
// would.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { BUILD_STAGE, IMAGE, ROOT } from './container.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

it('the image says what it is', () => {
  const { version, license, homepage, description } = JSON.parse(read('package.json')) as Record<string, string>;
  const labels = Object.fromEntries(
    [...IMAGE.matchAll(/org\.opencontainers\.image\.(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
  expect(labels).toMatchObject({ description, licenses: license, url: homepage, version: '${VERSION}' });
  expect(IMAGE).toContain(`ARG VERSION=${version}\n`);
});

it('the image runs without rights, and has one volume', () => {
  expect(IMAGE).toMatch(/^USER node$/m);
  expect(IMAGE.match(/^VOLUME .*$/gm)).toEqual(['VOLUME /data']);
});

it('what the build copies is in its context', () => {
  const ignored = new Set(
    read('.dockerignore')
      .split('\n')
      .filter((line) => line !== ''),
  );
  const copied = [...BUILD_STAGE.matchAll(/^COPY (.*) \S+$/gm)].flatMap((match) => (match[1] ?? '').split(' '));
  expect(copied.length).toBeGreaterThan(5);
  expect(copied.filter((name) => ignored.has(name) || !existsSync(join(ROOT, name)))).toEqual([]);
  const isTracked = (name: string) => execFileSync('git', ['ls-files', name], { cwd: ROOT, encoding: 'utf8' }) !== '';
  expect(copied.filter((name) => !isTracked(name))).toEqual([]);
});

it('compose.yaml runs that image with less than it could have', () => {
  const { services, volumes } = parse(read('compose.yaml')) as {
    services: Record<string, { ports: string[]; volumes: string[]; read_only: boolean; cap_drop: string[]; build: string }>;
    volumes: object;
  };
  const service = services['orrery'];
  expect(Object.keys(services)).toEqual(['orrery']);
  expect(service).toMatchObject({ build: '.', read_only: true, cap_drop: ['ALL'] });
  expect(service?.ports[0]).toContain(`:${/^EXPOSE (\d+)$/m.exec(IMAGE)?.[1]}`);
  expect(service?.volumes.map((volume) => volume.split(':'))).toEqual([[Object.keys(volumes)[0], /^VOLUME (\S+)$/m.exec(IMAGE)?.[1]]]);
});

it('compose.workerd.yaml runs three instances that differ in their names only, with settings that there are', () => {
  interface Composed {
    readonly command: readonly string[];
    readonly environment: Record<string, string>;
    readonly volumes: readonly string[];
    readonly build: { readonly dockerfile: string };
  }
  const { services } = parse(read('compose.workerd.yaml'), { merge: true }) as { services: Record<string, Composed> };
  const instances = Object.entries(services).filter(([name]) => name.startsWith('orrery-'));
  expect(instances).toHaveLength(3);
  const help = execFileSync(process.execPath, [join(ROOT, 'scripts/workerd.mjs'), '--help'], { encoding: 'utf8' });
  for (const [name, { command, environment, build }] of instances) {
    expect(command.map((word) => word.replace(name, 'NAME'))).toEqual(
      instances[0]?.[1].command.map((word) => word.replace('orrery-1', 'NAME')),
    );
    expect(command.filter((word) => word.startsWith('--') && !help.includes(word))).toEqual([]);
    for (const variable of ['ORRERY_TOKEN', 'ORRERY_CLUSTER_KEY'])
      expect([help.includes(variable), environment[variable]]).not.toContain(undefined);
    expect(existsSync(join(ROOT, build.dockerfile))).toBe(true);
  }
  const disks = instances.flatMap(([, { volumes }]) => volumes);
  expect(new Set(disks).size).toBe(instances.length);
});
