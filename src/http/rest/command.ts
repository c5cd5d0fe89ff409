// Commands from the service API: a refusal of the cluster becomes a problem.

import type { Command, Commit } from '../../engine/cluster/index.ts';
import type { ClusterService } from '../../service/ports.ts';
import { EVENT_STREAM_TYPE } from '../watch/frames.ts';
import { ProblemError, problemOfStatus } from '../errors.ts';

/** Executes a command. Fails: with the problem that the outcome is. */
export function runCommand(service: ClusterService, cluster: string, command: Command, request: Request): Commit {
  const commit = service.execute(cluster, command, clientOf(request));
  if (!commit.outcome.ok) throw new ProblemError(problemOfStatus(commit.outcome.status));
  return commit;
}

/** Who asks, as he names himself. */
export function clientOf(request: Request): string {
  return request.headers.get('user-agent') ?? '';
}

/** Whether an answer is asked for as a stream. */
export function acceptsEventStream(request: Request): boolean {
  const types = (request.headers.get('accept') ?? '').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  return types.includes(EVENT_STREAM_TYPE);
}
