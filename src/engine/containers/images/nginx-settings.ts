// The settings of nginx, as far as they say where it listens, what keeps it from starting, and what it answers by itself.
// Upstream: nginx src/core/ngx_conf_file.c, src/http/ngx_http_core_module.c, ngx_http_upstream_round_robin.c (1.27). Rules: K914, K927.

import { NGINX_ROOT, NGINX_SETTINGS } from '../files/image-files.ts';
import type { FileSystem } from '../../shell/index.ts';

export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  /** `/etc/nginx/nginx.conf:3`. */
  readonly place: string;
  readonly block: readonly Directive[] | undefined;
}

export type Settings = { readonly ok: true; readonly directives: readonly Directive[] } | { readonly ok: false; readonly problem: string };

/** Files that include each other deeper than this are not followed. */
const INCLUDES_DEPTH_MAX = 8;

/** Reads the main file and what it includes. The problem is what nginx says behind `[emerg]`. */
export function readSettings(files: FileSystem): Settings {
  return readFile(files, NGINX_SETTINGS, 0);
}

function readFile(files: FileSystem, path: string, depth: number): Settings {
  const text = files.read(path);
  if (text === undefined) return { ok: false, problem: `open() "${path}" failed (2: No such file or directory)` };
  const reader: Reader = { path, words: wordsOf(text), at: 0, lines: text.split('\n').length };
  const directives = readBlock(reader, true);
  if (typeof directives === 'string') return { ok: false, problem: directives };
  return included(files, directives, depth);
}

interface Word {
  readonly text: string;
  readonly line: number;
  readonly isQuoted: boolean;
}

interface Reader {
  readonly path: string;
  readonly words: readonly Word[];
  at: number;
  readonly lines: number;
}

const WORD = /\s+|#[^\n]*|"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|[;{}]|(?:\$\{[^}]*\}|\\.|[^\s;{}])+/g;

