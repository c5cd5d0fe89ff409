// What postStart and preStop handlers do to a simulated container: how long they take and whether they fail (K645, K646).

import type { HttpGetAction, LifecycleHandler } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { hostIpOf } from '../container-config.ts';
import { runExec } from './exec.ts';
import { openHost } from './host.ts';
import { requestFrom } from '../network/network.ts';
import { portNumber } from '../network/serving.ts';
import type { ContainerPlace } from '../files/files.ts';

export interface HookOutcome {
  readonly durationMs: number;
  readonly failed: boolean;
  /** The error as messages quote it. */
  readonly error: string;
  readonly output: string;
}

/** Runs a handler against a running instance. */
export function runHook(state: ClusterState, place: ContainerPlace, handler: LifecycleHandler): HookOutcome {
  if (handler.sleep !== undefined) return { durationMs: handler.sleep.seconds * 1000, failed: false, error: '', output: '' };
  if (handler.httpGet !== undefined) return askHttp(state, place, handler.httpGet);
  if (handler.exec === undefined) return { durationMs: 0, failed: false, error: '', output: '' };
  const { command } = handler.exec;
  const { exitCode, output, durationMs, error } = runExec(state, place, command);
  const failed = exitCode !== 0 || error !== null;
  const text = error ?? `command '${command.join(' ')}' exited with ${exitCode}: ${output}`;
  return { durationMs, failed, error: failed ? text : '', output };
}

/** K646: HTTP hooks succeed on any response; the request comes from the node. */
function askHttp(state: ClusterState, place: ContainerPlace, action: HttpGetAction): HookOutcome {
  const port = portNumber(place.container, action.port);
  const failure = (error: string, durationMs = 0): HookOutcome => ({ durationMs, failed: true, error, output: '' });
  if (port === undefined) return failure(`couldn't find port: ${String(action.port)}`);
  const given = action.host ?? '';
  const host = given === '' ? (place.worker.runtime.sandbox?.ip ?? hostIpOf(state, place.worker.node)) : given;
  const url = `${(action.scheme ?? 'HTTP').toLowerCase()}://${host}:${port}${action.path?.startsWith('/') === true ? '' : '/'}${action.path ?? ''}`;
  const own = (action['httpHeaders'] ?? []) as readonly { readonly name: string; readonly value: string }[];
  const headers = {
    'user-agent': 'kube-lifecycle/1.33',
    accept: '*/*',
    ...Object.fromEntries(own.map(({ name, value }) => [name, value])),
  };
  const request = { method: 'GET', url, body: '', headers, client: hostIpOf(state, place.worker.node) };
  const answer = requestFrom(state, place, request, { open: openHost, isLook: false });
  switch (answer.outcome) {
    case 'ok':
      return { durationMs: answer.latencyMs, failed: false, error: '', output: '' };
    case 'no-tls': {
      // A hook that is to speak TLS to a plain port speaks plain HTTP then.
      const again = requestFrom(state, place, { ...request, url: url.replace(/^https/, 'http') }, { open: openHost, isLook: false });
      return again.outcome === 'ok'
        ? { durationMs: again.latencyMs, failed: false, error: '', output: '' }
        : failure(`Get "${url}": EOF`, again.latencyMs);
    }
    case 'closed':
      return failure(`Get "${url}": EOF`, answer.latencyMs);
    case 'dns-timeout':
      return failure(`Get "${url}": dial tcp: lookup ${host}: i/o timeout`, answer.latencyMs);
    case 'unknown-host':
      return failure(`Get "${url}": dial tcp: lookup ${host}: no such host`);
    case 'timeout':
      return failure(`Get "${url}": dial tcp ${host}:${port}: i/o timeout`, answer.latencyMs);
    case 'refused':
      return failure(`Get "${url}": dial tcp ${host}:${port}: connect: connection refused`);
  }
}
