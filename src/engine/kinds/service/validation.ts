// Validation of Services. Upstream: pkg/apis/core/validation/validation.go ValidateService, ValidateServiceUpdate (v1.33). Rules: C521, C526, P9.

import { duplicate, type FieldError, forbidden, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { endpointIpProblems, ipProblems } from '../../apimachinery/ip.ts';
import { cidrProblems } from '../../apimachinery/ip-range.ts';
import { labelProblems, labelValueProblems, portNameProblems, qualifiedNameProblems, subdomainProblems } from '../../apimachinery/names.ts';
import { goStrings } from '../../apimachinery/field-errors.ts';
import { HEADLESS, needsClusterIp } from './defaults.ts';
import type { Service, ServicePort, ServiceSpec } from './types.ts';

const PORT_RANGE = 'must be between 1 and 65535, inclusive';
const KUBELET_PORT = 10_250;
const AFFINITY_SECONDS_MAX = 86_400;
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

export function validateService({ metadata, spec }: Service): readonly FieldError[] {
  const errors: FieldError[] = [];
  const ports = spec.ports ?? [];
  const isHeadless = spec.clusterIP === HEADLESS;
  if (ports.length === 0 && !isHeadless && spec.type !== 'ExternalName') errors.push(required('spec.ports'));
  validateType(spec, errors);
  const names = new Set<string>();
  ports.forEach((port, index) => validatePort(port, { path: `spec.ports[${index}]`, needsName: ports.length > 1, names }, errors));
  for (const [key, value] of Object.entries(spec.selector ?? {})) {
    for (const problem of qualifiedNameProblems(key)) errors.push(invalid('spec.selector', key, problem));
    for (const problem of labelValueProblems(value)) errors.push(invalid('spec.selector', value, problem));
  }
  validateAffinity(spec, errors);
  validateIps(spec, errors);
  if (!TYPES.includes(spec.type)) errors.push(notSupported('spec.type', spec.type, TYPES));
  validateUniquePorts(spec, errors);
  errors.push(...validateBalancer(metadata, spec));
  validatePolicies(spec, errors);
  return errors;
}

/** C521: the first cluster IP stays while the service has one. */
export function validateServiceUpdate({ spec }: Service, { spec: previous }: Service, subresource: string): readonly FieldError[] {
  if (subresource === 'status') return [];
  return [...validateClass(spec, previous), ...validateFirstIp(spec, previous)];
}

/** The class of a load balancer stays. */
function validateClass(spec: ServiceSpec, previous: ServiceSpec): readonly FieldError[] {
  const isKept = spec.type !== 'LoadBalancer' || previous.type !== 'LoadBalancer' || spec.loadBalancerClass === previous.loadBalancerClass;
  if (isKept) return [];
  const value = spec.loadBalancerClass === undefined ? goText('null') : spec.loadBalancerClass;
  return [invalid('spec.loadBalancerClass', value, 'may not change once set')];
}

function validateFirstIp(spec: ServiceSpec, previous: ServiceSpec): readonly FieldError[] {
  if (!needsClusterIp(spec) || !needsClusterIp(previous)) return [];
  const before = previous.clusterIPs?.[0] ?? '';
  const after = spec.clusterIPs?.[0] ?? '';
  if (before === '' || before === after) return [];
  return [invalid('spec.clusterIPs[0]', goStrings(spec.clusterIPs ?? []), 'may not change once set')];
}

function validateType(spec: ServiceSpec, errors: FieldError[]): void {
  const headless = `may not be set to 'None' for ${spec.type} services`;
  const isHeadless = spec.clusterIP === HEADLESS;
  switch (spec.type) {
    case 'LoadBalancer':
      (spec.ports ?? []).forEach(({ port }, index) => {
        if (port === KUBELET_PORT)
          errors.push(invalid(`spec.ports[${index}]`, port, 'may not expose port 10250 externally since it is used by kubelet'));
      });
      if (isHeadless) errors.push(invalid('spec.clusterIPs[0]', HEADLESS, headless));
      break;
    case 'NodePort':
      if (isHeadless) errors.push(invalid('spec.clusterIPs[0]', HEADLESS, headless));
      break;
    case 'ExternalName':
      if ((spec.clusterIPs ?? []).length > 0) errors.push(forbidden('spec.clusterIPs', 'may not be set for ExternalName services'));
      if ((spec.externalName ?? '') === '') errors.push(required('spec.externalName'));
      else
        for (const problem of subdomainProblems(spec.externalName ?? ''))
          errors.push(invalid('spec.externalName', spec.externalName, problem));
      break;
    default:
  }
}

interface PortContext {
  readonly path: string;
  readonly needsName: boolean;
  readonly names: Set<string>;
}

function validatePort(port: ServicePort, { path, needsName, names }: PortContext, errors: FieldError[]): void {
  const name = port.name ?? '';
  if (name === '') {
    if (needsName) errors.push(required(`${path}.name`));
  } else {
    for (const problem of labelProblems(name)) errors.push(invalid(`${path}.name`, name, problem));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
  }
  if (!isPortNumber(port.port)) errors.push(invalid(`${path}.port`, port.port ?? 0, PORT_RANGE));
  const protocols = ['SCTP', 'TCP', 'UDP'];
  if (port.protocol === '') errors.push(required(`${path}.protocol`));
  else if (!protocols.includes(port.protocol)) errors.push(notSupported(`${path}.protocol`, port.protocol, protocols));
  const { targetPort } = port;
  const problems = typeof targetPort === 'string' ? portNameProblems(targetPort) : isPortNumber(targetPort) ? [] : [PORT_RANGE];
  for (const problem of problems) errors.push(invalid(`${path}.targetPort`, targetPort, problem));
  if (port.appProtocol !== undefined)
    for (const problem of qualifiedNameProblems(port.appProtocol)) errors.push(invalid(`${path}.appProtocol`, port.appProtocol, problem));
}

function isPortNumber(port: number | undefined): boolean {
  return port !== undefined && port >= 1 && port <= 65_535;
}

function validateAffinity(spec: ServiceSpec, errors: FieldError[]): void {
  const { sessionAffinity = '', sessionAffinityConfig } = spec;
  if (!['ClientIP', 'None'].includes(sessionAffinity)) {
    errors.push(notSupported('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']));
    return;
  }
  if (sessionAffinity === 'None') return;
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0;
  if (seconds <= 0 || seconds > AFFINITY_SECONDS_MAX) {
    const path = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
    errors.push(invalid(path, seconds, `must be greater than 0 and less than ${AFFINITY_SECONDS_MAX}`));
  }
}

