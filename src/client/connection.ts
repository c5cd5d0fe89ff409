// Calls of the service API, for the library and the command line.

import type { components } from './service-api.generated.ts';

export type Schemas = components['schemas'];

/** A service, and what opens it. */
export interface Connection {
  readonly url: string;
  readonly token: string | undefined;
}

/** The service answered with a problem (RFC 9457). */
export class OrreryProblem extends Error {
  override readonly name = 'OrreryProblem';
  readonly problem: Schemas['Problem'];

  constructor(problem: Schemas['Problem']) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** Nobody answers at the address, or somebody else. */
export class ServiceUnreachable extends Error {
  override readonly name = 'ServiceUnreachable';
}

export interface Sent {
  readonly method: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request with a body in JSON. */
export function jsonRequest(method: string, body: object): Sent {
  return { method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}

/** A request with a body in YAML. */
export function yamlRequest(method: string, body: string): Sent {
  return { method, body, headers: { 'Content-Type': 'application/yaml' } };
}

/** An answer in JSON. Fails: OrreryProblem, ServiceUnreachable. */
export async function askJson<T>(connection: Connection, path: string, sent?: Sent): Promise<T> {
  return (await ask(connection, path, sent)).json() as Promise<T>;
}

/** An answer. Fails: OrreryProblem, ServiceUnreachable. */
export async function ask({ url, token }: Connection, path: string, sent: Sent = { method: 'GET' }): Promise<Response> {
  const headers = { 'User-Agent': 'orrery', ...sent.headers, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) };
  const response = await fetch(`${url}${path}`, { ...sent, headers }).catch((error: unknown) => {
    throw new ServiceUnreachable(`No service answers at ${url}: ${reasonOf(error)}.`, { cause: error });
  });
  if (response.ok) return response;
  if (response.headers.get('content-type')?.startsWith('application/problem+json') !== true)
    throw new ServiceUnreachable(`What answers at ${url} is not Orrery: ${response.status} without a problem in JSON.`);
  throw new OrreryProblem((await response.json()) as Schemas['Problem']);
}

/** What lies under the `fetch failed` of Node. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message: string };
  return REASONS[cause?.code ?? ''] ?? cause?.message ?? message;
}

const SELF_SIGNED = 'its certificate is not trusted; name it in NODE_EXTRA_CA_CERTS';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused',
  ENOTFOUND: 'there is no such host',
  DEPTH_ZERO_SELF_SIGNED_CERT: SELF_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: SELF_SIGNED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: SELF_SIGNED,
};

/** The path of a cluster. */
export function clusterPath(cluster: string): string {
  return `/v1/clusters/${encodeURIComponent(cluster)}`;
}

/** What is wrong, and every single mistake that this does not say already. */
export function mistakesOf({ message, problem: { errors = [] } }: OrreryProblem): readonly [string, ...string[]] {
  return [message, ...errors.flatMap((one) => (message.includes(one.message) ? [] : [one.message]))];
}

/** A path with a query; what is undefined is left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}
