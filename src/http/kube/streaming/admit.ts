// What policies and webhooks of the cluster say of a connection before it is opened. Where none is asked about connections, nothing happens.
// Upstream: staging/src/k8s.io/api/core/v1/types.go Pod{Exec,Attach,PortForward,Proxy}Options, {Service,Node}ProxyOptions (v1.33). Rule: U9.

import type { JsonObject } from '../../../engine/apimachinery/meta.ts';
import { hasConnectionRules, isPrivileged } from '../../../engine/cluster/index.ts';
import { resourceOf } from '../../../engine/kinds/kind.ts';
import { answerStatus } from '../answer.ts';
import type { ResourceRequest } from '../handlers.ts';

/** The refusal of a connection; undefined where it may be opened. */
export async function admitConnection(context: ResourceRequest): Promise<Response | undefined> {
  const { service, cluster, target, client, user } = context;
  if (!service.read(cluster, hasConnectionRules)) return undefined;
  const { kind, namespace, name = '', subresource = '' } = target;
  const command = {
    type: 'request',
    request: {
      verb: 'connect',
      resource: resourceOf(kind),
      ...(namespace === undefined ? {} : { namespace }),
      name,
      subresource,
      body: connectionOptions(context),
      options: {},
      ...(isPrivileged(user) ? {} : { user }),
    },
  } as const;
  const { outcome } = await service.perform(cluster, command, client);
  return outcome.ok ? undefined : answerStatus(outcome.status, { warnings: outcome.warnings });
}

/** The options as the parameters of the request have them; what is false or empty is left out. */
function connectionOptions({ target, query, request }: ResourceRequest): JsonObject {
  const { kind, subresource } = target;
  const isTrue = (name: string): boolean => /^(?:1|t|true)$/i.test(query.get(name) ?? '');
  if (subresource === 'proxy') {
    const [, path = ''] = /\/proxy(\/.*)?$/s.exec(new URL(request.url).pathname) ?? [];
    return { kind: `${kind.kind}ProxyOptions`, apiVersion: 'v1', ...(path === '' ? {} : { path }) };
  }
  if (subresource === 'portforward') {
    const ports = query
      .getAll('ports')
      .flatMap((text) => text.split(','))
      .map(Number)
      .filter((port) => Number.isInteger(port));
    return { kind: 'PodPortForwardOptions', apiVersion: 'v1', ...(ports.length === 0 ? {} : { ports }) };
  }
  const flags = ['stdin', 'stdout', 'stderr', 'tty'].filter(isTrue).map((name) => [name, true]);
  const container = query.get('container') ?? '';
  return {
    kind: subresource === 'exec' ? 'PodExecOptions' : 'PodAttachOptions',
    apiVersion: 'v1',
    ...Object.fromEntries(flags),
    ...(container === '' ? {} : { container }),
    // Exec always says its command, if only an empty one.
    ...(subresource === 'exec' ? { command: query.getAll('command') } : {}),
  };
}
