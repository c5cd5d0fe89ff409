// The page at / and the files that it loads, as the build made them. Names of files carry hashes: a browser keeps them for ever, and asks for
// the page itself each time.

import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { problemOf, answerProblem } from '../errors.ts';

/** Every file of the page by its name; `index.html` is the page, `docs.html` the reference. */
export type PageFiles = ReadonlyMap<string, Uint8Array>;

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  map: 'application/json',
};

/** The pages run their own scripts only, and load nothing from elsewhere. */
const COMMON_POLICY = [
  "default-src 'none'",
  "img-src 'self' data:",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];
/** What is ours makes no markup out of text; the library of the reference does, and cleans it. */
const POLICIES: Readonly<Record<string, string>> = {
  'index.html': [...COMMON_POLICY, "require-trusted-types-for 'script'"].join('; '),
  'docs.html': COMMON_POLICY.join('; '),
};

/** Answers with a file; each is compressed once for each coding that was asked for. */
export class PageAnswers {
  private readonly files: PageFiles;
  private readonly compressed = new Map<string, Uint8Array>();

  constructor(files: PageFiles) {
    this.files = files;
  }

  get isBuilt(): boolean {
    return this.files.has('index.html');
  }

  /** The file of a name; pages may change with the next version, all others never do. */
  answer(name: string, request: Request): Response {
    const content = this.files.get(name);
    if (content === undefined) return answerProblem(problemOf('not-found', `There is no file ${name} of the page.`));
    const policy = POLICIES[name];
    const isPage = policy !== undefined;
    return this.encoded(name, content, request, {
      'Content-Type': TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      'Cache-Control': isPage ? 'no-cache' : 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
      ...(isPage ? { 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer' } : {}),
    });
  }

  /** A document that is made once, and is no file: compressed where the client takes that. */
  answerDocument(name: string, text: string, request: Request): Response {
    return this.encoded(name, text, request, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  }

  /** What does not change under its name, as the client takes it. */
  private encoded(name: string, content: Uint8Array | string, request: Request, headers: Readonly<Record<string, string>>): Response {
    const coding = codingOf(request.headers.get('accept-encoding') ?? '');
    const body = coding === undefined ? content : this.compress(name, content, coding);
    const encoding: Readonly<Record<string, string>> = coding === undefined ? {} : { 'Content-Encoding': coding };
    return new Response(body.slice(), { headers: { ...headers, Vary: 'Accept-Encoding', ...encoding } });
  }

  private compress(name: string, content: Uint8Array | string, coding: Coding): Uint8Array {
    const key = `${coding} ${name}`;
    const known = this.compressed.get(key);
    if (known !== undefined) return known;
    const body = coding === 'br' ? brotliCompressSync(content, BROTLI) : gzipSync(content, { level: 9 });
    this.compressed.set(key, body);
    return body;
  }
}

type Coding = 'br' | 'gzip';

/** Nearly as small as its best, in a tenth of the time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

function codingOf(accepted: string): Coding | undefined {
  const codings = accepted.split(',').filter((coding) => !/;\s*q=0(?:\.0*)?\s*$/.test(coding));
  const names = new Set(codings.map((coding) => coding.split(';')[0]?.trim().toLowerCase()));
  return names.has('br') ? 'br' : names.has('gzip') ? 'gzip' : undefined;
}