function validateIps(spec: ServiceSpec, errors: FieldError[]): void {
  const { clusterIP = '', clusterIPs = [], externalIPs = [] } = spec;
  if (clusterIP === '' && clusterIPs.length > 0 && spec.type !== 'ExternalName')
    errors.push(invalid('spec.clusterIPs', goStrings(clusterIPs), 'must be empty when `clusterIP` is not specified'));
  if (clusterIP !== '' && clusterIPs[0] !== clusterIP && spec.type !== 'ExternalName')
    errors.push(invalid('spec.clusterIPs', goStrings(clusterIPs), 'first value must match `clusterIP`'));
  clusterIPs.forEach((ip, index) => {
    if (ip === HEADLESS) return;
    for (const problem of ipProblems(ip)) errors.push(invalid(`spec.clusterIPs[${index}]`, ip, problem));
  });
  externalIPs.forEach((ip, index) => {
    const problems = ipProblems(ip);
    for (const problem of problems.length > 0 ? problems : endpointIpProblems(ip))
      errors.push(invalid(`spec.externalIPs[${index}]`, ip, problem));
  });
}

/** Node ports only where the type has them; no port and no node port twice for one protocol. */
function validateUniquePorts(spec: ServiceSpec, errors: FieldError[]): void {
  const seen = new Set<string>();
  const nodePorts = new Set<string>();
  (spec.ports ?? []).forEach((port, index) => {
    const path = `spec.ports[${index}]`;
    const nodePort = port.nodePort ?? 0;
    if (nodePort !== 0 && spec.type === 'ClusterIP')
      errors.push(forbidden(`${path}.nodePort`, "may not be used when `type` is 'ClusterIP'"));
    if (nodePort !== 0 && nodePorts.has(`${port.protocol}/${nodePort}`)) errors.push(duplicate(`${path}.nodePort`, nodePort));
    nodePorts.add(`${port.protocol}/${nodePort}`);
  });
  (spec.ports ?? []).forEach(({ protocol, port }, index) => {
    const key = `${protocol}/${port}`;
    if (seen.has(key)) errors.push(duplicate(`spec.ports[${index}]`, goText(goPort(protocol, port))));
    seen.add(key);
  });
}

