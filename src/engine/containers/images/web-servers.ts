// The web servers of the catalogue: nginx and httpd answer with the files of their document directories, mounted or not, and log each request as they
// do by default; hello-app and hpa-example say their sentence. Rule: K914.
// Deviation: requests of probes are not logged, because a probe that succeeds is not run at each of its ticks. Omits what nginx's settings can say beside
// `root`, `location` and `return`: a site that proxies or rewrites is answered as a server that is only known by its ports.

import type { ClusterState } from '../../kernel/state.ts';
import type { Container } from '../../kinds/pod/types.ts';
import { containerConfig } from '../container-config.ts';
import { hostnameOf } from '../environment/index.ts';
import { catalogueEntry, versionOf } from './catalogue.ts';
import { areOfImage, type ContainerPlace, openFiles, openImage } from '../files/files.ts';
import { HTTPD_ROOT, imageFiles, NGINX_ROOT, NGINX_SETTINGS, NGINX_SITES } from '../files/image-files.ts';
import { noteWork } from '../processes/load.ts';
import { appendLog } from '../processes/logs.ts';
import { readSettings, type Site as Answering, siteOf } from './nginx-settings.ts';
import { decodePercent, type FileSystem, formatDate, type HttpReply, type HttpRequest, plainPath, textToBytes } from '../../shell/index.ts';

interface Site {
  readonly files: FileSystem;
  readonly hostname: string;
  /** The image's tag without what is no number. */
  readonly version: string;
  readonly nowMs: number;
}

