// What no compiler checks: bans, sizes, headers, and that the repository stands on its own.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const isText = (path: string): boolean => /\.(?:ts|mjs|cjs|json|md|yml|yaml|txt|sql)$/.test(path) && path !== 'package-lock.json';

/** Files that are, or are about to be, in the repository. */
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(new URL(path, ROOT)) && statSync(new URL(path, ROOT)).isFile());
const CODE = FILES.filter((path) => /\.(?:ts|mjs|cjs)$/.test(path));
const SOURCES = CODE.filter((path) => path.startsWith('src/'));
const TESTS = CODE.filter((path) => path.startsWith('test/'));
const GENERATED = /\.generated\.ts$/;

/** Where a pattern occurs, as `path:line`. */
function places(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

const self = 'test/tidy.test.ts';
const others = (paths: readonly string[]): string[] => paths.filter((path) => path !== self);

describe('bans', () => {
  it('unfinished work has the number of its issue', () => {
    expect(places(others(CODE), /\bFIXME\b|\bXXX\b|\bTODO\b(?!\(#\d+\))/)).toEqual([]);
  });

  it('no test is left out, none is alone', () => {
    expect(places(others(TESTS), /(?<!-)\b(?:it|test|describe)\.(?:only|skip|todo|fails)\b/)).toEqual([]);
  });

  it('the engine knows no host: no clock, no chance, no promise, no Node', () => {
    const engine = SOURCES.filter((path) => path.startsWith('src/engine/'));
    const banned =
      /\bnew Date\b|\bDate\.now\b|\bMath\.random\b|\bperformance\.now\b|\basync\b(?! (?:loss|writes?))|\bawait \b|\bPromise\b|from 'node:|\bprocess\.(?:env|argv|hrtime)/;
    expect(places(engine, banned).filter((place) => !isComment(place))).toEqual([]);
  });

  it('no pattern of JavaScript is made of what somebody sent: it may take for ever, or end the process when it is compiled', () => {
    const places = CODE.filter((path) => /^src\/(?!web\/)/.test(path) && read(path).includes('new RegExp('));
    // Made of constants, of the number of a port, and of what the user of the command line has typed.
    expect(places).toEqual([
      'src/engine/apimachinery/time-zone.ts',
      'src/engine/apimachinery/x509/pem.ts',
      'src/engine/containers/images/web-servers.ts',
      'src/hosts/scenario-files.ts',
      'src/http/rest/schemas/common.ts',
    ]);
  });

  it('nothing names a path of one machine', () => {
    expect(
      places(others(FILES.filter(isText)), /\/root\/|\/work\/|\/home\/[a-z]+\//).filter((place) => !SIMULATED_PATHS.test(place)),
    ).toEqual([]);
  });
});

/** Files in which such paths are those of simulated containers. */
const SIMULATED_PATHS = /^(?:src\/engine\/(?:kubelet|containers|shell)\/|test\/(?:kubelet|containers|shell)\/|src\/client\/)/;

function isComment(place: string): boolean {
  const [path = '', line = '1'] = place.split(':');
  return /^\s*(?:\/\/|\*|\/\*)/.test(read(path).split('\n')[Number(line) - 1] ?? '');
}

describe('form', () => {
  it('every source file says first what it is for', () => {
    const headless = SOURCES.filter((path) => !GENERATED.test(path) && !/^(?:#!.*\n)?\/\/ \S/.test(read(path)));
    expect(headless).toEqual([]);
  });

  it('no file is longer than 500 lines', () => {
    const long = CODE.filter((path) => !GENERATED.test(path) && read(path).split('\n').length > 501);
    expect(long).toEqual([]);
  });

  it('names of files are in kebab case', () => {
    expect(CODE.map((path) => path.split('/').at(-1) ?? '').filter((name) => !/^\.?[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  it('the Dockerfile copies everything that is built', () => {
    const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap((match) => (match[1] ?? '').split(' '));
    const built = [...read('scripts/build.mjs').matchAll(/^ {2}'?hosts\/[\w-]+'?: '([^/]+)\//gm)].map((match) => match[1] ?? '');
    expect(built.length).toBeGreaterThan(3);
    expect(built.filter((folder) => !copied.includes(folder))).toEqual([]);
  });
});

describe('packages', () => {
  interface Lock {
    readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
  }

  it('versions are exact', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >;
    const loose = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(
      ([, version]) => !/^(?:npm:[@\w/-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('the lock file names the optional packages of every platform, or `npm ci` would refuse it', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as Lock;
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter(
        (name) => packages[`${path}/node_modules/${name}`] === undefined && packages[`node_modules/${name}`] === undefined,
      ),
    );
    expect(missing).toEqual([]);
  });

  it('lock files are as npm writes them: each package has its address in the public registry, and its hash', () => {
    const locks = FILES.filter((path) => path.split('/').at(-1) === 'package-lock.json');
    expect(locks).toContain('package-lock.json');
    const wrong = locks.flatMap((path) => {
      const { packages } = JSON.parse(read(path)) as { packages: Record<string, { resolved?: string; integrity?: string; name?: string }> };
      return Object.entries(packages)
        .filter(([place]) => place !== '')
        .filter(([place, { name = place.split('node_modules/').at(-1), resolved = '', integrity = '' }]) => {
          return !resolved.startsWith(`https://registry.npmjs.org/${name}/-/`) || !integrity.startsWith('sha512-');
        })
        .map(([place]) => `${path}: ${place}`);
    });
    expect(wrong).toEqual([]);
  });

  it('every script that a package would run when it is installed is allowed or refused', () => {
    const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { hasInstallScript?: boolean; optional?: boolean; version?: string; name?: string }>;
    };
    const scripted = Object.entries(packages)
      .filter(([, { hasInstallScript, optional }]) => hasInstallScript === true && optional !== true)
      .map(([place, { name = place.split('node_modules/').at(-1), version }]) => `${name}@${version}`);
    expect([...new Set(scripted)].sort()).toEqual(Object.keys(allowScripts).sort());
  });

  it('every dependency is used', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const imported = SOURCES.map(read).join('\n');
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { peerDependencies?: Record<string, string> }>;
    };
    const peers = Object.keys(dependencies).flatMap((name) => Object.keys(packages[`node_modules/${name}`]?.peerDependencies ?? {}));
    const own = Object.keys(dependencies).filter((name) => !peers.includes(name));
    expect(own.filter((name) => !new RegExp(`['"]${name}(?:/[^'"]*)?['"]`).test(imported))).toEqual([]);
  });
});
