// Files of a container as Go's http.FileServer serves them. Upstream: net/http/fs.go of Go 1.24. Omits ranges and conditional requests.

import { textToBytes } from '../bytes.ts';
import { decodePercent, type HttpReply, plainPath } from '../server.ts';
import type { FileSystem } from '../state.ts';
import { httpError, redirectTo } from './subcommand.ts';

const INDEX = 'index.html';

/** What a file server whose root is `/` answers. */
export function serveFile(files: FileSystem, request: string): HttpReply {
  const asked = decodePercent(plainPath(request));
  if (asked.endsWith(`/${INDEX}`)) return redirectTo('./', 301, 'Moved Permanently');
  const path = cleaned(asked);
  const info = files.stat(path);
  if (info === undefined) return httpError(404, '404 page not found');
  const isSlashed = asked.endsWith('/');
  if (info.kind === 'file') {
    if (isSlashed) return redirectTo(`../${path.split('/').at(-1) ?? ''}`, 301, 'Moved Permanently');
    const text = files.read(path);
    return text === undefined ? httpError(403, '403 Forbidden') : { status: 200, body: text, headers: { 'Content-Type': typeOf(path) } };
  }
  if (!isSlashed) return redirectTo(`${path.split('/').at(-1) ?? ''}/`, 301, 'Moved Permanently');
  const index = files.read(path === '/' ? `/${INDEX}` : `${path}/${INDEX}`);
  return { status: 200, body: index ?? listing(files, path), headers: { 'Content-Type': 'text/html; charset=utf-8' } };
}

function cleaned(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function listing(files: FileSystem, path: string): string {
  const names = (files.list(path) ?? []).map((name) => {
    const isDirectory = files.stat(`${path === '/' ? '' : path}/${name}`)?.kind === 'directory';
    return isDirectory ? `${name}/` : name;
  });
  const links = names.map((name) => `<a href="${encodePart(name)}">${name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</a>\n`);
  return `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${links.join('')}</pre>\n`;
}

/** A name as a part of a URL. */
function encodePart(name: string): string {
  return textToBytes(name).replace(/[^\w\-.~/$&+,:=@]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  htm: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
};

function typeOf(path: string): string {
  const end = /\.([a-z]+)$/.exec(path)?.[1] ?? '';
  return TYPES[end] ?? 'text/plain; charset=utf-8';
}
