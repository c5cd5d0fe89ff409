// A request that is about one cluster is passed on to its host as plain data, and what comes back is answered as it is.

import type { Clusters } from '../front/clusters.ts';
import type { HostAnswer, HostRequest, HostRoute } from '../service/host.ts';
import { withPlan } from './kube/streaming/stream-plan.ts';
import { withReason } from './reasons.ts';
import { streamingResponse } from './watch/stream.ts';

export interface Destination {
  readonly cluster: string;
  readonly route: HostRoute;
  /** Bytes that the body may have; of a longer one so much is passed on that its reader knows. */
  readonly bodyBytesMax: number;
}

/** Answers a request by the host of its cluster. Fails: as hosts fail. */
export async function passOn(clusters: Clusters, request: Request, { cluster, route, bodyBytesMax }: Destination): Promise<Response> {
  const { method, headers } = request;
  return fetchFrom(clusters, request, {
    cluster,
    route,
    method,
    body: await readRaw(request, bodyBytesMax),
    canUpgrade: headers.has('upgrade'),
  });
}

/** Asks the host of a cluster for something that is no route of its own, on behalf of a request. Fails: as hosts fail. */
export function askHost(
  clusters: Clusters,
  request: Request,
  { cluster, operationId, body }: { readonly cluster: string; readonly operationId: string; readonly body?: Uint8Array | undefined },
): Promise<Response> {
  const route = { face: 'service', operationId, params: { cluster } } as const;
  return fetchFrom(clusters, request, { cluster, route, method: 'GET', body, canUpgrade: false });
}

async function fetchFrom(
  clusters: Clusters,
  { url, headers, signal }: Request,
  asked: Omit<HostRequest, 'url' | 'headers'>,
): Promise<Response> {
  return responseOf(await clusters.fetch({ ...asked, url, headers: [...headers] }, signal));
}

function responseOf({ status, headers: list, body, plan }: HostAnswer): Response {
  const headers = new Headers(list as [string, string][]);
  if (body !== undefined && !(body instanceof Uint8Array)) return streamingResponse(body, headers, status);
  const response = new Response(body ?? null, { status, headers });
  const reason = status >= 500 && body !== undefined ? reasonIn(body) : undefined;
  if (reason !== undefined) withReason(response, reason);
  return plan === undefined ? response : withPlan(response, plan);
}

/** What a problem, or a Status, says. */
function reasonIn(body: Uint8Array): string | undefined {
  try {
    const { detail, message } = JSON.parse(Buffer.from(body).toString()) as { detail?: string; message?: string };
    return detail ?? message;
  } catch {
    return undefined;
  }
}

/** The body as far as it may go, and a byte of what is too much. */
async function readRaw(request: Request, bytesMax: number): Promise<Uint8Array | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  const announced = request.headers.get('content-length');
  if (announced !== null) return Number(announced) > bytesMax ? undefined : new Uint8Array(await request.arrayBuffer());
  if (request.body === null) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > bytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax + 1);
}
