// API failures as values: `Result` carries either an answer or a Status in upstream's exact words (E1-E6, W13).
// Upstream: apimachinery/pkg/api/errors/errors.go (v1.33).

import { aggregate, type FieldError } from './field-errors.ts';

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** v1 Status. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly continue?: string };
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly status: Status };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T = never>(status: Status): Result<T> {
  return { ok: false, status };
}

/** How messages name a resource and its kind: `replicasets.apps`, `ReplicaSet.apps`; core ones bare (E2). */
export interface ResourceName {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

/** `pods`, `replicasets.apps`. */
export function qualifiedPlural(name: ResourceName): string {
  return name.group === '' ? name.plural : `${name.plural}.${name.group}`;
}

/** `Pod`, `ReplicaSet.apps`. */
export function qualifiedKind(name: ResourceName): string {
  return name.group === '' ? name.kind : `${name.kind}.${name.group}`;
}

export function failure(code: number, reason: string, message: string, details?: StatusDetails): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  };
}

/** A failure for which upstream has no type: 500 without a reason. */
export function unknownFailure(message: string): Status {
  const { reason: _, ...status } = failure(500, '', message);
  return status;
}

function detailsOf(resource: ResourceName, name: string, kind: string): StatusDetails {
  return { ...(name === '' ? {} : { name }), ...(resource.group === '' ? {} : { group: resource.group }), kind };
}

export function notFound(resource: ResourceName, name: string): Status {
  return failure(404, 'NotFound', `${qualifiedPlural(resource)} "${name}" not found`, detailsOf(resource, name, resource.plural));
}

export function alreadyExists(resource: ResourceName, name: string): Status {
  return failure(409, 'AlreadyExists', `${qualifiedPlural(resource)} "${name}" already exists`, detailsOf(resource, name, resource.plural));
}

export const STALE_OBJECT = 'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(resource: ResourceName, name: string, detail: string): Status {
  const message = `Operation cannot be fulfilled on ${qualifiedPlural(resource)} "${name}": ${detail}`;
  return failure(409, 'Conflict', message, detailsOf(resource, name, resource.plural));
}

/** 422 with one cause per error; identical errors are collapsed in the message only (E3). */
export function invalidObject(resource: ResourceName, name: string, errors: readonly FieldError[]): Status {
  return failure(422, 'Invalid', `${qualifiedKind(resource)} ${JSON.stringify(name)} is invalid: ${aggregate(errors)}`, {
    ...detailsOf(resource, name, resource.kind),
    causes: errors.map((error) => ({ reason: error.reason, message: error.message, field: error.field })),
  });
}

export function badRequest(message: string): Status {
  return failure(400, 'BadRequest', message);
}

/** Admission's refusal: `pods "x" is forbidden: <detail>`. */
export function forbiddenObject(resource: ResourceName, name: string, detail: string, causes?: readonly StatusCause[]): Status {
  const target = name === '' ? qualifiedPlural(resource) : `${qualifiedPlural(resource)} "${name}"`;
  const details = detailsOf(resource, name, resource.plural);
  return failure(403, 'Forbidden', `${target} is forbidden: ${detail}`, causes === undefined ? details : { ...details, causes });
}

export function methodNotAllowed(): Status {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function resourceNotFound(): Status {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function expired(message: string): Status {
  return failure(410, 'Expired', message);
}

export function serviceUnavailable(message: string): Status {
  return failure(503, 'ServiceUnavailable', message);
}

export function internalError(message: string): Status {
  return failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** An error that upstream's own packages return and nobody has put into words of the API: 500 without a reason. */
export function plainFailure(message: string): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 };
}

/** What the creation of something that is not stored answers. */
export const CREATED: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

/** What a successful deletion answers (E6). */
export function deletedStatus(resource: ResourceName, name: string, uid: string): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural, uid },
  };
}
