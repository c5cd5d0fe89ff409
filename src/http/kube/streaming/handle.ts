// `pods/{name}/exec`, `attach` and `portforward`: what can be refused is refused as a plain answer; the rest becomes a plan for the host that has
// the socket. Upstream: pkg/registry/core/pod/rest/subresources.go, pkg/kubelet/server/server.go (v1.33). Rules: S2, S3, B5, A10, S1, S17, W10, W11.

import { badRequest, type Status } from '../../../engine/apimachinery/status.ts';
import { checkContainer, checkForward, checkPort, checkRunning } from '../../../engine/cluster/index.ts';
import type { RemoteStreams } from '../../../service/host.ts';
import { answerStatus } from '../answer.ts';
import type { ResourceRequest } from '../handlers.ts';
import { admitConnection, type ConnectionOptions } from './admit.ts';
import { openConnection } from './port-forward.ts';
import { startAttachSession, startExecSession } from './remote-command.ts';
import { planResponse, TRANSLATED_PROTOCOL } from './stream-plan.ts';

export const STREAMING_SUBRESOURCES: readonly string[] = ['exec', 'attach', 'portforward'];

/** Answers a request for a streaming subresource. */
export async function handleStreaming(context: ResourceRequest): Promise<Response> {
  const refused = await admitConnection(context, connectionOptions(context));
  if (refused !== undefined) return refused;
  return context.target.subresource === 'portforward' ? handlePortForward(context) : handleRemoteCommand(context);
}

function handleRemoteCommand({ service, cluster, target, query, request }: ResourceRequest): Response {
  const name = { namespace: target.namespace ?? '', pod: target.name ?? '', container: query.get('container') ?? '' };
  const checked = service.read(cluster, (state) => checkContainer(state, name));
  if (!checked.ok) return refuse(checked.status);
  const container = { ...name, container: checked.value };
  const streams = streamsOf(query);
  if (!streams.stdin && !streams.stdout && !streams.stderr)
    return refuse(badRequest('you must specify at least 1 of stdin, stdout, stderr'));
  const running = service.read(cluster, (state) => checkRunning(state, container));
  if (!running.ok && !isTranslated(request)) return refuse(running.status);
  const remote = { service, cluster, container, streams };
  const command = query.getAll('command');
  return planResponse({
    kind: 'remote-command',
    streams,
    release() {},
    start: (output) => (target.subresource === 'exec' ? startExecSession(remote, command, output) : startAttachSession(remote, output)),
  });
}

function handlePortForward({ service, cluster, target, query }: ResourceRequest): Response {
  const { namespace = '', name: pod = '' } = target;
  const checked = service.read(cluster, (state) => checkForward(state, namespace, pod));
  if (!checked.ok) return refuse(checked.status);
  const ports = portsOf(query);
  const wrong = ports.find((text) => !/^\d+$/.test(text) || Number(text) < 1 || Number(text) > 65_535);
  if (wrong !== undefined) return refuse(badRequest(`unable to parse ${JSON.stringify(wrong)} as a port`));
  return planResponse({
    kind: 'port-forward',
    ports: ports.map(Number),
    release() {},
    async connect(port) {
      await service.settled(cluster);
      const error = service.read(cluster, (state) => checkPort(state, namespace, pod, port));
      return error ?? openConnection({ service, cluster, namespace, pod }, port);
    },
  });
}

/** S2: with a terminal there is no standard error. */
function streamsOf(query: URLSearchParams): RemoteStreams {
  const { stdin, stdout, stderr, tty } = flagsOf(query);
  return { stdin, stdout, stderr: stderr && !tty, tty };
}

function flagsOf(query: URLSearchParams): RemoteStreams {
  const isTrue = (name: string): boolean => /^(?:1|t|true)$/i.test(query.get(name) ?? '');
  return { stdin: isTrue('stdin'), stdout: isTrue('stdout'), stderr: isTrue('stderr'), tty: isTrue('tty') };
}

function portsOf(query: URLSearchParams): readonly string[] {
  return query
    .getAll('ports')
    .flatMap((text) => text.split(','))
    .filter((text) => text !== '');
}

/** U9: the options as the parameters of the request have them. */
function connectionOptions({ target: { subresource }, query }: ResourceRequest): ConnectionOptions {
  if (subresource === 'portforward') {
    const ports = portsOf(query).map(Number).filter(Number.isInteger);
    return { kind: 'PodPortForwardOptions', ...(ports.length === 0 ? {} : { ports }) };
  }
  const container = query.get('container') ?? '';
  return {
    kind: subresource === 'exec' ? 'PodExecOptions' : 'PodAttachOptions',
    ...Object.fromEntries(Object.entries(flagsOf(query)).filter(([, isSet]) => isSet)),
    ...(container === '' ? {} : { container }),
    // Exec always says its command, if only an empty one.
    ...(subresource === 'exec' ? { command: query.getAll('command') } : {}),
  };
}

/**
 * The newest protocol ends at the API server, which talks to the kubelet with an older one: what the kubelet refuses comes as a Status of the stream.
 * Upstream: apiserver/pkg/util/proxy/streamtranslator.go.
 */
function isTranslated({ headers }: Request): boolean {
  return (
    headers.get('upgrade')?.toLowerCase() === 'websocket' && (headers.get('sec-websocket-protocol') ?? '').includes(TRANSLATED_PROTOCOL)
  );
}

/** A kubelet's own refusals are plain text, which clients put behind `unable to upgrade connection:`. */
function refuse(status: Status): Response {
  if (status.reason !== 'KubeletText') return answerStatus(status);
  return new Response(status.message, { status: status.code ?? 500, headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
}
