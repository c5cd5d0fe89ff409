// A developer's own admission webhook: an HTTPS server on loopback with a certificate of its own, which answers as a test says.

import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

/** An object of a review, as far as tests look into it. */
export interface Reviewed {
  readonly metadata: { readonly name?: string };
  readonly data: Readonly<Record<string, string>>;
}

export interface ReviewRequest {
  readonly uid: string;
  readonly operation: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly dryRun: boolean;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly requestKind: { readonly version: string };
  readonly subResource?: string;
  readonly userInfo: { readonly username: string; readonly groups: readonly string[] };
  readonly options: { readonly kind: string };
  /** Null for a deletion. */
  readonly object: Reviewed | null;
  readonly oldObject: Reviewed | null;
}

/** The `response` of a review, or what is written to the answer instead. */
export type Reviewer = (request: ReviewRequest, path: string) => object | ((response: ServerResponse) => void);

export interface WebhookServer {
  readonly url: string;
  /** Its certificate, as a configuration carries it. */
  readonly caBundle: string;
  /** All that it was asked, oldest first. */
  readonly asked: ReviewRequest[];
  /** How it answers from now on. */
  answer: Reviewer;
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** A certificate for 127.0.0.1, of itself or of an authority. */
function makeCertificate(name: string, ca?: { readonly key: string; readonly cert: string }): ReturnType<typeof generate> {
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: ca === undefined, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
    ...(ca === undefined ? {} : { ca }),
  });
}

/**
 * Starts one; it allows everything until it is told otherwise. Its certificate signs itself, unless it is to be `signed` by an authority; the bundle has the
 * server's certificate all the same, and not the authority's.
 */
export async function startWebhookServer({ signed = false } = {}): Promise<WebhookServer> {
  const own = await makeCertificate('webhook');
  const made = signed ? await makeCertificate('leaf', { key: own.private, cert: own.cert }) : own;
  const asked: ReviewRequest[] = [];
  const served: WebhookServer = {
    url: '',
    caBundle: Buffer.from(made.cert).toString('base64'),
    asked,
    answer: () => ({ allowed: true }),
    close: () => closeServer(server),
  };
  const server = createServer({ cert: made.cert, key: made.private }, (request, response) => {
    void readText(request).then((text) => {
      const review = JSON.parse(text) as { readonly kind: string; readonly apiVersion: string; readonly request: ReviewRequest };
      asked.push(review.request);
      const answer = served.answer(review.request, (request.url ?? '').split('?')[0] ?? '');
      if (typeof answer === 'function') return answer(response);
      response.setHeader('content-type', 'application/json');
      const { apiVersion, kind } = review;
      response.end(JSON.stringify({ apiVersion, kind, response: { uid: review.request.uid, ...answer } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(served, { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** The answer that allows a request with a patch. */
export function patching(...operations: readonly object[]): object {
  return { allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') };
}
