// What answers on a port of a pod from the outside: the servers that probes see too. An exchange changes nothing, so it is not journalled.
// Upstream of the texts: containerd pkg/cri/server/sandbox_portforward_linux.go, kubelet streaming server. Rules: S14, K434.

import type { ClusterState } from '../kernel/state.ts';
import { badRequest, fail, failure, notFound, ok, type Result } from '../apimachinery/status.ts';
import { getObject } from '../apiserver/api.ts';
import { podKind } from '../kinds/pod/index.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { type PodWorker, podWorkers } from './model.ts';
import { longHash } from './runtime/catalogue.ts';
import { answerHttp, connect, type Target } from './runtime/serving.ts';

/** An HTTP answer of a simulated server. */
export interface PortAnswer {
  readonly status: number;
  readonly body: string;
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

/** What the server on a port says to a request; undefined when it is there no more. */
export function askPort(state: ClusterState, namespace: string, name: string, port: number, path: string): PortAnswer | undefined {
  const checked = checkForward(state, namespace, name);
  const target = checked.ok ? listener(state, checked.value, port) : undefined;
  if (target === undefined) return undefined;
  const { status, body, location } = answerHttp(state, target, port, path);
  return { status, body, location };
}

function listener(state: ClusterState, pod: Pod, port: number): Target | undefined {
  const worker = podWorkers.get(state, pod.metadata.uid) as PodWorker | undefined;
  if (worker === undefined) return undefined;
  for (const container of pod.spec.containers) {
    const { target, outcome } = connect(state, worker, pod, container, port);
    if (target !== undefined && outcome === 'open') return target;
  }
  return undefined;
}