const RANGES_ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const ONLY_BALANCERS = "may only be used when `type` is 'LoadBalancer'";

/** What only a load balancer has: ranges of clients, node ports or none, a class. */
function validateBalancer({ annotations = {} }: Service['metadata'], spec: ServiceSpec): readonly FieldError[] {
  const { type, loadBalancerSourceRanges = [], loadBalancerClass, allocateLoadBalancerNodePorts } = spec;
  const isBalancer = type === 'LoadBalancer';
  const errors: FieldError[] = [];
  const annotated = annotations[RANGES_ANNOTATION];
  // The letter of the path is upstream's.
  const path = loadBalancerSourceRanges.length > 0 ? 'spec.LoadBalancerSourceRanges' : `metadata.annotations[${RANGES_ANNOTATION}]`;
  if ((loadBalancerSourceRanges.length > 0 || annotated !== undefined) && !isBalancer) errors.push(forbidden(path, ONLY_BALANCERS));
  loadBalancerSourceRanges.forEach((range, index) => errors.push(...rangeErrors(range, `${path}[${index}]`)));
  if (loadBalancerSourceRanges.length === 0 && annotated !== undefined && annotated.trim() !== '')
    for (const range of annotated.trim().split(',')) errors.push(...rangeErrors(range, path));
  if (allocateLoadBalancerNodePorts !== undefined && !isBalancer)
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', ONLY_BALANCERS));
  if (loadBalancerClass === undefined) return errors;
  if (!isBalancer) errors.push(forbidden('spec.loadBalancerClass', ONLY_BALANCERS));
  else
    errors.push(
      ...qualifiedNameProblems(loadBalancerClass).map((problem) => invalid('spec.loadBalancerClass', loadBalancerClass, problem)),
    );
  return errors;
}

/** Spaces around a range have always been let pass. */
function rangeErrors(range: string, path: string): readonly FieldError[] {
  const value = range.trim();
  return cidrProblems(value).map((problem) => invalid(path, value, problem));
}

function goPort(protocol: string, port: number): string {
  const target = 'TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}';
  return `core.ServicePort{Name:"", Protocol:${JSON.stringify(protocol)}, AppProtocol:(*string)(nil), Port:${port}, ${target}, NodePort:0}`;
}

function validatePolicies(spec: ServiceSpec, errors: FieldError[]): void {
  const policies = ['Cluster', 'Local'];
  const { externalTrafficPolicy, internalTrafficPolicy } = spec;
  const isExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (externalTrafficPolicy !== undefined && !isExternal) {
    const text = 'may only be set for externally-accessible services';
    errors.push(invalid('spec.externalTrafficPolicy', externalTrafficPolicy, text));
  } else if (externalTrafficPolicy !== undefined && !policies.includes(externalTrafficPolicy))
    errors.push(notSupported('spec.externalTrafficPolicy', externalTrafficPolicy, policies));
  if (internalTrafficPolicy !== undefined && !policies.includes(internalTrafficPolicy))
    errors.push(notSupported('spec.internalTrafficPolicy', internalTrafficPolicy, policies));
  const { trafficDistribution } = spec;
  if (trafficDistribution !== undefined && trafficDistribution !== 'PreferClose')
    errors.push(notSupported('spec.trafficDistribution', trafficDistribution, ['PreferClose']));
}
