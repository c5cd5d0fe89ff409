// Validation of probes and lifecycle hooks, and of the handlers that both are made of.
// Upstream: pkg/apis/core/validation/validation.go validateProbe, validateLifecycle, validateHandler (v1.33). Rules: P5, K403.

import { type FieldError, forbidden, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { portNameProblems } from '../../apimachinery/names.ts';
import { checkRange, invalidFor } from './field-checks.ts';
import type { Container, HttpGetAction, LifecycleHandler, Probe } from './pod-spec.ts';

const NON_NEGATIVE = 'must be greater than or equal to 0';

/** Errors of the hooks and probes of a container that may have them. `graceSeconds` is the pod's. */
export function validateHandlers(container: Container, path: string, graceSeconds: number | undefined): FieldError[] {
  return [
    ...validateLifecycle(container, `${path}.lifecycle`, graceSeconds),
    ...validateProbe(container.livenessProbe, `${path}.livenessProbe`, 'liveness'),
    ...validateProbe(container.readinessProbe, `${path}.readinessProbe`, 'readiness'),
    ...validateProbe(container.startupProbe, `${path}.startupProbe`, 'startup'),
  ];
}

/** Plain init containers have neither probes nor hooks (K401). */
export function forbidHandlers(container: Container, path: string): FieldError[] {
  return (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    .filter((field) => container[field] !== undefined)
    .map((field) => forbidden(`${path}.${field}`, 'may not be set for init containers without restartPolicy=Always'));
}

function validateProbe(probe: Probe | undefined, path: string, kind: 'liveness' | 'readiness' | 'startup'): FieldError[] {
  if (probe === undefined) return [];
  const errors = validateHandler(probe, path, ['exec', 'httpGet', 'tcpSocket', 'grpc'], undefined);
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const) {
    const value = probe[field] ?? 0;
    if (value < 0) errors.push(invalid(`${path}.${field}`, value, NON_NEGATIVE));
  }
  const grace = probe.terminationGracePeriodSeconds;
  const at = `${path}.terminationGracePeriodSeconds`;
  if (grace !== undefined && grace <= 0) errors.push(invalid(at, grace, 'must be greater than 0'));
  if (grace !== undefined && kind === 'readiness') errors.push(invalid(at, grace, 'must not be set for readinessProbes'));
  if (kind !== 'readiness' && probe.successThreshold !== 1)
    errors.push(invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1'));
  return errors;
}

function validateLifecycle({ lifecycle }: Container, path: string, graceSeconds: number | undefined): FieldError[] {
  return (['postStart', 'preStop'] as const).flatMap((hook) => {
    const handler = lifecycle?.[hook];
    return handler === undefined
      ? []
      : validateHandler(handler, `${path}.${hook}`, ['exec', 'httpGet', 'tcpSocket', 'sleep'], graceSeconds);
  });
}

type AnyHandler = LifecycleHandler & { readonly grpc?: { readonly port: number } };

/** `names` are the handlers that may stand here, in upstream's order. */
function validateHandler(handler: AnyHandler, path: string, names: readonly string[], graceSeconds: number | undefined): FieldError[] {
  const present = names.filter((name) => (handler as Readonly<Record<string, unknown>>)[name] !== undefined);
  const [first, ...others] = present;
  if (first === undefined) return [required(path, 'must specify a handler type')];
  return [
    ...validateAction(handler, first, `${path}.${first}`, graceSeconds),
    ...others.map((name) => forbidden(`${path}.${name}`, 'may not specify more than 1 handler type')),
  ];
}

function validateAction(handler: AnyHandler, name: string, at: string, graceSeconds: number | undefined): FieldError[] {
  if (name === 'exec') return (handler.exec?.command ?? []).length === 0 ? [required(`${at}.command`)] : [];
  if (name === 'httpGet') return validateHttp(handler.httpGet as HttpGetAction, at);
  if (name === 'tcpSocket') return validatePort(handler.tcpSocket?.port, `${at}.port`);
  if (name === 'grpc') return validatePort(handler.grpc?.port, `${at}.port`);
  const seconds = handler.sleep?.seconds ?? 0;
  if (graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)) return [];
  return [invalid(at, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`)];
}

const HEADER =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

function validateHttp(action: HttpGetAction, path: string): FieldError[] {
  const headers = (action.httpHeaders ?? []).filter(({ name = '' }) => !/^[-A-Za-z0-9]+$/.test(name));
  return [
    ...((action.path ?? '') === '' ? [required(`${path}.path`)] : []),
    ...validatePort(action.port, `${path}.port`),
    ...(['HTTP', 'HTTPS'].includes(action.scheme) ? [] : [notSupported(`${path}.scheme`, action.scheme, ['HTTP', 'HTTPS'])]),
    ...headers.map(({ name = '' }) => invalid(`${path}.httpHeaders`, name, HEADER)),
  ];
}

function validatePort(port: number | string | undefined, path: string): FieldError[] {
  return typeof port === 'string' ? invalidFor(path, port, portNameProblems(port)) : checkRange(path, port ?? 0, 1, 65_535);
}
