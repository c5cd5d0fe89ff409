// Calls webhooks of admission and conversion by their addresses, over HTTPS, and nobody else: a user of a cluster names the address, so that the settings say which hosts may be
// called. What goes wrong is said as the API server says it.
// Upstream: k8s.io/apiserver/pkg/util/webhook/client.go, Go's net, net/http, crypto/tls and crypto/x509 verify.go (v1.33).
// Deviation: an answer that leads elsewhere is not followed, because it could lead past the list of hosts (U8).

import { Agent, request } from 'node:https';
import { isIP } from 'node:net';
import type { WebhookAnswer, WebhookCall } from '../engine/cluster/index.ts';
import type { CallWebhook } from '../service/webhooks.ts';
import { hasHost } from './webhook-hosts.ts';

/** Bytes that a webhook may answer; a review is at most as long as an object and its predecessor. */
export const WEBHOOK_ANSWER_BYTES_MAX = 3_145_728;

/** Connections to webhooks that one host has open at a time; calls beyond them wait, within their time. */
export const WEBHOOK_CONNECTIONS_MAX = 64;

/** Asks webhooks on the hosts of a list, see webhook-hosts.ts. */
export function webhookCaller(hosts: readonly string[]): CallWebhook {
  const agent = new Agent({ maxTotalSockets: WEBHOOK_CONNECTIONS_MAX });
  return async (call) => {
    const url = new URL(call.url);
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (!hasHost(hosts, host)) return { key: call.key, failure: `${host} is not among the hosts that --webhook-hosts lets be called` };
    return post(agent, url, host, call).catch((error: unknown) => ({ key: call.key, failure: failureText(error, url, host) }));
  };
}

function post(agent: Agent, url: URL, host: string, call: WebhookCall): Promise<WebhookAnswer> {
  const { key, caBundle, timeoutSeconds, review } = call;
  const target = new URL(url);
  target.searchParams.set('timeout', `${timeoutSeconds}s`);
  const body = JSON.stringify(review);
  return new Promise((resolve, reject) => {
    const sent = request(target, {
      method: 'POST',
      agent,
      signal: AbortSignal.timeout(timeoutSeconds * 1_000),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, */*',
        'user-agent': 'kube-apiserver-admission',
        'content-length': Buffer.byteLength(body),
      },
      // Server name indication is for names.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      // Whatever is in the bundle is trusted by itself, as Go does it: the server's own certificate too, or one between it and an authority.
      ...(caBundle === undefined ? {} : { ca: Buffer.from(caBundle, 'base64'), allowPartialTrustChain: true }),
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('error', reject);
      response.on('data', (part: Buffer) => {
        size += part.length;
        parts.push(part);
        if (size > WEBHOOK_ANSWER_BYTES_MAX) sent.destroy(new Error(`the answer has more than ${WEBHOOK_ANSWER_BYTES_MAX} bytes`));
      });
      response.on('end', () => {
        const { 'content-type': type = '' } = response.headers;
        const isText = type === '' || type.startsWith('text/');
        resolve({ key, code: response.statusCode ?? 0, isText, body: Buffer.concat(parts).toString('utf8') });
      });
    });
    sent.end(body);
  });
}

interface NetworkError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  /** Of a name that the certificate is not for. */
  readonly cert?: { readonly subjectaltname?: string };
}

/** The failure in Go's words. */
function failureText(error: unknown, url: URL, host: string): string {
  const { name, code = '', address = host, port = Number(url.port || 443), message, cert } = error as NetworkError;
  if (name === 'AbortError' || name === 'TimeoutError') return 'context deadline exceeded';
  const to = `dial tcp ${address.includes(':') ? `[${address}]` : address}:${port}`;
  if (code === 'ECONNREFUSED') return `${to}: connect: connection refused`;
  if (code === 'EHOSTUNREACH') return `${to}: connect: no route to host`;
  if (code === 'ENETUNREACH') return `${to}: connect: network is unreachable`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${host}: no such host`;
  if (code === 'ECONNRESET') return 'EOF';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO') return 'http: server gave HTTP response to HTTPS client';
  const reason = certificateProblem(code, host, cert?.subjectaltname ?? '');
  return reason === undefined ? message : `tls: failed to verify certificate: x509: ${reason}`;
}

function certificateProblem(code: string, host: string, alternatives: string): string | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = [...alternatives.matchAll(/(?:DNS|IP Address):([^,]+)/g)].map((match) => match[1] as string);
    if (isIP(host) !== 0 && !alternatives.includes('IP Address:'))
      return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
    return `certificate is valid for ${names.join(', ')}, not ${host}`;
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'certificate has expired or is not yet valid';
  const unknown = [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  ];
  return unknown.includes(code) ? 'certificate signed by unknown authority' : undefined;
}
