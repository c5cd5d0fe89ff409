// What answers on a port of a pod from the outside: the servers that probes see too. An exchange with
// a server that notes nothing is not journalled.
// Upstream of the texts: containerd pkg/cri/server/sandbox_portforward_linux.go, kubelet streaming server. Rules: S14, K434.

import type { ClusterState } from '../../kernel/state.ts';
import { badRequest, fail, failure, notFound, ok, type Result } from '../../apimachinery/status.ts';
import { getObject } from '../../apiserver/api.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { type PodWorker, podWorkers } from '../model.ts';
import { longHash } from '../../containers/images/catalogue.ts';
import { openHost } from '../../containers/processes/host.ts';
import { clientAddress } from '../../containers/network/network.ts';
import { answerHttp, connect, hasTrace, type HttpAnswer, type ServerPlace } from '../../containers/network/serving.ts';

/** An HTTP answer of a simulated server. */
export interface PortAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly location: string | null;
}

/** A pod that ports can be forwarded to. Fails: NotFound, BadRequest, the text of a kubelet that does not run it. */
export function checkForward(state: ClusterState, namespace: string, name: string): Result<Pod> {
  const pod = getObject(state, podKind, namespace, name);
  if (pod === undefined) return fail(notFound(podKind, name));
  if ((pod.spec.nodeName ?? '') === '') return fail(badRequest(`pod ${name} does not have a host assigned`));
  const sandbox = podWorkers.get(state, pod.metadata.uid)?.runtime.sandbox;
  if (sandbox?.isReady !== true) return fail(failure(500, 'KubeletText', `pod not found ("${name}_${namespace}")`));
  return ok(pod);
}

/** Null when something listens on the port, else the text of the runtime. */
export function checkPort(state: ClusterState, namespace: string, name: string, port: number): string | null {
  const checked = checkForward(state, namespace, name);
  if (!checked.ok) return checked.status.message ?? null;
  if (listener(state, checked.value, port) !== undefined) return null;
  const { uid } = checked.value.metadata;
  const id = longHash(`${state.seed}|sandbox|${uid}`);
  const netns = `/var/run/netns/cni-${uid}`;
  return `error forwarding port ${port} to pod ${id}, uid : failed to execute portforward in network namespace "${netns}": failed to connect to localhost:${port} inside namespace "${id}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6 [::1]:${port}: connect: connection refused `;
}

/** A request that comes through the API server. */
export interface PortRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The address of who asks; absent: the node itself, as for a forwarded port. */
  readonly client?: string;
  /** Bytes that are no UTF-8 are lone surrogates, see shell/bytes.ts. */
  readonly body: string;
}

/** A plain GET. */
export function getRequest(namespace: string, pod: string, port: number, path: string): PortRequest {
  return { namespace, pod, port, method: 'GET', path, headers: {}, body: '' };
}

/** Whether the server on a port notes who asks it: such a request is a command of the journal, any other only looks. */
export function isNoted(state: ClusterState, { namespace, pod, port }: Pick<PortRequest, 'namespace' | 'pod' | 'port'>): boolean {
  const checked = checkForward(state, namespace, pod);
  const target = checked.ok ? listener(state, checked.value, port) : undefined;
  return target !== undefined && hasTrace(state, target, port);
}

/** What the server on a port says to a request; undefined when it is there no more. A look leaves no trace. */
export function askPort(state: ClusterState, request: PortRequest, isLook: boolean): PortAnswer | undefined {
  const answer = answerOnPort(state, request, isLook);
  if (answer === undefined) return undefined;
  const { status, body, headers, location } = answer;
  return { status, body, headers, location };
}

/** The same as a look, with the virtual milliseconds that the answer would take. */
export function askPortTimed(state: ClusterState, request: PortRequest): (PortAnswer & { readonly latencyMs: number }) | undefined {
  return answerOnPort(state, request, true);
}

function answerOnPort(state: ClusterState, request: PortRequest, isLook: boolean): HttpAnswer | undefined {
  const checked = checkForward(state, request.namespace, request.pod);
  const target = checked.ok ? listener(state, checked.value, request.port) : undefined;
  if (target === undefined) return undefined;
  const client = clientAddress(state, request.client ?? '127.0.0.1');
  const answer = answerHttp(state, target, request.port, { ...request, client }, { open: openHost, isLook });
  return answer.isClosed ? undefined : answer;
}

/** What serves a port of a pod, if anything does. */
export function listener(state: ClusterState, pod: Pod, port: number): ServerPlace | undefined {
  const worker = podWorkers.get(state, pod.metadata.uid) as PodWorker | undefined;
  if (worker === undefined) return undefined;
  for (const container of pod.spec.containers) {
    const { target, outcome } = connect(state, worker, pod, container, port);
    if (target !== undefined && outcome === 'open') return { worker, pod, instance: target.instance, startedMs: target.startedMs };
  }
  return undefined;
}
