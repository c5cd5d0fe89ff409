// Webhooks whose service is in the cluster: whoever serves its port in a pod is asked, at the instant of the request. Rules: U8, O15.
// Deviation: the request is answered at once, also by a server that takes its time, unless that is longer than the webhook may take; the server's log says
// nothing of it, because a request that is refused leaves no trace; whatever is in `caBundle` is taken
// to be what the server's certificate was signed by.

import type { KubeObject } from '../apimachinery/meta.ts';
import type { Result } from '../apimachinery/status.ts';
import { readCustom } from '../apiserver/custom-conversion.ts';
import type { ApiRequest, RequestOutcome } from '../apiserver/request-types.ts';
import { requestSteps } from '../apiserver/request.ts';
import { asksOf, type WebhookAnswer, type WebhookCall } from '../apiserver/webhooks/calls.ts';
import type { ClusterState } from '../kernel/state.ts';
import type { Steps } from '../kernel/steps.ts';
import type { Kind } from '../kinds/kind.ts';
import { askPortTimed } from '../kubelet/clients/port-forward.ts';
import { locateService, proxyFailure } from '../kubelet/clients/proxy.ts';

/** How often a request comes again with more answers: as many webhooks in a row as upstream's plug-ins would ask at most twice. */
const PASSES_MAX = 100;

/** Handles a write, with what webhooks in the cluster say to it. What webhooks outside would say is left to be asked for. */
export function* requestWithWebhooks(state: ClusterState, request: ApiRequest): Steps<RequestOutcome> {
  let outcome = yield* requestSteps(state, request);
  let answers: readonly WebhookAnswer[] = request.webhooks ?? [];
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const inside = outcome.ok ? [] : (outcome.asks ?? []).filter(({ service }) => service !== undefined);
    if (inside.length === 0) return outcome;
    answers = [...answers, ...inside.map((call) => answerInside(state, call))];
    outcome = yield* requestSteps(state, { ...request, webhooks: answers });
  }
  return outcome.ok ? outcome : { ok: false, status: outcome.status, warnings: outcome.warnings };
}

/** What a version has of a stored object, where nobody outside needs to be asked for it. Fails: as `readCustom`. */
export function readWithWebhooks(state: ClusterState, kind: Kind, stored: KubeObject, given: readonly WebhookAnswer[]): Result<KubeObject> {
  const read = readCustom(state, kind, stored, given);
  const asks = read.ok ? [] : (asksOf(read.status) ?? []);
  const inside = asks.filter(({ service }) => service !== undefined);
  return inside.length === 0 ? read : readCustom(state, kind, stored, [...given, ...inside.map((call) => answerInside(state, call))]);
}

const API_SERVER = '172.18.0.1';

/** What the program answers that serves the service of a call. It leaves no trace. */
export function answerInside(state: ClusterState, { key, url, timeoutSeconds, review, service, caBundle }: WebhookCall): WebhookAnswer {
  const { namespace = '', name = '', port = 0, clusterIp = '' } = service ?? {};
  if (caBundle === undefined) return { key, failure: 'tls: failed to verify certificate: x509: certificate signed by unknown authority' };
  const located = locateService(state, namespace, `https:${name}:${port}`);
  if (!located.ok) return { key, failure: `dial tcp ${clusterIp}:${port}: connect: connection refused` };
  const place = located.value;
  const failure = proxyFailure(state, place);
  if (failure !== undefined) return { key, failure: failure.replaceAll(`${place.ip}:${place.port}`, `${clusterIp}:${port}`) };
  const host = `${name}.${namespace}.svc`;
  const path = `${url.slice(url.indexOf('/', 'https://'.length))}?timeout=${timeoutSeconds}s`;
  const headers = { host, 'content-type': 'application/json', accept: 'application/json, */*', 'user-agent': 'kube-apiserver-admission' };
  const asked = {
    namespace,
    pod: place.pod,
    port: place.port,
    method: 'POST',
    path,
    headers,
    client: API_SERVER,
    body: JSON.stringify(review),
  };
  const answer = askPortTimed(state, asked);
  if (answer === undefined) return { key, failure: 'EOF' };
  if (answer.latencyMs > timeoutSeconds * 1_000) return { key, failure: 'context deadline exceeded' };
  const type = answer.headers['Content-Type'] ?? '';
  return { key, code: answer.status, isText: type === '' || type.startsWith('text/'), body: answer.body };
}
