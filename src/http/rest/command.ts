// Commands from the service API: a refusal of the cluster becomes a problem.

import type { Command, Commit } from '../../engine/cluster/index.ts';
import type { ClusterService } from '../../service/ports.ts';
import { acceptsType, parseAccept } from '../kube/media-type.ts';
import { EVENT_STREAM_TYPE } from '../watch/frames.ts';
import { ProblemError, problemOfStatus } from '../errors.ts';

/** Executes a command. Fails: with the problem that the outcome is. */
export async function runCommand(service: ClusterService, cluster: string, command: Command, request: Request): Promise<Commit> {
  const commit = await service.perform(cluster, command, clientOf(request));
  if (!commit.outcome.ok) throw new ProblemError(problemOfStatus(commit.outcome.status));
  return commit;
}

/** Who asks, as he names himself. */
export function clientOf(request: Request): string {
  return request.headers.get('user-agent') ?? '';
}

/** Whether an answer is asked for as a stream; generated clients accept it, and JSON before it. */
export function acceptsEventStream(request: Request): boolean {
  return preferredType(request, ['application/json', EVENT_STREAM_TYPE]) === EVENT_STREAM_TYPE;
}

/** The media type of a text that has one of its own: plain text when that is asked for, or when the client says that it knows neither, as some generated ones do. */
export function textType<Own extends string>(request: Request, own: Own): Own | 'text/plain' {
  return preferredType<Own | 'text/plain'>(request, [own, 'text/plain'], 'text/plain');
}

/** The media type that the client wants most of those in which there is an answer; the first one when it is all the same to it. */
function preferredType<Type extends string>(request: Request, offered: readonly [Type, ...Type[]], fallback: Type = offered[0]): Type {
  for (const wanted of parseAccept(request.headers.get('accept'))) {
    const found = offered.find((type) => acceptsType(wanted, type));
    if (found !== undefined) return found;
  }
  return fallback;
}
