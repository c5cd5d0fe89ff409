// Many fronts as one: each has the clusters whose names are its own, with their directory. What names a cluster goes to its front; what is about all of
// them is asked of every front and joined, and no step looks at every cluster.

import { parseAccessPath } from '../../http/access.ts';
import { answerProblem, problemOfError } from '../../http/errors.ts';
import { parseClusterSegment } from '../../http/kube/cluster-segment.ts';
import { underFreeName } from '../../http/rest/free-name.ts';
import { BODY_BYTES_MAX } from '../../http/rest/request-body.ts';
import { ServiceError } from '../../service/ports.ts';
import { placeOf } from '../../front/hosts.ts';
import { JOINS } from './joined-answers.ts';

export interface Fronts {
  readonly count: number;
  /** The cluster that is served at the root as well. */
  readonly defaultCluster?: string | undefined;
  ask(front: number, request: Request): Promise<Response>;
}

const CLUSTERS = '/v1/clusters';
const IMPORT = '/v1/clusters/import';

/** Answers a request by the front, or the fronts, that it is for. */
export async function answerByFronts(request: Request, fronts: Fronts): Promise<Response> {
  if (fronts.count === 1) return fronts.ask(0, request);
  const { pathname, searchParams } = new URL(request.url);
  const what = `${request.method} ${pathname}`;
  if (what === `POST ${CLUSTERS}`) return create(request, fronts);
  if (what === `POST ${IMPORT}`) return importRecording(request, fronts);
  const join = JOINS[what];
  if (join === undefined) return fronts.ask(frontOfPath(pathname, fronts), request);
  const answers = await Promise.all(Array.from({ length: fronts.count }, (_, front) => fronts.ask(front, request.clone())));
  return answers.find(({ status }) => status !== 200) ?? join(answers, searchParams);
}

/** What names no cluster is of the default cluster, or can be asked of any front. */
function frontOfPath(path: string, { count, defaultCluster }: Fronts): number {
  const segment = /^(?:\/v1)?\/clusters\/([^/]+)/.exec(path)?.[1] ?? parseAccessPath(path)?.cluster;
  const cluster = segment === undefined ? defaultCluster : parseClusterSegment(decoded(segment)).name;
  return cluster === undefined ? 0 : placeOf(cluster, count);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** A name that the client does not give is made up here, because it says which front makes the cluster. */
async function create(request: Request, fronts: Fronts): Promise<Response> {
  const body = await readBody(request);
  const spec = body === '' ? {} : parseObject(body);
  const { name } = spec ?? {};
  if (spec === undefined || name !== undefined) return fronts.ask(placeOf(String(name), fronts.count), withBody(request, body));
  return underNames('cluster', (made) =>
    fronts.ask(placeOf(made, fronts.count), withBody(request, JSON.stringify({ ...spec, name: made }))),
  );
}

/** The name of a recording is free to be another, unless the client says which. */
async function importRecording(request: Request, fronts: Fronts): Promise<Response> {
  const url = new URL(request.url);
  const body = await readBody(request);
  const under = (name: string): Promise<Response> => {
    url.searchParams.set('name', name);
    return fronts.ask(placeOf(name, fronts.count), withBody(request, body, url));
  };
  const asked = url.searchParams.get('name');
  if (asked !== null) return under(asked);
  const { cluster } = parseObject(body.slice(0, body.indexOf('\n'))) ?? {};
  const recorded = (cluster as { name?: unknown } | undefined)?.name;
  if (typeof recorded !== 'string' || recorded === '') return underNames('cluster', under);
  const answer = await under(recorded);
  return (await isTaken(answer)) ? underNames(recorded, under) : answer;
}

/** Asks under names that are made up, until one is free. */
async function underNames(stem: string, ask: (name: string) => Promise<Response>): Promise<Response> {
  try {
    return await underFreeName(stem, async (name) => {
      const answer = await ask(name);
      if (await isTaken(answer)) throw new ServiceError('cluster-exists', `there is a cluster ${name} already`);
      return answer;
    });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return answerProblem(problemOfError(error));
  }
}

async function isTaken(answer: Response): Promise<boolean> {
  if (answer.status !== 409) return false;
  const { code } = (await answer.clone().json()) as { code?: string };
  return code === 'cluster-exists';
}

/** The body as far as it may go, and some of what is too much, so that the front refuses it. */
async function readBody({ body }: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (body !== null)
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > BODY_BYTES_MAX) break;
    }
  return Buffer.concat(chunks).toString();
}

function withBody(request: Request, body: string, url: URL | string = request.url): Request {
  const headers = new Headers(request.headers);
  headers.delete('content-length');
  if (body !== '' && !headers.has('content-type')) headers.set('content-type', 'application/json');
  return new Request(url, { method: request.method, headers, ...(body === '' ? {} : { body }) });
}

/** Undefined for what is no object: the front says what is wrong with it. */
function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
