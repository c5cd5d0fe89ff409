// The service API as the page uses it: the client generated from the OpenAPI document, with the token of the tab. What changes something is
// remembered as the command that anybody could give instead.

import createClient from 'openapi-fetch';
import type { paths } from '../../client/service-api.generated.ts';
import { lastCommand } from '../state/last-command.ts';
import { askForToken, token } from '../state/token.ts';
import { language, text } from '../text/text.ts';
import { BASE } from './base.ts';
import { curlOf } from './curl.ts';
import type { Problem } from './schemas.ts';

export const api = createClient<paths>({ baseUrl: BASE, fetch: send });

/** What went wrong, as the service or the network says it. */
export class ApiError extends Error {
  readonly problem: Problem | undefined;

  constructor(message: string, problem?: Problem) {
    super(message);
    this.problem = problem;
  }
}

/** The JSON of an answer; a path that also has a stream answers with it only when it is asked to. Fails: ApiError. */
export async function dataOf<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Exclude<T, string>> {
  const { data, error, response } = await call;
  if (response.ok) return data as Exclude<T, string>;
  throw errorOf(error, response);
}

/** An answer that is text. Fails: ApiError. */
export async function textOf(call: Promise<{ data?: string; error?: unknown; response: Response }>): Promise<string> {
  const { data = '', error, response } = await call;
  if (response.ok) return data;
  throw errorOf(error, response);
}

function errorOf(error: unknown, response: Response): ApiError {
  const problem = error as Problem | undefined;
  return new ApiError(problemText(problem) ?? `${response.status} ${response.statusText}`, problem);
}

/** What the service has against a request, in the language of the page; undefined where it does not say so. */
export function problemText(problem: Partial<Problem> | undefined): string | undefined {
  const { code, detail } = problem ?? {};
  return code === undefined || detail === undefined ? detail : text.problem(code, detail);
}

/** A request to the service, with the token, for an answer in the language of the page. Fails: TypeError when nobody answers. */
export async function send(request: Request): Promise<Response> {
  request.headers.set('Accept-Language', language);
  if (token.value !== '') request.headers.set('Authorization', `Bearer ${token.value}`);
  if (request.method !== 'GET') {
    const body = request.body === null ? undefined : await request.clone().text();
    const type = request.headers.get('Content-Type') ?? undefined;
    const isCheck = /[?&]dryRun=/.test(request.url);
    if (!isCheck) lastCommand.value = curlOf({ method: request.method, url: request.url, body, type });
  }
  const response = await fetch(request);
  if (response.status === 401) askForToken();
  return response;
}

/** A read below the address of the service, such as of a Kubernetes API. */
export function read(path: string, accept = 'application/json', signal?: AbortSignal): Promise<Response> {
  return send(new Request(`${BASE}${path}`, { headers: { Accept: accept }, ...(signal === undefined ? {} : { signal }) }));
}
