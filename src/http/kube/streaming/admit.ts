// What policies and webhooks of the cluster say of a connection before it is opened. Where none is asked about connections, nothing happens.
// Upstream: staging/src/k8s.io/api/core/v1/types.go Pod{Exec,Attach,PortForward,Proxy}Options, {Service,Node}ProxyOptions (v1.33). Rule: U9.

import type { JsonObject } from '../../../engine/apimachinery/meta.ts';
import { hasConnectionRules, isPrivileged } from '../../../engine/cluster/index.ts';
import { resourceOf } from '../../../engine/kinds/kind.ts';
import { answerStatus } from '../answer.ts';
import type { ResourceRequest } from '../handlers.ts';

/** The options of a connection: what is false or empty is left out. */
export interface ConnectionOptions extends JsonObject {
  readonly kind: string;
}

/** The refusal of a connection with options, such as PodExecOptions; undefined where it may be opened. */
export async function admitConnection(context: ResourceRequest, options: ConnectionOptions): Promise<Response | undefined> {
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
      body: { apiVersion: 'v1', ...options },
      options: {},
      ...(isPrivileged(user) ? {} : { user }),
    },
  } as const;
  const { outcome } = await service.perform(cluster, command, client);
  return outcome.ok ? undefined : answerStatus(outcome.status, { warnings: outcome.warnings });
}
