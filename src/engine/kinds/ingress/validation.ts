// Validation of Ingresses. Upstream: pkg/apis/networking/validation/validation.go ValidateIngressSpec (v1.33). Rule: P1.

import { type FieldError, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { ipProblems } from '../../apimachinery/ip.ts';
import { dns1035Problems, pathSegmentProblems, portNameProblems, subdomainProblems } from '../../apimachinery/names.ts';
import type { Ingress, IngressBackend, IngressPath } from './types.ts';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const FORBIDDEN_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const FORBIDDEN_ENDS = ['/..', '/.'];
const WILDCARD_FORM = /^\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

export function validateIngress({ metadata, spec }: Ingress): readonly FieldError[] {
  const { rules = [], tls = [], defaultBackend, ingressClassName } = spec;
  const errors: FieldError[] = [];
  if (rules.length === 0 && defaultBackend === undefined)
    errors.push(
      invalid(
        'spec',
        goText(spec.rules === undefined ? '[]networking.IngressRule(nil)' : '[]networking.IngressRule{}'),
        'either `defaultBackend` or `rules` must be specified',
      ),
    );
  if (defaultBackend !== undefined) errors.push(...validateBackend(defaultBackend, 'spec.defaultBackend'));
  rules.forEach(({ host = '', http }, index) => {
    const path = `spec.rules[${index}]`;
    if (host !== '') errors.push(...validateHost(host, `${path}.host`));
    if (http === undefined) return;
    const { paths = [] } = http;
    if (paths.length === 0) errors.push(required(`${path}.http.paths`));
    paths.forEach((item, at) => errors.push(...validatePath(item, `${path}.http.paths[${at}]`)));
  });
  tls.forEach(({ hosts = [], secretName = '' }, index) => {
    hosts.forEach((host, at) => errors.push(...nameErrors(host, `spec.tls[${index}].hosts[${at}]`)));
    if (secretName !== '')
      errors.push(...subdomainProblems(secretName).map((problem) => invalid(`spec.tls[${index}].secretName`, secretName, problem)));
  });
  if (ingressClassName !== undefined)
    errors.push(...subdomainProblems(ingressClassName).map((problem) => invalid('spec.ingressClassName', ingressClassName, problem)));
  const annotated = metadata.annotations?.[CLASS_ANNOTATION];
  if (metadata.resourceVersion === '' && annotated !== undefined && ingressClassName !== undefined && annotated !== ingressClassName)
    errors.push(invalid(`annotations.${CLASS_ANNOTATION}`, annotated, 'must match `ingressClassName` when both are specified'));
  return errors;
}

/** M1: addresses that a controller reports. */
export function validateIngressUpdate({ status }: Ingress, _previous: Ingress, subresource: string): readonly FieldError[] {
  if (subresource !== 'status') return [];
  return (status.loadBalancer.ingress ?? []).flatMap(({ ip = '', hostname = '' }, index) => {
    const path = `status.loadBalancer.ingress[${index}]`;
    const errors = ip === '' ? [] : ipProblems(ip).map((problem) => invalid(`${path}.ip`, ip, problem));
    if (hostname === '') return errors;
    errors.push(...subdomainProblems(hostname).map((problem) => invalid(`${path}.hostname`, hostname, problem)));
    if (isIp(hostname)) errors.push(invalid(`${path}.hostname`, hostname, 'must be a DNS name, not an IP address'));
    return errors;
  });
}

function isIp(text: string): boolean {
  return ipProblems(text).length === 0;
}

function validateHost(host: string, path: string): readonly FieldError[] {
  const errors = isIp(host) ? [invalid(path, host, 'must be a DNS name, not an IP address')] : [];
  return [...errors, ...nameErrors(host, path)];
}

/** A name, or a wildcard for its first label. */
function nameErrors(host: string, path: string): readonly FieldError[] {
  if (!host.includes('*')) return subdomainProblems(host).map((problem) => invalid(path, host, problem));
  if (WILDCARD_FORM.test(host)) return [];
  const regex = WILDCARD_FORM.source.slice(1, -1);
  const text = `a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '${regex}')`;
  return [invalid(path, host, text)];
}

function validatePath({ path = '', pathType, backend }: IngressPath, at: string): readonly FieldError[] {
  if (pathType === undefined) return [required(`${at}.pathType`, 'pathType must be specified')];
  const errors: FieldError[] = [];
  const absolute = invalid(`${at}.path`, path, 'must be an absolute path');
  if (!PATH_TYPES.includes(pathType)) errors.push(notSupported(`${at}.pathType`, pathType, PATH_TYPES));
  else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) errors.push(absolute);
  } else {
    if (!path.startsWith('/')) errors.push(absolute);
    for (const text of FORBIDDEN_SEQUENCES) if (path.includes(text)) errors.push(invalid(`${at}.path`, path, `must not contain '${text}'`));
    for (const text of FORBIDDEN_ENDS) if (path.endsWith(text)) errors.push(invalid(`${at}.path`, path, `cannot end with '${text}'`));
  }
  return [...errors, ...validateBackend(backend ?? {}, `${at}.backend`)];
}

function validateBackend({ service, resource }: IngressBackend, path: string): readonly FieldError[] {
  if (service !== undefined && resource !== undefined) return [invalid(path, '', 'cannot set both resource and service backends')];
  if (resource !== undefined) return validateResource(resource, `${path}.resource`);
  if (service === undefined) return [invalid(path, '', 'resource or service backend is required')];
  const { name = '', port = {} } = service;
  const errors: FieldError[] = name === '' ? [required(`${path}.service.name`)] : [];
  if (name !== '') errors.push(...dns1035Problems(name).map((problem) => invalid(`${path}.service.name`, name, problem)));
  const { name: portName = '', number = 0 } = port;
  if (portName !== '' && number !== 0) errors.push(invalid(path, '', 'cannot set both port name & port number'));
  else if (portName !== '')
    errors.push(...portNameProblems(portName).map((problem) => invalid(`${path}.service.port.name`, portName, problem)));
  else if (number === 0) errors.push(required(path, 'port name or number is required'));
  else if (number < 1 || number > 65_535)
    errors.push(invalid(`${path}.service.port.number`, number, 'must be between 1 and 65535, inclusive'));
  return errors;
}

function validateResource(
  { apiGroup, kind = '', name = '' }: NonNullable<IngressBackend['resource']>,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (apiGroup !== undefined) errors.push(...subdomainProblems(apiGroup).map((problem) => invalid(`${path}.apiGroup`, apiGroup, problem)));
  for (const [field, value] of Object.entries({ kind, name })) {
    if (value === '') errors.push(required(`${path}.${field}`));
    else errors.push(...pathSegmentProblems(value).map((problem) => invalid(`${path}.${field}`, value, problem)));
  }
  return errors;
}
