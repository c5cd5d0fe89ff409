// What a probe asks, how it has gone, and what the kubelet last said of it.

import type { ClusterState } from '../../kernel/state.ts';
import type { EventObject } from '../../kinds/event/types.ts';
import type { Pod, Probe, ProbeKind } from '../../kinds/pod/types.ts';
import { fieldPathOf } from '../../containers/container-lists.ts';
import { probeRecord } from '../../kubelet/probes/probe-worker.ts';
import type { Seen } from './containers.ts';
import { newestEvent, timeOf } from './events.ts';
import { type Message, say, type Text } from '../words/message.ts';
import { quoted } from './finding.ts';

const NAMES: Readonly<Record<ProbeKind, string>> = { liveness: 'Liveness', readiness: 'Readiness', startup: 'Startup' };

/** The probe of a container. */
export function probeOf({ container }: Seen, kind: ProbeKind): Probe | undefined {
  return container[`${kind}Probe`] as Probe | undefined;
}

/** What it asks: `GET /health on port 8080`. */
export function question(probe: Probe): Message {
  const { httpGet, tcpSocket, exec, grpc } = probe;
  if (httpGet !== undefined)
    return say('asksHttp', { path: httpGet.path ?? '', port: String(httpGet.port), isHttps: httpGet.scheme === 'HTTPS' });
  if (tcpSocket !== undefined) return say('asksTcp', { port: String(tcpSocket.port) });
  if (grpc !== undefined) return say('asksGrpc', { port: String(grpc.port) });
  return say('asksCommand', { command: JSON.stringify((exec?.command ?? []).join(' ')) });
}

/** What it got last, since the present instance began; undefined when it has not failed. */
export function complaint(state: ClusterState, pod: Pod, { container, list, status }: Seen, kind: ProbeKind): EventObject | undefined {
  const since = status.state.running?.startedAt ?? status.lastState.terminated?.startedAt ?? '';
  return complaintWithin(state, pod, { container, list }, kind, since);
}

/** What it got last, not before a time. */
export function complaintWithin(
  state: ClusterState,
  pod: Pod,
  { container, list }: Pick<Seen, 'container' | 'list'>,
  kind: ProbeKind,
  since: string,
): EventObject | undefined {
  const path = fieldPathOf(list, container.name);
  return newestEvent(
    state,
    pod,
    ['Unhealthy'],
    (event) =>
      event.involvedObject.fieldPath === path && (event.message ?? '').startsWith(`${NAMES[kind]} probe`) && timeOf(event) >= since,
  );
}

/** The answer that an event tells of; a command that says nothing has only its exit code. */
export function answerIn(event: EventObject): Text {
  const text = quoted((event.message ?? '').replace(/^\w+ probe [^:]*: /, ''));
  return text === '' ? say('endedOtherwise') : text;
}

/** `3 failures in a row so far`; undefined before the first pass. */
export function streak(state: ClusterState, pod: Pod, { container }: Seen, kind: ProbeKind): Message | undefined {
  const record = probeRecord(state, pod.metadata.uid, container.name, kind);
  if (record === undefined || record.count === 0) return undefined;
  const { count, isSuccess } = record;
  return say(isSuccess ? 'successesSoFar' : 'failuresSoFar', { count });
}