interface Logged {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

interface WebServer {
  /** Milliseconds of a processor that a request takes; of most servers next to nothing. */
  readonly cpuMs?: number;
  /** Undefined: the site is one that cannot be looked into. */
  answer(site: Site, request: HttpRequest): HttpReply | undefined;
  log(site: Site, request: HttpRequest, reply: HttpReply): readonly Logged[];
}

/** The web server that an image is; undefined for any other. */
export function webServerOf(container: Container): WebServer | undefined {
  const { repository } = catalogueEntry(container.image);
  return Object.hasOwn(SERVERS, repository) ? SERVERS[repository] : undefined;
}

/** Whether the settings of a web server say that a port speaks TLS; those of the images do not. */
export function isTlsPort(state: ClusterState, place: ContainerPlace, port: number): boolean {
  if (areOfImage(state, place, SETTINGS_FOLDERS)) return false;
  const files = openSite(state, place);
  return files !== undefined && new RegExp(`\\blisten\\s+(?:[^;]*:)?${port}\\s[^;]*\\bssl\\b`).test(settingsOf(files));
}

/** What the web server in a container answers, and whether its log says so. */
export function askWebServer(state: ClusterState, place: ContainerPlace, request: HttpRequest, isLogged: boolean): HttpReply | undefined {
  const { instance, pod, container } = place;
  const server = webServerOf(container);
  const files = server === undefined ? undefined : openSite(state, place);
  if (server === undefined || files === undefined) return undefined;
  const site: Site = { files, hostname: hostnameOf(pod), version: versionOf(container.image), nowMs: state.nowMs };
  const reply = server.answer(site, request);
  if (reply === undefined || !isLogged) return reply;
  noteWork(state, instance.id, server.cpuMs ?? 0);
  for (const { stream, text } of server.log(site, request, reply)) appendLog(state, instance.id, stream, text);
  return reply;
}

/** What a site is made of. Probes ask often, and nearly every site is the image's. */
function openSite(state: ClusterState, place: ContainerPlace): FileSystem | undefined {
  if (areOfImage(state, place, SITE_FOLDERS)) return openImage(state, place);
  const { worker, pod, container } = place;
  const config = containerConfig(state, worker, pod, container);
  return config.ok ? openFiles(state, place, config.value, state.nowMs, true).files : undefined;
}

const SETTINGS_FOLDERS: readonly string[] = ['/etc/nginx'];
const SITE_FOLDERS: readonly string[] = [...SETTINGS_FOLDERS, NGINX_ROOT, HTTPD_ROOT];

const NGINX: WebServer = {
  answer(site, request) {
    const place = nginxSite(site.files, request);
    if (place.kind === 'other') return undefined;
    const root = place.kind === 'files' ? place.root : '';
    const product = site.version === '' ? 'nginx' : `nginx/${site.version}`;
    const page = (status: number, title: string): HttpReply => ({
      status,
      body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>${product}</center>\r\n</body>\r\n</html>\r\n`,
      headers: { Server: product, 'Content-Type': 'text/html' },
    });
    if (place.kind === 'return') {
      const { status, text, type } = place;
      if (status >= 300 && status < 400)
        return { ...page(status, REDIRECTIONS[status] ?? 'Redirect'), headers: { Server: product, Location: text } };
      if (text === '' && TITLES[status] !== undefined) return page(status, TITLES[status]);
      return { status, body: text, headers: { Server: product, 'Content-Type': type } };
    }
    if (!isReading(request)) return page(405, 'Not Allowed');
    const found = findDocument(site.files, root, request);
    switch (found.kind) {
      case 'missing':
        return page(404, 'Not Found');
      case 'denied':
      case 'directory':
        return page(403, 'Forbidden');
      case 'moved': {
        const moved = page(301, 'Moved Permanently');
        return { ...moved, headers: { ...moved.headers, Location: `http://${request.headers['host'] ?? 'localhost'}${found.path}` } };
      }
      case 'file':
        return { status: 200, body: found.text, headers: { Server: product, 'Content-Type': typeOf(found.path) } };
    }
  },
  log(site, request, reply) {
    const agent = `"${request.headers['referer'] ?? '-'}" "${request.headers['user-agent'] ?? '-'}" "${request.headers['x-forwarded-for'] ?? '-'}"`;
    const line: Logged = { stream: 'stdout', text: `${commonLine(site, request, reply)} ${agent}\n` };
    const problem = nginxProblem(site, request, reply.status);
    return problem === undefined ? [line] : [{ stream: 'stderr', text: problem }, line];
  },
};

/** nginx says on standard error why there is no file. */
function nginxProblem({ files, nowMs }: Site, request: HttpRequest, status: number): string | undefined {
  const path = cleaned(decodePercent(plainPath(request.path)));
  const place = nginxSite(files, request);
  if (place.kind !== 'files') return undefined;
  const { root } = place;
  const cause =
    status === 404
      ? `open() "${root}${path}" failed (2: No such file or directory)`
      : status === 403
        ? `directory index of "${root}${path}" is forbidden`
        : undefined;
  if (cause === undefined) return undefined;
  const asked = `request: "${request.method} ${request.path} HTTP/1.1", host: "${request.headers['host'] ?? ''}"`;
  return `${formatDate(nowMs, '%Y/%m/%d %T')} [error] 31#31: *1 ${cause}, client: ${hostOf(request.client)}, server: localhost, ${asked}\n`;
}

const REDIRECTIONS: Readonly<Record<number, string>> = {
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
};
/** nginx has pages of its own for what settings return without a text. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Authorization Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/** How the settings answer a request. Nearly every site is the image's. */
function nginxSite(files: FileSystem, request: HttpRequest): Answering {
  if (files.read(NGINX_SETTINGS) === imageText(NGINX_SETTINGS) && files.list(NGINX_SITES)?.length === 1) {
    const site = `${NGINX_SITES}/default.conf`;
    if (files.read(site) === imageText(site)) return { kind: 'files', root: NGINX_ROOT };
  }
  const settings = readSettings(files);
  return settings.ok
    ? siteOf(settings.directives, request.headers['host'] ?? '', decodePercent(plainPath(request.path)))
    : { kind: 'other' };
}

const imageText = (path: string): string | undefined => imageFiles(catalogueEntry('nginx'))[path];

/** The settings of nginx, without comments. */
function settingsOf(files: FileSystem): string {
  const sites = (files.list(NGINX_SITES) ?? []).filter((name) => name.endsWith('.conf')).map((name) => `${NGINX_SITES}/${name}`);
  const text = [NGINX_SETTINGS, ...sites].map((path) => files.read(path) ?? '').join('\n');
  return text.replace(/#[^\n]*/g, '');
}

const HTTPD: WebServer = {
  answer({ files, version }, request) {
    const product = version === '' ? 'Apache' : `Apache/${version} (Unix)`;
    const page = (status: number, title: string, text: string): HttpReply => ({
      status,
      body: `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n<p>${text}</p>\n</body></html>\n`,
      headers: { Server: product, 'Content-Type': 'text/html; charset=iso-8859-1' },
    });
    if (!isReading(request)) return page(405, 'Method Not Allowed', `The method ${request.method} is not allowed for this URL.`);
    const found = findDocument(files, HTTPD_ROOT, request);
    switch (found.kind) {
      case 'missing':
        return page(404, 'Not Found', 'The requested URL was not found on this server.');
      case 'denied':
        return page(403, 'Forbidden', "You don't have permission to access this resource.");
      case 'moved': {
        const target = `http://${request.headers['host'] ?? 'localhost'}${found.path}`;
        const moved = page(301, 'Moved Permanently', `The document has moved <a href="${target}">here</a>.`);
        return { ...moved, headers: { ...moved.headers, Location: target } };
      }
      case 'directory': {
        const names = found.names.map((name) => `<li><a href="${name}"> ${name}</a></li>\n`).join('');
        const title = `Index of ${found.path}`;
        const body = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n<h1>${title}</h1>\n<ul>${names}</ul>\n</body></html>\n`;
        return { status: 200, body, headers: { Server: product, 'Content-Type': 'text/html;charset=ISO-8859-1' } };
      }
      case 'file':
        return { status: 200, body: found.text, headers: { Server: product, 'Content-Type': typeOf(found.path) } };
    }
  },
  log: (site, request, reply) => [{ stream: 'stdout', text: `${commonLine(site, request, reply)}\n` }],
};

const HELLO: WebServer = {
  answer({ hostname, version }) {
    const full = [...version.split('.').filter((part) => part !== ''), '0', '0', '0'].slice(0, 3).join('.');
    const body = `Hello, world!\nVersion: ${version === '' ? '1.0.0' : full}\nHostname: ${hostname}\n`;
    return { status: 200, body };
  },
  log: ({ nowMs }, request) => [
    { stream: 'stderr', text: `${formatDate(nowMs, '%Y/%m/%d %T')} Serving request: ${plainPath(request.path)}\n` },
  ],
};

/** A million square roots for each request. */
const HPA_EXAMPLE: WebServer = {
  cpuMs: 7,
  answer: () => ({ status: 200, body: 'OK!', headers: { 'Content-Type': 'text/html; charset=UTF-8' } }),
  log: NGINX.log,
};

const SERVERS: Readonly<Record<string, WebServer>> = {
  nginx: NGINX,
  'registry.k8s.io/nginx-slim': NGINX,
  'registry.k8s.io/e2e-test-images/nginx': NGINX,
  httpd: HTTPD,
  'registry.k8s.io/e2e-test-images/httpd': HTTPD,
  'gcr.io/google-samples/hello-app': HELLO,
  'us-docker.pkg.dev/google-samples/containers/gke/hello-app': HELLO,
  'registry.k8s.io/hpa-example': HPA_EXAMPLE,
};

type Found =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'missing' | 'denied' }
  /** A directory without a document of its own. */
  | { readonly kind: 'directory'; readonly path: string; readonly names: readonly string[] }
  /** A directory that was asked for without its slash. */
  | { readonly kind: 'moved'; readonly path: string };

function findDocument(files: FileSystem, root: string, request: HttpRequest): Found {
  const asked = decodePercent(plainPath(request.path));
  const path = cleaned(asked);
  const at = `${root}${path === '/' ? '' : path}`;
  const info = files.stat(at);
  if (info === undefined) return { kind: 'missing' };
  if (info.kind === 'file') return asked.endsWith('/') ? { kind: 'missing' } : documentAt(files, at);
  if (!asked.endsWith('/')) return { kind: 'moved', path: `${path}/` };
  if (files.stat(`${at}/index.html`)?.kind === 'file') return documentAt(files, `${at}/index.html`);
  return { kind: 'directory', path: path === '/' ? '/' : path, names: files.list(at) ?? [] };
}

function documentAt(files: FileSystem, path: string): Found {
  const text = files.read(path);
  return text === undefined ? { kind: 'denied' } : { kind: 'file', path, text };
}

function isReading({ method }: HttpRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** `10.244.0.7 - - [01/Jan/2025:00:00:05 +0000] "GET / HTTP/1.1" 200 45`. */
function commonLine({ nowMs }: Site, { client, method, path }: HttpRequest, { status, body }: HttpReply): string {
  const length = method === 'HEAD' ? 0 : textToBytes(body).length;
  return `${hostOf(client)} - - [${formatDate(nowMs, '%d/%b/%Y:%T')} +0000] "${method} ${path} HTTP/1.1" ${status} ${length}`;
}

function hostOf(client: string): string {
  return client.slice(0, client.lastIndexOf(':'));
}

function cleaned(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  png: 'image/png',
  svg: 'image/svg+xml',
};

function typeOf(path: string): string {
  const end = /\.([a-z]+)$/.exec(path)?.[1] ?? '';
  return TYPES[end] ?? 'application/octet-stream';
}