function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  let line = 1;
  for (const match of text.matchAll(WORD)) {
    const [whole, double, single] = match;
    const quoted = double ?? single;
    if (quoted !== undefined) words.push({ text: unescaped(quoted), line, isQuoted: true });
    else if (!/^[\s#]/.test(whole)) words.push({ text: whole, line, isQuoted: false });
    line += whole.split('\n').length - 1;
  }
  return words;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unescaped(text: string): string {
  return text.replace(/\\(["'\\ntr])/g, (_whole, letter: string) => ESCAPES[letter] ?? letter);
}

/** The directives up to the end of a block, or of the file; a text says what is wrong. */
function readBlock(reader: Reader, isFile: boolean): readonly Directive[] | string {
  const directives: Directive[] = [];
  let head: Word[] = [];
  while (reader.at < reader.words.length) {
    const word = reader.words[reader.at] as Word;
    reader.at += 1;
    const mark = word.isQuoted ? '' : word.text;
    if (mark === '}') {
      if (head.length > 0 || isFile) return `unexpected "}" in ${reader.path}:${word.line}`;
      return directives;
    }
    if (mark !== ';' && mark !== '{') {
      head.push(word);
      continue;
    }
    const [first, ...rest] = head;
    if (first === undefined) return `unexpected "${mark}" in ${reader.path}:${word.line}`;
    const block = mark === '{' ? readBlock(reader, false) : undefined;
    if (typeof block === 'string') return block;
    directives.push({ name: first.text, args: rest.map(({ text }) => text), place: `${reader.path}:${word.line}`, block });
    head = [];
  }
  if (isFile && head.length === 0) return directives;
  return `unexpected end of file, expecting ${head.length === 0 ? '"}"' : '";" or "}"'} in ${reader.path}:${reader.lines}`;
}

/** Puts the files that are included where they are named. */
function included(files: FileSystem, directives: readonly Directive[], depth: number): Settings {
  const whole: Directive[] = [];
  for (const directive of directives) {
    const inner = directive.block === undefined ? undefined : included(files, directive.block, depth);
    if (inner?.ok === false) return inner;
    if (directive.name !== 'include' || depth >= INCLUDES_DEPTH_MAX)
      whole.push(inner === undefined ? directive : { ...directive, block: inner.directives });
    else {
      const read = includedFiles(files, directive).map((path) => readFile(files, path, depth + 1));
      for (const settings of read) {
        if (!settings.ok) return settings;
        whole.push(...settings.directives);
      }
    }
  }
  return { ok: true, directives: whole };
}

/** Of a path with a star those that are there; settings that every image has are not of interest, and not kept here. */
function includedFiles(files: FileSystem, { args: [given = ''] }: Directive): readonly string[] {
  const path = given.startsWith('/') ? given : `/etc/nginx/${given}`;
  if (path === '/etc/nginx/mime.types' || path.endsWith('_params')) return files.read(path) === undefined ? [] : [path];
  const folder = path.slice(0, path.lastIndexOf('/'));
  const [before = '', after] = path.slice(folder.length + 1).split('*');
  if (after === undefined) return [path];
  const names = (files.list(folder) ?? []).filter((name) => name.startsWith(before) && name.endsWith(after) && !name.startsWith('.'));
  return names.map((name) => `${folder}/${name}`);
}

/** The servers of the settings, each with where it listens. */
export interface SiteServer {
  readonly ports: readonly number[];
  readonly names: readonly string[];
  readonly directives: readonly Directive[];
}

const HTTP_ONLY: ReadonlySet<string> = new Set([
  'server',
  'location',
  'upstream',
  'listen',
  'root',
  'index',
  'proxy_pass',
  'server_name',
  'return',
  'map',
  'gzip',
]);

/** Why nginx does not start with these settings; `isKnown` says whether a name can be resolved, `exists` whether a file is there. */
export function startProblem(
  settings: Settings,
  isKnown: (name: string) => boolean,
  exists: (path: string) => boolean,
): string | undefined {
  if (!settings.ok) return settings.problem;
  const { directives } = settings;
  const misplaced = directives.find(({ name }) => HTTP_ONLY.has(name));
  if (misplaced !== undefined) return `"${misplaced.name}" directive is not allowed here in ${misplaced.place}`;
  const hosts = upstreamHosts(directives).find(({ host }) => !isKnown(host));
  if (hosts !== undefined) return `host not found in upstream "${hosts.shown}" in ${hosts.place}`;
  const certificate = all(directives).find(
    ({ name, args: [path = ''] }) => name === 'ssl_certificate' && !path.includes('$') && !exists(path),
  );
  if (certificate !== undefined) {
    const [path = ''] = certificate.args;
    return `cannot load certificate "${path}": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(${path}, r) error:10000080:BIO routines::no such file)`;
  }
  return directives.some(({ name }) => name === 'events') ? undefined : 'no "events" section in configuration';
}

function all(directives: readonly Directive[]): readonly Directive[] {
  return directives.flatMap((directive) => [directive, ...all(directive.block ?? [])]);
}

interface UpstreamHost {
  readonly host: string;
  readonly shown: string;
  readonly place: string;
}

/** What is resolved when nginx starts: servers of upstreams, and what is passed on to where no variable stands. */
function upstreamHosts(directives: readonly Directive[]): readonly UpstreamHost[] {
  const http = directives.filter(({ name }) => name === 'http' || name === 'stream').flatMap(({ block = [] }) => block);
  const upstreams = http.filter(({ name }) => name === 'upstream');
  const named = new Set(upstreams.map(({ args: [name = ''] }) => name));
  const servers = upstreams.flatMap(({ block = [] }) =>
    block
      .filter(({ name, args }) => name === 'server' && !args.includes('resolve'))
      .map(({ args: [address = ''], place }) => ({ host: address.replace(/:\d+$/, ''), shown: address, place })),
  );
  const passes = all(http)
    .filter(({ name, args: [url = ''] }) => name === 'proxy_pass' && !url.includes('$'))
    .map(({ args: [url = ''], place }) => ({ host: /^(?:https?:\/\/)?([^/:]+)/.exec(url)?.[1] ?? '', place }))
    .filter(({ host }) => !named.has(host) && host !== 'unix')
    .map(({ host, place }) => ({ host, shown: host, place }));
  return [...servers, ...passes].filter(({ host }) => host !== '' && host !== 'unix');
}

/** The servers of HTTP. */
export function serversOf(directives: readonly Directive[]): readonly SiteServer[] {
  const http = directives.filter(({ name }) => name === 'http').flatMap(({ block = [] }) => block);
  return http
    .filter(({ name }) => name === 'server')
    .map(({ block = [] }) => {
      const listens = block.filter(({ name }) => name === 'listen').map(({ args: [address = ''] }) => portOf(address));
      return {
        ports: listens.length === 0 ? [80] : listens.filter((port): port is number => port !== undefined),
        names: block.filter(({ name }) => name === 'server_name').flatMap(({ args }) => args),
        directives: block,
      };
    });
}

/** Every port on which these settings make nginx listen, connections of other kinds among them. */
export function portsOf(directives: readonly Directive[]): readonly number[] {
  const stream = directives.filter(({ name }) => name === 'stream').flatMap(({ block = [] }) => all(block));
  const others = stream.filter(({ name }) => name === 'listen').map(({ args: [address = ''] }) => portOf(address));
  const found = [...serversOf(directives).flatMap(({ ports }) => ports), ...others.filter((port): port is number => port !== undefined)];
  return [...new Set(found)].sort((a, b) => a - b);
}

/** `80`, `[::]:80`, `127.0.0.1:8080`, `*:81`; an address alone is port 80, a socket none. */
function portOf(address: string): number | undefined {
  if (address.startsWith('unix:')) return undefined;
  const match = /^(?:.*:)?(\d+)$/.exec(address);
  return match === null || /^\[[^\]]*\]$/.test(address) || /^\d+(?:\.\d+){3}$/.test(address) ? 80 : Number(match[1]);
}

/** What answers a path: a sentence of the settings, files under a root, or what cannot be said here. */
export type Site =
  | { readonly kind: 'return'; readonly status: number; readonly text: string; readonly type: string }
  | { readonly kind: 'files'; readonly root: string }
  | { readonly kind: 'other' };

/** What is answered by more than files and sentences. */
const BEYOND: ReadonlySet<string> = new Set(
  'proxy_pass rewrite fastcgi_pass uwsgi_pass grpc_pass alias try_files auth_basic if error_page stub_status dav_methods'.split(' '),
);

/** How the settings answer a path on a host; the port is not told, so that servers of several ports are told apart by names alone. */
export function siteOf(directives: readonly Directive[], host: string, path: string): Site {
  const servers = serversOf(directives);
  const server = servers.find(({ names }) => names.includes(host.replace(/:\d+$/, ''))) ?? servers[0];
  if (server === undefined || directives.some(({ name }) => name === 'stream')) return { kind: 'other' };
  if (servers.length > 1 && new Set(servers.map(({ ports }) => ports.join())).size > 1) return { kind: 'other' };
  const http = directives.filter(({ name }) => name === 'http').flatMap(({ block = [] }) => block);
  const place = locationOf(server.directives, path);
  const around = [...(place ?? []), ...server.directives, ...http];
  const own = [...server.directives.filter(({ block }) => block === undefined), ...(place ?? [])];
  if (own.some(({ name }) => BEYOND.has(name) && name !== 'error_page')) return { kind: 'other' };
  const said = server.directives.find(({ name }) => name === 'return') ?? place?.find(({ name }) => name === 'return');
  if (said !== undefined) return returned(said, around);
  return { kind: 'files', root: around.find(({ name }) => name === 'root')?.args[0]?.replace(/\/$/, '') ?? NGINX_ROOT };
}

/** The location of a path: the exact one, else the longest prefix; undefined for none. Where expressions are used it cannot be said. */
function locationOf(directives: readonly Directive[], path: string): readonly Directive[] | undefined {
  const locations = directives.filter(({ name }) => name === 'location');
  const exact = locations.find(({ args }) => args[0] === '=' && args[1] === path);
  if (exact !== undefined) return exact.block;
  if (locations.some(({ args }) => (args[0] ?? '').startsWith('~'))) return [{ name: 'if', args: [], place: '', block: undefined }];
  const prefixes = locations
    .filter(({ args }) => args[0] !== '=')
    .map(({ args, block = [] }) => ({ prefix: args.at(-1) ?? '', block }))
    .filter(({ prefix }) => path.startsWith(prefix));
  return prefixes.reduce<{ prefix: string; block: readonly Directive[] } | undefined>(
    (best, item) => (best === undefined || item.prefix.length > best.prefix.length ? item : best),
    undefined,
  )?.block;
}

function returned({ args: [first = '', second] }: Directive, around: readonly Directive[]): Site {
  const status = /^\d{3}$/.test(first) ? Number(first) : 302;
  const text = status === 302 && second === undefined ? first : (second ?? '');
  if (text.includes('$')) return { kind: 'other' };
  const type = around.find(({ name }) => name === 'default_type')?.args[0] ?? 'text/plain';
  return { kind: 'return', status, text, type };
}
