// What the answer of a webhook means.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/webhook/{request/admissionreview.go,errors/statuserror.go},
// apimachinery/pkg/api/errors/errors.go NewGenericServerResponse (v1.33). Rule: U8.

import { decodeBytes, decodeBase64 } from '../../apimachinery/base64.ts';
import { isJsonObject, type Json, type JsonObject } from '../../apimachinery/meta.ts';
import type { Status } from '../../apimachinery/status.ts';
import type { WebhookAnswer } from './calls.ts';

export type Verdict =
  | { readonly type: 'allowed'; readonly patch: readonly Json[]; readonly warnings: readonly string[] }
  | { readonly type: 'denied'; readonly status: Status; readonly warnings: readonly string[] }
  /** The webhook could not be asked, or answered what is no answer: failurePolicy decides. */
  | { readonly type: 'failed'; readonly reason: string };

export interface Asked {
  readonly webhook: string;
  readonly url: string;
  readonly timeoutSeconds: number;
  readonly uid: string;
  readonly version: string;
  readonly isMutating: boolean;
}

/** What was answered to a review. */
export function verdictOf(answer: WebhookAnswer, asked: Asked): Verdict {
  const review = reviewIn(answer, asked);
  if (typeof review === 'string') return failedCall(review);
  const { response } = review;
  const problem = isJsonObject(response) ? responseProblem(review, response, asked) : 'webhook response was absent';
  if (problem !== undefined || !isJsonObject(response)) return invalidAnswer(problem ?? '');
  const warnings = (Array.isArray(response['warnings']) ? response['warnings'] : []).filter(
    (item): item is string => typeof item === 'string',
  );
  if (response['allowed'] !== true) return { type: 'denied', status: denial(asked.webhook, response['status']), warnings };
  const patch = asked.isMutating ? patchOf(response['patch']) : [];
  if (typeof patch === 'string') return { type: 'failed', reason: `received undecodable patch in webhook response: ${patch}` };
  return { type: 'allowed', patch, warnings };
}

/** The review that was answered, or why there is none. */
export function reviewIn(answer: WebhookAnswer, asked: Pick<Asked, 'url' | 'timeoutSeconds'>): JsonObject | string {
  if ('failure' in answer) return `Post ${JSON.stringify(addressOf(asked))}: ${answer.failure}`;
  return answer.code < 200 || answer.code > 206 ? serverErrorText(answer) : parseObject(answer.body);
}

function failedCall(text: string): Verdict {
  return { type: 'failed', reason: `failed to call webhook: ${text}` };
}

function invalidAnswer(text: string): Verdict {
  return { type: 'failed', reason: `received invalid webhook response: ${text}` };
}

function addressOf({ url, timeoutSeconds }: Pick<Asked, 'url' | 'timeoutSeconds'>): string {
  return `${url}${url.includes('?') ? '&' : '?'}timeout=${timeoutSeconds}s`;
}

/** How Go names what is no JSON object is left to its first words. */
function parseObject(text: string): JsonObject | string {
  // A webhook may answer anything.
  try {
    const value = JSON.parse(text) as Json;
    if (isJsonObject(value)) return value;
  } catch {
    const first = text.trimStart().charAt(0);
    if (first === '') return "couldn't get version/kind; json parse error: unexpected end of JSON input";
    return `couldn't get version/kind; json parse error: invalid character '${first}' looking for beginning of value`;
  }
  return "couldn't get version/kind; json parse error: json: cannot unmarshal the answer into Go value of type struct { APIVersion string; Kind string }";
}

function responseProblem(review: JsonObject, response: JsonObject, { uid, version, isMutating }: Asked): string | undefined {
  if (version === 'v1') {
    const { uid: given = '' } = response;
    if (given !== uid) return `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(given)}`;
    const { apiVersion = `admission.k8s.io/${version}`, kind = 'AdmissionReview' } = review;
    if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview')
      return `expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${String(apiVersion)}, Kind=${String(kind)}`;
  }
  const { patch, patchType } = response;
  const hasPatch = typeof patch === 'string' && patch !== '';
  if (!isMutating && version === 'v1') {
    if (hasPatch) return 'validating webhook may not return response.patch';
    return patchType === undefined || patchType === null ? undefined : 'validating webhook may not return response.patchType';
  }
  if (version !== 'v1') return undefined;
  const hasType = patchType !== undefined && patchType !== null;
  if (hasPatch && !hasType) return 'webhook returned response.patch but not response.patchType';
  if (!hasPatch && hasType) return 'webhook returned response.patchType but not response.patch';
  return hasPatch && patchType !== 'JSONPatch' ? `webhook returned invalid response.patchType of ${JSON.stringify(patchType)}` : undefined;
}

/** The operations of a patch, or why it is none. */
function patchOf(patch: Json | undefined): readonly Json[] | string {
  if (typeof patch !== 'string' || patch === '') return [];
  const bytes = decodeBytes(patch);
  if (!bytes.ok) return bytes.error;
  const text = decodeBase64(patch);
  try {
    const value = JSON.parse(text) as Json;
    if (Array.isArray(value)) return value as readonly Json[];
  } catch {
    return `invalid character '${text.trimStart().charAt(0)}' looking for beginning of value`;
  }
  return 'json: cannot unmarshal object into Go value of type jsonpatch.Patch';
}

/** The refusal in the webhook's words; what it leaves out is filled in. */
function denial(webhook: string, given: Json | undefined): Status {
  const result = isJsonObject(given) ? given : {};
  const code = typeof result['code'] === 'number' && result['code'] >= 400 ? result['code'] : 400;
  const message = typeof result['message'] === 'string' ? result['message'] : '';
  const reason = typeof result['reason'] === 'string' ? result['reason'] : '';
  const details = isJsonObject(result['details']) ? { details: result['details'] as NonNullable<Status['details']> } : {};
  const denied = `admission webhook ${JSON.stringify(webhook)} denied the request`;
  const why = message === '' ? reason : message;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: why === '' ? `${denied} without explanation` : `${denied}: ${why}`,
    ...(reason === '' ? {} : { reason }),
    ...details,
    code,
  };
}

const CODE_TEXTS: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

function serverErrorText({ code, isText, body }: Extract<WebhookAnswer, { code: number }>): string {
  const said = isText && body.trim() !== '' ? body.trim() : 'unknown';
  if ([403, 406, 415].includes(code)) return said;
  const known = CODE_TEXTS[code];
  if (known !== undefined) return known;
  return code >= 500
    ? `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`
    : `the server responded with the status code ${code} but did not return more information`;
}
