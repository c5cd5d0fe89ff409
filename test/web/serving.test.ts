// How the page is served: small, compressed, kept by browsers, and allowed nothing but itself.

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageFiles } from '../../src/http/web/page-files.ts';
import { pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

let files: PageFiles;
let test: TestService;
beforeAll(async () => {
  files = await pageFiles();
  test = await startTestService({ page: files, token: 'a-token-of-the-service' });
});
afterAll(() => test.close());

/** A request with a coding of its own; what comes is decoded by the client. */
async function get(path: string, coding = 'identity') {
  const response = await test.http
    .get(path)
    .set('Accept-Encoding', coding)
    .buffer(true)
    .parse((stream, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => done(null, Buffer.concat(chunks)));
    });
  return { status: response.status, headers: response.headers, body: response.body as Buffer };
}

describe('the page', () => {
  it('comes without a token, loads nothing from elsewhere, and makes no markup out of text', async () => {
    const { status, headers, body } = await get('/');
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; img-src 'self' data:; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    );
    const loaded = [...body.toString().matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(loaded.filter((address) => !/^(?:assets\/[\w.-]+|data:.*|docs)$/.test(address))).toEqual([]);
    for (const address of loaded.filter((one) => one.startsWith('assets/'))) expect((await get(`/${address}`)).status).toBe(200);
  });

  it.each(['script', 'style'])('its %s has a hash in its name, and is kept for ever', async (what) => {
    const name = [...files.keys()].find((key) => key.startsWith('app-') && key.endsWith(what === 'script' ? '.js' : '.css'));
    const { headers } = await get(`/assets/${name}`);
    expect(name).toMatch(/^app-[A-Z0-9]{8}\./);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it.each([
    ['br', 'gzip, deflate, br'],
    ['gzip', 'gzip, br;q=0'],
    [undefined, 'br;q=0.0'],
  ] as const)('is compressed with %s for a client that takes %s', async (coding, accepted) => {
    const [name, content] = [...files].find(([key]) => key.endsWith('.js')) as [string, Uint8Array];
    const { headers, body } = await get(`/assets/${name}`, accepted);
    expect([headers['content-encoding'], headers.vary]).toEqual([coding, 'Accept-Encoding']);
    expect(body.equals(content)).toBe(true);
  });

  it('names no file that is not there', () => {
    const text = (content: Uint8Array) => new TextDecoder().decode(content);
    const missing = [...files].flatMap(([name, content]) =>
      [...text(content).matchAll(/\b(?:sourceMappingURL=|assets\/|from"\.\/|import\("\.\/)([\w.-]+-[A-Z0-9]{8}\.\w+(?:\.map)?)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !files.has(target))
        .map((target) => `${name}: ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it('a file that it does not have is not there', async () => {
    for (const name of ['app-00000000.js', '..%2fpackage.json', 'page.json']) expect((await get(`/assets/${name}`)).status).toBe(404);
  });

  it('needs at most 90 KB, compressed, before a terminal or an editor opens', () => {
    const first = firstLoad();
    expect([...first].map((name) => name.replace(/-\w+\./, '.')).sort()).toEqual(
      expect.arrayContaining(['app.css', 'app.js', 'index.html']),
    );
    expect([...first].filter((name) => LATER.test(name))).toEqual([]);
    expect([...first].filter((name) => new TextDecoder().decode(files.get(name)).includes('kind: PodDisruptionBudget'))).toEqual([]);
    expect([...files.keys()].filter((name) => LATER.test(name) && name.endsWith('.js')).length).toBe(4);
    expect([...first].reduce((sum, name) => sum + gzipSync(files.get(name) ?? new Uint8Array()).length, 0)).toBeLessThan(90_000);
  });
});

/** Chunks that come when somebody opens what is in them. */
const LATER = /^(?:screen|editor|draw-curves|docs)-/;

/** The page, and everything that it loads before anybody asks for more. */
function firstLoad(): ReadonlySet<string> {
  const names = new Set(['index.html']);
  for (const name of names) {
    const content = new TextDecoder().decode(files.get(name));
    const loaded =
      name === 'index.html'
        ? content.matchAll(/(?:src|href)="assets\/([^"]+)"/g)
        : name.endsWith('.js')
          ? content.matchAll(/(?:\bfrom|\bimport)"\.\/([^"]+)"/g)
          : [];
    for (const [, next = ''] of loaded) names.add(next);
  }
  return names;
}
