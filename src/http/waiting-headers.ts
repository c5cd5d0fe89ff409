// Who waits while the clock stands is told how to turn it, and kubectl prints that (docs/contract.md, section 3).

import type { ClusterService } from '../service/ports.ts';
import { warningHeader } from './kube/answer.ts';

/** Headers of an answer that goes on until something happens in the cluster. */
export function waitingHeaders({
  service,
  cluster,
}: {
  readonly service: ClusterService;
  readonly cluster: string;
}): Record<string, string> {
  const { moment } = service;
  if (moment !== undefined) return warn(`this is cluster ${cluster} as it was at ${moment}: nothing comes behind it`);
  if (service.get(cluster).clock.mode === 'running') return {};
  const path = `/v1/clusters/${cluster}/clock`;
  return warn(
    `the clock of cluster ${cluster} stands still: turn it with POST ${path}/advance, or let it run with PUT ${path} {'mode': 'running', 'rate': 'auto'}`,
  );
}

function warn(text: string): Record<string, string> {
  return { Warning: warningHeader([text]) };
}
