// Failures of the service API as RFC 9457 problems, and the one place where errors of other layers become problems.

import type { Status } from '../engine/apimachinery/status.ts';
import { withReason } from './reasons.ts';
import { ServiceError, type ServiceErrorCode } from '../service/ports.ts';

/** Where in the request a mistake is. */
export interface ProblemItem {
  readonly in: 'body' | 'query' | 'path' | 'header';
  /** JSON pointer into the body (`/nodes/0/name`), or the name of the parameter; a field path where it is one of Kubernetes. */
  readonly field?: string;
  readonly message: string;
  /** Of manifests: index of the document or array item, from 0. */
  readonly document?: number;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** RFC 9457, with `code` for programs and `errors` for every single mistake. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors?: readonly ProblemItem[];
}

/** Every kind of problem, with its status and title. */
const PROBLEMS = {
  'malformed-body': [400, 'The body cannot be read'],
  'invalid-request': [400, 'The request is not valid'],
  'invalid-instant': [400, 'There is no such moment'],
  'invalid-manifest': [400, 'The manifests are not valid'],
  unauthorized: [401, 'A token is needed'],
  forbidden: [403, 'The token does not open this'],
  'host-not-allowed': [403, 'The host name is not allowed'],
  'origin-not-allowed': [403, 'The origin is not allowed'],
  'not-found': [404, 'There is nothing here'],
  'cluster-not-found': [404, 'There is no such cluster'],
  'image-not-found': [404, 'There is no such image behaviour'],
  'fault-not-found': [404, 'There is no such fault'],
  'method-not-allowed': [405, 'The method is not allowed here'],
  conflict: [409, 'The request conflicts with the present state'],
  'cluster-exists': [409, 'The name is taken'],
  'token-taken': [409, 'The token is taken'],
  busy: [409, 'The cluster is busy'],
  gone: [410, 'The history does not reach back so far'],
  'body-too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The content type is not supported'],
  'recording-differs': [422, 'The recording leads elsewhere'],
  rejected: [422, 'The cluster refuses the objects'],
  'limit-exceeded': [429, 'A limit is reached'],
  internal: [500, 'The service failed'],
  'cluster-broken': [503, 'The cluster is not available'],
  'host-lost': [503, 'The host of the cluster ended'],
  'storage-unavailable': [503, 'The storage is not available'],
  'storage-full': [507, 'The storage is full'],
  closing: [503, 'The service is stopping'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];

export const PROBLEM_TYPE = 'application/problem+json';

/** A problem of the given code. */
export function problemOf(code: ProblemCode, detail: string, errors?: readonly ProblemItem[]): Problem {
  const [status, title] = PROBLEMS[code];
  return { type: `urn:orrery:problem:${code}`, title, status, code, detail, ...(errors === undefined ? {} : { errors }) };
}

/** Carries a problem out of a handler. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.detail);
    this.problem = problem;
    this.headers = headers;
  }
}

/** Throws a problem. */
export function refuse(code: ProblemCode, detail: string, errors?: readonly ProblemItem[]): never {
  throw new ProblemError(problemOf(code, detail, errors));
}

/** Refuses one mistake in the request. */
export function refuseField(place: ProblemItem['in'], field: string, message: string): never {
  return refuse('invalid-request', `${field}: ${message}`, [{ in: place, field, message }]);
}

/** Answers a problem. */
export function answerProblem(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  // A broken cluster is not mended by asking again.
  const isTransient = problem.status === 503 && problem.code !== 'cluster-broken';
  const retry: Record<string, string> = isTransient ? { 'Retry-After': '1' } : {};
  const response = new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'Content-Type': PROBLEM_TYPE, 'Cache-Control': 'no-store', ...retry, ...headers },
  });
  return withReason(response, problem.detail);
}

const SERVICE_PROBLEMS: Readonly<Record<ServiceErrorCode, ProblemCode>> = {
  'cluster-not-found': 'cluster-not-found',
  'cluster-exists': 'cluster-exists',
  'token-taken': 'token-taken',
  'limit-exceeded': 'limit-exceeded',
  'storage-unavailable': 'storage-unavailable',
  'storage-full': 'storage-full',
  'engine-failed': 'internal',
  'cluster-broken': 'cluster-broken',
  'host-lost': 'host-lost',
  'read-only': 'method-not-allowed',
  'invalid-instant': 'invalid-instant',
  'recording-differs': 'recording-differs',
  gone: 'gone',
  busy: 'busy',
  closing: 'closing',
};

/** The problem of anything thrown; what is unknown is the service's own fault. */
export function problemOfError(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof ServiceError) return problemOf(SERVICE_PROBLEMS[error.code], error.detail);
  return problemOf('internal', 'The service failed unexpectedly; its log says more.');
}

/** The problem of a command that the cluster refused with a Kubernetes Status. */
export function problemOfStatus(status: Status): Problem {
  const detail = status.message ?? 'the cluster refused the request';
  const errors = (status.details?.causes ?? []).map((cause) => ({
    in: 'body' as const,
    ...(cause.field === undefined ? {} : { field: cause.field }),
    message: cause.message ?? detail,
  }));
  const code = httpStatusOf(status);
  return { ...problemOf(codeOfStatus(code), detail, errors.length === 0 ? undefined : errors), status: code };
}

/** The code of a Status; for an object too large to be stored, which upstream answers with 500, what HTTP has for it. */
export function httpStatusOf({ code = 500, message = '' }: Status): number {
  return code === 500 && message === 'etcdserver: request is too large' ? 413 : code;
}

/** The kind of problem that a Kubernetes status code is. */
export function codeOfStatus(code: number): ProblemCode {
  switch (code) {
    case 400:
      return 'invalid-manifest';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    case 410:
      return 'gone';
    case 413:
      return 'body-too-large';
    case 429:
      return 'limit-exceeded';
    default:
      return code >= 500 ? 'internal' : 'rejected';
  }
}
