// What a host answers: the routes of one cluster and its Kubernetes API, over the service that has the cluster. Requests come from the front, which
// has admitted them.

import type { HostAnswer, HostRequest } from '../service/host.ts';
import type { ClusterService } from '../service/ports.ts';
import { HostedRequest } from './hosted-request.ts';
import { handleKubeRequest } from './kube/router.ts';
import { takePlan } from './kube/streaming/stream-plan.ts';
import { requestIdOf } from './request-id.ts';
import type { HostContext } from './rest/context.ts';
import { ENDPOINTS, HOST_STEPS } from './rest/index.ts';
import { BODY_BYTES_MAX } from './rest/request-body.ts';
import { answerError } from './rest/router.ts';
import { takeSource } from './watch/stream.ts';

export interface HostAppOptions {
  readonly service: ClusterService;
  /** Bytes that the body of a request to the service API may have. */
  readonly bodyBytesMax?: number | undefined;
  /** Checks every answer against its schema, and fails when one does not match. */
  readonly checksAnswers?: boolean | undefined;
  /** Learns of failures that are the service's own, and in which request they came. */
  readonly onFailure?: ((error: unknown, requestId?: string) => void) | undefined;
}

/** Answers a request. Never throws. */
export type HostApp = (request: HostRequest, signal: AbortSignal) => Promise<HostAnswer>;

/** Builds the app of a host. */
export function createHostApp(options: HostAppOptions): HostApp {
  const { service, bodyBytesMax = BODY_BYTES_MAX, checksAnswers = false, onFailure = () => {} } = options;
  const context: HostContext = { service, bodyBytesMax, checksAnswers };
  return async (hosted, signal) => {
    const request = new HostedRequest(hosted, signal).asRequest();
    // In the middle of a command a cluster answers nobody.
    await service.settled(hosted.cluster);
    const response = await respond(hosted, request, context, (error) => onFailure(error, requestIdOf(request)));
    return answerOf(response, hosted.canUpgrade);
  };
}

async function respond(
  { cluster, route }: HostRequest,
  request: Request,
  context: HostContext,
  onFailure: (error: unknown) => void,
): Promise<Response> {
  if (route.face === 'kubernetes') {
    const { prefix, isRoot, user } = route;
    return handleKubeRequest(context.service, request, { prefix, rootCluster: isRoot ? cluster : undefined, user, onFailure });
  }
  try {
    const endpoint = HOST_ENDPOINTS.get(route.operationId);
    if (endpoint === undefined) throw new Error(`a host answers nothing called ${route.operationId}`);
    return await endpoint.answer(request, route.params, context);
  } catch (error) {
    return answerError(error, onFailure);
  }
}

const HOST_ENDPOINTS = new Map(
  [...ENDPOINTS, ...HOST_STEPS].flatMap((endpoint) => (endpoint.place === 'host' ? [[endpoint.spec.operationId, endpoint] as const] : [])),
);

async function answerOf(response: Response, canUpgrade: boolean): Promise<HostAnswer> {
  const head = { status: response.status, headers: [...response.headers] };
  const source = takeSource(response);
  if (source !== undefined) return { ...head, body: source };
  const plan = canUpgrade ? takePlan(response) : undefined;
  const body = response.body === null ? undefined : new Uint8Array(await response.arrayBuffer());
  return { ...head, body, ...(plan === undefined ? {} : { plan }) };
}
