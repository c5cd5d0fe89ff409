// Where a webhook is: outside by its address, or behind a Service of the cluster.
// Upstream: k8s.io/apiserver/pkg/util/webhook/validation.go (v1.33). Rules: P1, U8, O15.

import { type FieldError, invalid, required } from '../../apimachinery/field-errors.ts';
import { subdomainProblems } from '../../apimachinery/names.ts';

export interface WebhookService {
  readonly name?: string;
  readonly namespace?: string;
  readonly path?: string;
  readonly port?: number;
}

export interface WebhookClient {
  readonly url?: string;
  readonly service?: WebhookService;
  /** PEM in base64. */
  readonly caBundle?: string;
}

export const PORT_DEFAULT = 443;

const FORM = '; desired format: https://host[/path]';

/** Errors of what says where a webhook is. */
export function clientErrors({ url, service }: WebhookClient, at: string): readonly FieldError[] {
  if ((url === undefined) === (service === undefined)) return [required(at, 'exactly one of url or service is required')];
  return url === undefined ? serviceErrors(service ?? {}, `${at}.service`) : urlErrors(url, `${at}.url`);
}

export function urlErrors(url: string, at: string): readonly FieldError[] {
  const match = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:([^@/?#]*)@)?([^/?#]*))?[^?#]*(\?[^#]*)?(#.*)?$/.exec(url);
  const [, scheme = '', user, host = '', query = '', fragment = ''] = match ?? [];
  const errors: FieldError[] = [];
  if (scheme !== 'https') errors.push(invalid(at, scheme, `'https' is the only allowed URL scheme${FORM}`));
  if (host === '') errors.push(invalid(at, host, `host must be specified${FORM}`));
  if (user !== undefined) errors.push(invalid(at, user, 'user information is not permitted in the URL'));
  if (fragment.length > 1) errors.push(invalid(at, fragment.slice(1), 'fragments are not permitted in the URL'));
  if (query.length > 1) errors.push(invalid(at, query.slice(1), 'query parameters are not permitted in the URL'));
  return errors;
}

export function serviceErrors({ name = '', namespace = '', path, port = PORT_DEFAULT }: WebhookService, at: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(`${at}.name`, 'service name is required'));
  if (namespace === '') errors.push(required(`${at}.namespace`, 'service namespace is required'));
  if (port < 1 || port > 65_535) errors.push(invalid(`${at}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'));
  errors.push(...pathErrors(path, `${at}.path`));
  return errors;
}

/** Upstream: apiserver/pkg/util/webhook/validation.go ValidateWebhookService. */
function pathErrors(path: string | undefined, at: string): readonly FieldError[] {
  if (path === undefined || path === '' || path === '/') return [];
  if (path === '//') return [invalid(at, path, 'segment[0] may not be empty')];
  const unrooted = path.startsWith('/') ? [] : [invalid(at, path, "must start with a '/'")];
  const steps = path.slice(1).replace(/\/$/, '').split('/');
  const wrong = steps.flatMap((step, index) =>
    step === ''
      ? [invalid(at, path, `segment[${index}] may not be empty`)]
      : subdomainProblems(step).map((problem) => invalid(at, path, `segment[${index}]: ${problem}`)),
  );
  return [...unrooted, ...wrong];
}
