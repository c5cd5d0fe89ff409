// What the main programs of images do when a script or a manifest names them: servers run until they are stopped, tools end by themselves.

import type { CatalogueEntry } from './catalogue.ts';
import { isAgnhostProgram } from '../../shell/index.ts';

/** Programs that serve until they are stopped, by the repository's last name. */
const SERVERS: Readonly<Record<string, readonly string[]>> = {
  nginx: ['nginx', 'nginx-debug', 'docker-entrypoint.sh'],
  'nginx-slim': ['nginx'],
  httpd: ['httpd', 'httpd-foreground', 'apachectl', 'apache2-foreground'],
  redis: ['redis-server', 'redis-sentinel', 'docker-entrypoint.sh'],
  memcached: ['memcached', 'docker-entrypoint.sh'],
  postgres: ['postgres', 'docker-entrypoint.sh'],
  mysql: ['mysqld', 'docker-entrypoint.sh'],
  mariadb: ['mariadbd', 'mysqld', 'docker-entrypoint.sh'],
  mongo: ['mongod', 'docker-entrypoint.sh'],
  agnhost: ['agnhost', 'agnhost-2'],
  nautilus: ['agnhost'],
  kitten: ['agnhost'],
  pause: ['pause'],
  etcd: ['etcd'],
  'hello-app': ['hello-app'],
  'go-myweb': ['myweb', 'go-myweb'],
  myweb: ['myweb'],
  stress: ['stress'],
  'stress-ng': ['stress-ng'],
};

/** Clients that come with those servers: they succeed once the server is up. */
const CLIENTS: Readonly<Record<string, readonly string[]>> = {
  redis: ['redis-cli'],
  postgres: ['pg_isready', 'psql', 'pg_dump', 'pg_dumpall', 'pg_restore', 'createdb', 'dropdb'],
  mysql: ['mysqladmin', 'mysql', 'mysqldump'],
  mariadb: ['mysqladmin', 'mysql', 'mariadb-admin', 'mariadb', 'mariadb-dump', 'mysqldump', 'healthcheck.sh'],
  mongo: ['mongosh', 'mongo'],
  etcd: ['etcdctl'],
  nginx: ['nginx'],
  agnhost: ['agnhost'],
};

/** Interpreters and tools: a run takes a second and succeeds. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  perl: ['perl'],
  python: ['python', 'python3', 'pip', 'pip3'],
  'hello-world': ['hello'],
};

/** What the entry points of these images say of a program that is not there; others are executed without one. */
const ENTRY_POINTS: Readonly<Record<string, string>> = {
  nginx: '/docker-entrypoint.sh: 47: exec',
  redis: '/usr/local/bin/docker-entrypoint.sh: 31: exec',
  memcached: '/usr/local/bin/docker-entrypoint.sh: 9: exec',
  postgres: '/usr/local/bin/docker-entrypoint.sh: line 380: exec',
  mysql: '/usr/local/bin/docker-entrypoint.sh: line 442: exec',
  mariadb: '/usr/local/bin/docker-entrypoint.sh: line 610: exec',
  mongo: '/usr/local/bin/docker-entrypoint.sh: line 416: exec',
};

/** Whether the programs of an image are told apart: what is none of them, nor of the shell's, is not there. */
export function knowsPrograms({ repository }: CatalogueEntry): boolean {
  return Object.hasOwn(SERVERS, lastName(repository));
}

/** The words of an image's entry point about a program that it cannot execute; undefined for an image without one. */
export function entryPointRefusal({ repository }: CatalogueEntry, program: string): string | undefined {
  return Object.hasOwn(ENTRY_POINTS, repository) ? `${ENTRY_POINTS[repository] as string}: ${program}: not found` : undefined;
}

export type ProgramKind = 'server' | 'client' | 'tool' | 'agnhost' | 'nnp';

/** Images whose program is agnhost. */
const IS_AGNHOST = /^(?:agnhost|nautilus|kitten)$/;

/** Where a program runs: as what its container is there for, as one step of a script or of an init container, or beside the container's process. */
export type ProgramRole = 'main' | 'step' | 'beside';

/** Images that hold their program and nothing else. */
const WITHOUT_SHELL: readonly string[] = ['pause', 'hello-world', 'goproxy', 'etcd'];

/** Whether the image has a shell and the usual tools, `tar` among them. */
export function hasShell(entry: CatalogueEntry): boolean {
  return !WITHOUT_SHELL.includes(lastName(entry.repository));
}

/** Programs that read a script or run a module; what that does is not known. */
const INTERPRETERS = /^(?:python[\d.]*|node|perl|ruby|php|java|deno|bun)$/;

/** What kind of program of the image this is; undefined when the image has none of the name. */
export function programKind(entry: CatalogueEntry, words: readonly string[], role: ProgramRole): ProgramKind | undefined {
  const image = lastName(entry.repository);
  const program = lastName(words[0] ?? '');
  const has = (lists: Readonly<Record<string, readonly string[]>>): boolean =>
    Object.hasOwn(lists, image) && lists[image]?.includes(program) === true;
  if (IS_AGNHOST.test(image) && has(SERVERS) && isAgnhostProgram(words[1] ?? '')) return 'agnhost';
  if (image === 'nonewprivs' && program === 'nnp') return 'nnp';
  if (/^python3?$/.test(program) && has(TOOLS) && words.includes('http.server')) return 'server';
  const isKnown = entry.repository !== '';
  const isShort = isShortRun(program, words);
  if (has(SERVERS) && isShort) return 'client';
  if (role !== 'beside' && has(SERVERS)) return 'server';
  if (has(CLIENTS)) return 'client';
  if (has(SERVERS)) return 'server';
  if (has(TOOLS) && (isShort || !INTERPRETERS.test(program))) return 'tool';
  if (isKnown && !has(TOOLS)) return undefined;
  return unknownKind(isShort && role === 'main' ? 'step' : role);
}

/** Programs that do one thing and end, wherever they stand. */
const SINGLE_STEP = /^(?:git|svn|jq|yq|zip|unzip|rsync|rclone|aws|gcloud|az)$/;

/** What a program of an installed package is. */
export function installedKind(words: readonly string[], role: ProgramRole): ProgramKind {
  return unknownKind(role === 'main' && SINGLE_STEP.test(lastName(words[0] ?? '')) ? 'step' : role);
}

/** K915: a program of which nothing is known is what its place wants. */
function unknownKind(role: ProgramRole): ProgramKind {
  return role === 'main' ? 'server' : role === 'step' ? 'tool' : 'client';
}

/** Whether a program only says something, or runs a text of its command line, and ends. */
function isShortRun(program: string, words: readonly string[]): boolean {
  const [, first = ''] = words;
  if (words.length === 2 && /^(?:--?version|--?help|version|help)$/.test(first)) return true;
  if (program.startsWith('nginx')) return words.slice(1).some((word) => /^-[tTvVs]$/.test(word));
  if (!INTERPRETERS.test(program)) return false;
  if (program === 'java') return /^--?version$/.test(first);
  const end = words.findIndex((word, index) => index > 0 && !word.startsWith('-'));
  return words.slice(1, end < 0 ? undefined : end).some((word) => /^(?:-[a-zA-Z]*[ceEpV]|-v|--eval|--print)$/.test(word));
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
