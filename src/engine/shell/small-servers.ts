// The servers of BusyBox: httpd, which serves files, and nc -l, which takes one connection. Upstream of the behaviour: BusyBox 1.36 networking/httpd.c, nc_bloaty.c.

import type { CommandContext, ShellCommand } from './command.ts';
import { parseOptions } from './commands/input-text.ts';
import { resolvePath } from './expand.ts';
import { forkProcess, addSource, canFork } from './processes.ts';
import { decodePercent, type HttpReply, type HttpRequest, type Listener, plainPath, type ServerProcess } from './server.ts';

/** `httpd -p [address:]port -h home`, in the background unless `-f` is given. */
export const httpd: ShellCommand = (context) => {
  const { options } = parseOptions(context.args, 'cpuerdmh');
  const port = Number((options.get('p') ?? '80').split(':').at(-1));
  if (!options.has('f')) {
    if (!canFork(context.state)) return 1;
    const child = forkProcess(context.state, context.process, addSource(context.state, ''), 0);
    child.running = { words: [context.name, '-f', ...context.args], memory: { listens: [listener(port, 'http')] }, restore: null };
    return 0;
  }
  context.memory['listens'] = [listener(port, 'http')];
  context.process.wait = { for: 'never' };
  return null;
};

/** What httpd answers: files below its home, with `index.html` for a directory. */
export function answerHttpd({ process, host }: ServerProcess, request: HttpRequest): HttpReply {
  const { options } = parseOptions((process.running?.words ?? []).slice(1), 'cpuerdmh');
  const home = resolvePath(process.cwd, options.get('h') ?? '.');
  const asked = decodePercent(plainPath(request.path));
  const path = resolvePath(
    '/',
    asked
      .split('/')
      .filter((part) => part !== '..')
      .join('/'),
  );
  const at = `${home === '/' ? '' : home}${path === '/' ? '' : path}` || '/';
  if (request.method !== 'GET' && request.method !== 'HEAD') return page(501, 'Not Implemented', 'The requested method is not recognized');
  const info = host.files.stat(at);
  if (info?.kind === 'directory' && !asked.endsWith('/')) return { ...page(302, 'Found', 'Moved'), headers: { Location: `${asked}/` } };
  const text = host.files.read(info?.kind === 'directory' ? `${at === '/' ? '' : at}/index.html` : at);
  return text === undefined
    ? page(404, 'Not Found', 'The requested URL was not found')
    : { status: 200, body: text, headers: { 'Content-type': typeOf(at) } };
}

function page(status: number, title: string, text: string): HttpReply {
  return {
    status,
    body: `<HTML><HEAD><TITLE>${status} ${title}</TITLE></HEAD>\n<BODY><H1>${status} ${title}</H1>\n${text}\n</BODY></HTML>\n`,
    headers: { 'Content-type': 'text/html' },
  };
}

function typeOf(path: string): string {
  if (path.endsWith('.txt')) return 'text/plain';
  return /\.(?:html?)$/.test(path) || !/\.\w+$/.test(path) ? 'text/html' : 'application/octet-stream';
}

function listener(port: number, speaks: Listener['speaks']): Listener {
  return { port, protocol: 'tcp', speaks };
}

/** `nc -l -p port`: sends its input to who connects, writes what comes, and ends with the connection; `-k` and `-lk` take more. */
export const listen: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'pwsie');
  const { memory, process } = context;
  if (typeof memory['taken'] === 'string') {
    context.out(memory['taken']);
    delete memory['taken'];
    if (!options.has('k')) return 0;
  }
  const input = memory['input'] ?? gather(context);
  if (input === null) return null;
  memory['input'] = input;
  memory['listens'] = [listener(Number(options.get('p') ?? operands.at(-1) ?? 0), 'any')];
  process.wait = { for: 'never' };
  return null;
};

/** The input of a listener; one that stays open, as a terminal does, gives nothing. */
function gather(context: CommandContext): string | null {
  const descriptor = context.process.descriptors[0] ?? null;
  if (descriptor === null || descriptor.to === 'null' || descriptor.to === 'input') return '';
  const { memory } = context;
  for (;;) {
    const text = context.read();
    const gathered = typeof memory['gathered'] === 'string' ? memory['gathered'] : '';
    if (text === undefined) return gathered;
    if (text === null) return null;
    memory['gathered'] = gathered + text;
  }
}

/** What a listener says to who connects; the connection is taken. */
export function answerListener({ memory, host }: ServerProcess, text: string): string {
  memory['taken'] = text;
  memory['exit'] = { code: 0, atMs: host.nowMs, text: '' };
  delete memory['listens'];
  return typeof memory['input'] === 'string' ? memory['input'] : '';
}

/** The answer of a listener that was given an HTTP answer to send. */
export function answerListenerHttp(server: ServerProcess, request: HttpRequest): HttpReply {
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const text = answerListener(server, `${request.method} ${request.path} HTTP/1.1\r\n${headers.join('')}\r\n${request.body}`);
  const match = /^HTTP\/\d\.\d (\d{3})[^\n]*\n((?:[^\r\n]+\r?\n)*)(?:\r?\n)?([\s\S]*)$/.exec(text);
  return match === null ? { status: 0, body: '', isClosed: true } : { status: Number(match[1]), body: match[3] ?? '' };
}
