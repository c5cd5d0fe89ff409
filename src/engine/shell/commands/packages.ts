// Package managers. They reach for their repository and succeed, and write down what is installed; the programs that the simulation knows are in every image
// anyway, those of installed packages are then taken to be there as any that nobody knows. Deviation: no files are installed, and it takes no time.

import type { CommandContext, ShellCommand } from '../command.ts';
import type { FileSystem } from '../state.ts';
import { exchange } from './exchange.ts';

const TIMEOUT_MS = 30_000;

interface Manager {
  readonly repository: string;
  /** Words that need the repository. */
  readonly reaching: RegExp;
  readonly success: (packages: readonly string[], verb: string) => string;
  readonly failure: (packages: readonly string[], repository: string) => { readonly text: string; readonly code: number };
}

function manager({ repository, reaching, success, failure }: Manager): ShellCommand {
  return (context) => {
    const words = context.args.filter((argument) => !argument.startsWith('-'));
    const [verb = '', ...packages] = words;
    if (!reaching.test(verb)) return 0;
    const answer = exchange(context, 'repository', () => context.host.connect(repository, 443), TIMEOUT_MS);
    if (answer === null) return null;
    if (answer.outcome === 'ok') {
      if (/^(?:add|install|reinstall)$/.test(verb)) noteInstalled(context, packages);
      if (!isQuiet(context)) context.out(success(packages, verb));
      return 0;
    }
    const { text, code } = failure(packages, repository);
    context.error(text);
    return code;
  };
}

/** Where apk has its list, in the form of its lines; other managers' packages stand there too. */
const INSTALLED = '/lib/apk/db/installed';

function noteInstalled({ host }: CommandContext, packages: readonly string[]): void {
  host.files.makeDirectory('/lib/apk');
  host.files.makeDirectory('/lib/apk/db');
  host.files.write(INSTALLED, packages.map((name) => `P:${name.split(/[<>=~]/)[0] ?? name}\n`).join(''), true);
}

/** Programs whose packages are called otherwise. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  psql: /^postgresql/,
  pg_dump: /^postgresql/,
  mysql: /^(?:default-)?(?:mysql|mariadb)/,
  mysqldump: /^(?:default-)?(?:mysql|mariadb)/,
  'redis-cli': /^redis/,
  node: /^nodejs/,
  npm: /^nodejs/,
  pip: /pip$/,
  pip3: /pip$/,
  python: /^python3/,
  java: /^(?:openjdk|default-j)/,
  ab: /^apache2-utils/,
  gcc: /^build-/,
  make: /^build-/,
  stress: /^stress/,
};

/** Whether a package that was installed in the container has a program of this name. */
export function isOfPackage(files: Pick<FileSystem, 'read'>, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const other = Object.hasOwn(PACKAGES, name) ? PACKAGES[name] : undefined;
  const packages = (files.read(INSTALLED) ?? '').split('\n').map((line) => line.slice(2));
  return name !== '' && packages.some((installed) => installed === name || other?.test(installed) === true);
}

function isQuiet({ args }: CommandContext): boolean {
  return args.some((argument) => /^-q+$/.test(argument) || argument === '--quiet');
}

const apk = manager({
  repository: 'dl-cdn.alpinelinux.org',
  reaching: /^(?:add|update|upgrade|fetch)$/,
  success: (packages) => {
    const index = ['main', 'community']
      .map((part) => `fetch https://dl-cdn.alpinelinux.org/alpine/v3.20/${part}/x86_64/APKINDEX.tar.gz\n`)
      .join('');
    const steps = packages
      .map((name, at) => `(${at + 1}/${packages.length}) Installing ${name.split(/[<>=~]/)[0] ?? name} (1.0.0-r0)\n`)
      .join('');
    return `${index}${steps}OK: ${8 + packages.length} MiB in ${14 + packages.length} packages\n`;
  },
  failure: (packages) => ({
    text: `WARNING: fetching https://dl-cdn.alpinelinux.org/alpine/v3.20/main: temporary error (try again later)\n${packages.length === 0 ? '' : 'ERROR: unable to select packages:\n'}${packages.map((name) => `  ${name} (no such package):\n    required by: world[${name}]\n`).join('')}`,
    code: packages.length || 1,
  }),
});

const apt = manager({
  repository: 'deb.debian.org',
  reaching: /^(?:install|update|upgrade|dist-upgrade|full-upgrade)$/,
  success: (packages, verb) =>
    verb === 'install'
      ? `Reading package lists...\nBuilding dependency tree...\nReading state information...\nThe following NEW packages will be installed:\n  ${packages.join(' ')}\n${packages.map((name) => `Setting up ${name} ...\n`).join('')}`
      : 'Get:1 http://deb.debian.org/debian bookworm InRelease [151 kB]\nFetched 151 kB in 0s (500 kB/s)\nReading package lists...\n',
  failure: (packages) =>
    packages.length === 0
      ? {
          text: `W: Failed to fetch http://deb.debian.org/debian/dists/bookworm/InRelease  Temporary failure resolving 'deb.debian.org'\n`,
          code: 0,
        }
      : { text: packages.map((name) => `E: Unable to locate package ${name}\n`).join(''), code: 100 },
});

const yum = manager({
  repository: 'mirrors.fedoraproject.org',
  reaching: /^(?:install|update|upgrade|makecache|reinstall)$/,
  success: (packages) =>
    `${packages.length === 0 ? 'Nothing to do.\n' : `Installed:\n${packages.map((name) => `  ${name}-1.0-1.x86_64\n`).join('')}\n`}Complete!\n`,
  failure: () => ({
    text: "Error: Failed to download metadata for repo 'baseos': Cannot prepare internal mirrorlist: Could not resolve host: mirrors.fedoraproject.org\n",
    code: 1,
  }),
});

/** Tools that only look into what is installed. */
const quiet: ShellCommand = () => 0;

export const PACKAGE_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  apk,
  'apt-get': apt,
  apt,
  yum,
  dnf: yum,
  microdnf: yum,
  'apt-key': quiet,
  'apt-cache': quiet,
  'add-apt-repository': quiet,
  dpkg: quiet,
  'update-ca-certificates': quiet,
  'dpkg-reconfigure': quiet,
};
