// Validation of a pod spec, for pods and templates alike, in upstream's order and words (P4, P5, K403).
// Upstream: pkg/apis/core/validation/validation.go (v1.33). Omits volume sources in detail, security contexts.

import {
  duplicate,
  type FieldError,
  forbidden,
  goText,
  invalid,
  notFoundValue,
  notSupported,
  required,
} from '../../apimachinery/field-errors.ts';
import { envNameProblems, labelProblems, labelValueProblems, portNameProblems, qualifiedNameProblems } from '../../apimachinery/names.ts';
import { compareQuantities, parseQuantity, quantityToMilli } from '../../apimachinery/quantity.ts';
import { validatePlacement } from './placement-validation.ts';
import type {
  Container,
  ContainerPort,
  EnvVar,
  HttpGetAction,
  LifecycleHandler,
  PodSpec,
  Probe,
  ResourceRequirements,
  Toleration,
} from './pod-spec.ts';

const INT32_MAX = 2_147_483_647;
const NON_NEGATIVE = 'must be greater than or equal to 0';
const PORT_RANGE = 'must be between 1 and 65535, inclusive';

/** Errors of a pod spec whose defaults are filled in. `path` is `spec` or `spec.template.spec`. */
export function validatePodSpec(spec: PodSpec | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const volumes = validateVolumes(spec, path, errors);
  const containers = spec?.containers ?? [];
  if (containers.length === 0) errors.push(required(`${path}.containers`));
  const names = new Set<string>();
  const common = { names, volumes, graceSeconds: spec?.terminationGracePeriodSeconds };
  containers.forEach((container, index) =>
    validateContainer({ ...common, container, path: `${path}.containers[${index}]`, isInit: false }, errors),
  );
  (spec?.initContainers ?? []).forEach((container, index) =>
    validateContainer({ ...common, container, path: `${path}.initContainers[${index}]`, isInit: true }, errors),
  );
  if (spec === undefined) return errors;
  if (!['Always', 'OnFailure', 'Never'].includes(spec.restartPolicy))
    errors.push(notSupported(`${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']));
  const dns = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
  if (spec.dnsPolicy !== undefined && !dns.includes(spec.dnsPolicy)) errors.push(notSupported(`${path}.dnsPolicy`, spec.dnsPolicy, dns));
  for (const [key, value] of Object.entries(spec.nodeSelector ?? {})) {
    for (const problem of qualifiedNameProblems(key)) errors.push(invalid(`${path}.nodeSelector`, key, problem));
    for (const problem of labelValueProblems(value)) errors.push(invalid(`${path}.nodeSelector`, value, problem));
  }
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > INT32_MAX))
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'));
  validateHostname(spec, path, errors);
  validateTolerations(spec.tolerations ?? [], `${path}.tolerations`, errors);
  errors.push(...validatePlacement(spec, path));
  if ((spec.schedulingGates ?? []).length > 0 && (spec.nodeName ?? '') !== '') {
    errors.push(forbidden(`${path}.nodeName`, 'cannot be set until all schedulingGates have been cleared'));
  }
  return errors;
}

interface ContainerInput {
  readonly container: Container;
  readonly path: string;
  readonly names: Set<string>;
  readonly volumes: ReadonlySet<string>;
  readonly isInit: boolean;
  /** Of the whole pod. */
  readonly graceSeconds: number | undefined;
}

function validateContainer(input: ContainerInput, errors: FieldError[]): void {
  const { container, path, names, volumes, isInit, graceSeconds } = input;
  const { name = '', image = '' } = container;
  if (name === '') errors.push(required(`${path}.name`));
  else {
    for (const problem of labelProblems(name)) errors.push(invalid(`${path}.name`, name, problem));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
  }
  if (image === '') errors.push(required(`${path}.image`));
  else if (image !== image.trim()) errors.push(invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'));
  validatePorts(container.ports ?? [], `${path}.ports`, errors);
  validateEnv(container.env ?? [], `${path}.env`, errors);
  validateMounts(container, path, volumes, errors);
  const policies = ['Always', 'IfNotPresent', 'Never'];
  if (!policies.includes(container.imagePullPolicy))
    errors.push(notSupported(`${path}.imagePullPolicy`, container.imagePullPolicy, policies));
  validateResources(container.resources ?? {}, `${path}.resources`, errors);
  const isSidecar = isInit && container.restartPolicy === 'Always';
  if (isInit && container.restartPolicy !== undefined && !isSidecar)
    errors.push(notSupported(`${path}.restartPolicy`, container.restartPolicy as string, ['Always']));
  if (!isInit && container.restartPolicy !== undefined)
    errors.push(forbidden(`${path}.restartPolicy`, 'may not be set for non-init containers'));
  if (isInit && !isSidecar) return forbidOnInit(container, path, errors);
  validateLifecycle(container, path, graceSeconds, errors);
  validateProbe(container.livenessProbe, `${path}.livenessProbe`, 'liveness', errors);
  validateProbe(container.readinessProbe, `${path}.readinessProbe`, 'readiness', errors);
  validateProbe(container.startupProbe, `${path}.startupProbe`, 'startup', errors);
}

/** K401. */
function forbidOnInit(container: Container, path: string, errors: FieldError[]): void {
  for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[field] !== undefined)
      errors.push(forbidden(`${path}.${field}`, 'may not be set for init containers without restartPolicy=Always'));
  }
}

function validatePorts(ports: readonly ContainerPort[], path: string, errors: FieldError[]): void {
  const names = new Set<string>();
  ports.forEach((port, index) => {
    const at = `${path}[${index}]`;
    if (port.name !== undefined && port.name !== '') {
      for (const problem of portNameProblems(port.name)) errors.push(invalid(`${at}.name`, port.name, problem));
      if (names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name));
      names.add(port.name);
    }
    const number = port.containerPort ?? 0;
    if (number === 0) errors.push(required(`${at}.containerPort`));
    else if (number < 1 || number > 65_535) errors.push(invalid(`${at}.containerPort`, number, PORT_RANGE));
    if (port.hostPort !== undefined && port.hostPort !== 0 && (port.hostPort < 1 || port.hostPort > 65_535))
      errors.push(invalid(`${at}.hostPort`, port.hostPort, PORT_RANGE));
    if (!['SCTP', 'TCP', 'UDP'].includes(port.protocol)) errors.push(notSupported(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']));
  });
}

const FIELD_PATHS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

function validateEnv(variables: readonly EnvVar[], path: string, errors: FieldError[]): void {
  variables.forEach((variable, index) => {
    const at = `${path}[${index}]`;
    if ((variable.name ?? '') === '') errors.push(required(`${at}.name`));
    else for (const problem of envNameProblems(variable.name)) errors.push(invalid(`${at}.name`, variable.name, problem));
    const { valueFrom } = variable;
    if (valueFrom === undefined) return;
    const sources = Object.keys(valueFrom);
    if ((variable.value ?? '') !== '') errors.push(invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    else if (sources.length === 0)
      errors.push(
        invalid(`${at}.valueFrom`, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'),
      );
    const fieldPath = (valueFrom['fieldRef'] as { fieldPath?: string } | undefined)?.fieldPath;
    if (fieldPath !== undefined && !FIELD_PATHS.includes(fieldPath) && !/^metadata\.(?:labels|annotations)\['.+'\]$/.test(fieldPath)) {
      errors.push(
        invalid(`${at}.valueFrom.fieldRef.fieldPath`, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`),
      );
    }
  });
}

function validateMounts(container: Container, path: string, volumes: ReadonlySet<string>, errors: FieldError[]): void {
  const paths = new Set<string>();
  (container.volumeMounts ?? []).forEach((mount, index) => {
    const at = `${path}.volumeMounts[${index}]`;
    if ((mount.name ?? '') === '') errors.push(required(`${at}.name`));
    else if (!volumes.has(mount.name)) errors.push(notFoundValue(`${at}.name`, mount.name));
    if ((mount.mountPath ?? '') === '') errors.push(required(`${at}.mountPath`));
    else if (paths.has(mount.mountPath)) errors.push(invalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
  });
}

const CONTAINER_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

function validateResources(resources: ResourceRequirements, path: string, errors: FieldError[]): void {
  for (const list of ['limits', 'requests'] as const) {
    for (const [name, quantity] of Object.entries(resources[list] ?? {})) {
      const at = `${path}.${list}[${name}]`;
      if (!name.includes('/') && !CONTAINER_RESOURCES.includes(name) && !name.startsWith('hugepages-')) {
        errors.push(
          invalid(at, goText(name), 'must be a standard resource type or fully qualified'),
          invalid(at, goText(name), 'must be a standard resource for containers'),
        );
      }
      if (parseQuantity(quantity).ok && quantityToMilli(quantity) < 0) errors.push(invalid(at, quantity, NON_NEGATIVE));
      const limit = resources.limits?.[name];
      if (list === 'requests' && limit !== undefined && compareQuantities(quantity, limit) > 0) {
        errors.push(invalid(`${path}.requests`, quantity, `must be less than or equal to ${name} limit of ${limit}`));
      }
    }
  }
}

type ProbeKind = 'liveness' | 'readiness' | 'startup';

/** P5, K403. */
function validateProbe(probe: Probe | undefined, path: string, kind: ProbeKind, errors: FieldError[]): void {
  if (probe === undefined) return;
  validateHandler(probe, path, ['exec', 'httpGet', 'tcpSocket', 'grpc'], errors);
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const) {
    const value = probe[field] ?? 0;
    if (value < 0) errors.push(invalid(`${path}.${field}`, value, NON_NEGATIVE));
  }
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && kind === 'readiness')
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'));
  else if (grace !== undefined && grace <= 0)
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  if (kind !== 'readiness' && probe.successThreshold !== 1)
    errors.push(invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1'));
}

function validateLifecycle(container: Container, path: string, graceSeconds: number | undefined, errors: FieldError[]): void {
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = container.lifecycle?.[hook];
    if (handler === undefined) continue;
    const at = `${path}.lifecycle.${hook}`;
    validateHandler(handler, at, ['exec', 'httpGet', 'tcpSocket', 'sleep'], errors);
    const seconds = handler.sleep?.seconds ?? 0;
    if (graceSeconds !== undefined && (seconds < 0 || seconds > graceSeconds)) {
      const text = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
      errors.push(invalid(`${at}.sleep`, seconds, text));
    }
  }
}

type AnyHandler = LifecycleHandler & { readonly grpc?: { readonly port: number } };

function validateHandler(handler: AnyHandler, path: string, names: readonly string[], errors: FieldError[]): void {
  let count = 0;
  for (const name of names) {
    const value = (handler as Readonly<Record<string, unknown>>)[name];
    if (value === undefined) continue;
    count += 1;
    const at = `${path}.${name}`;
    if (count > 1) errors.push(forbidden(at, 'may not specify more than 1 handler type'));
    else if (name === 'exec' && (handler.exec?.command ?? []).length === 0) errors.push(required(`${at}.command`));
    else if (name === 'httpGet') validateHttp(value as HttpGetAction, at, errors);
    else if (name === 'tcpSocket') validatePort(handler.tcpSocket?.port, `${at}.port`, errors);
    else if (name === 'grpc') validatePort(handler.grpc?.port, `${at}.port`, errors);
  }
  if (count === 0) errors.push(required(path, 'must specify a handler type'));
}

function validateHttp(action: HttpGetAction, path: string, errors: FieldError[]): void {
  if ((action.path ?? '') === '') errors.push(required(`${path}.path`));
  validatePort(action.port, `${path}.port`, errors);
  if (!['HTTP', 'HTTPS'].includes(action.scheme)) errors.push(notSupported(`${path}.scheme`, action.scheme, ['HTTP', 'HTTPS']));
  (action.httpHeaders ?? []).forEach((header) => {
    if (!/^[-A-Za-z0-9]+$/.test(header.name)) {
      const text =
        "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
      errors.push(invalid(`${path}.httpHeaders`, header.name, text));
    }
  });
}

function validatePort(port: number | string | undefined, path: string, errors: FieldError[]): void {
  if (typeof port === 'string') for (const problem of portNameProblems(port)) errors.push(invalid(path, port, problem));
  else if ((port ?? 0) < 1 || (port ?? 0) > 65_535) errors.push(invalid(path, port ?? 0, PORT_RANGE));
}

function validateVolumes(spec: PodSpec | undefined, path: string, errors: FieldError[]): Set<string> {
  const names = new Set<string>();
  (spec?.volumes ?? []).forEach((volume, index) => {
    const at = `${path}.volumes[${index}]`;
    const count = errors.length;
    const sources = Object.keys(volume).filter((field) => field !== 'name');
    sources.slice(1).forEach((source) => errors.push(forbidden(`${at}.${source}`, 'may not specify more than 1 volume type')));
    if ((volume.name ?? '') === '') errors.push(required(`${at}.name`));
    else {
      for (const problem of labelProblems(volume.name)) errors.push(invalid(`${at}.name`, volume.name, problem));
      if (names.has(volume.name)) errors.push(duplicate(`${at}.name`, volume.name));
    }
    // A volume with mistakes is none that could be mounted.
    if (errors.length === count) names.add(volume.name);
  });
  return names;
}

function validateHostname(spec: PodSpec, path: string, errors: FieldError[]): void {
  for (const field of ['hostname', 'subdomain']) {
    const value = spec[field];
    if (typeof value === 'string' && value !== '')
      for (const problem of labelProblems(value)) errors.push(invalid(`${path}.${field}`, value, problem));
  }
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function validateTolerations(tolerations: readonly Toleration[], path: string, errors: FieldError[]): void {
  tolerations.forEach((item, index) => {
    const at = `${path}[${index}]`;
    if ((item.key ?? '') !== '')
      for (const problem of qualifiedNameProblems(item.key ?? '')) errors.push(invalid(`${at}.key`, item.key, problem));
    if ((item.key ?? '') === '' && item.operator !== 'Exists')
      errors.push(
        invalid(
          `${at}.operator`,
          item.operator ?? '',
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    if (item.tolerationSeconds !== undefined && item.effect !== 'NoExecute')
      errors.push(invalid(`${at}.effect`, item.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    const operator = item.operator ?? 'Equal';
    if (operator === 'Exists' && (item.value ?? '') !== '')
      errors.push(invalid(`${at}.operator`, item.value, "value must be empty when `operator` is 'Exists'"));
    if (operator !== 'Exists' && operator !== 'Equal') errors.push(notSupported(`${at}.operator`, operator as string, ['Equal', 'Exists']));
    if (item.effect !== undefined && (item.effect as string) !== '' && !EFFECTS.includes(item.effect))
      errors.push(notSupported(`${at}.effect`, item.effect, EFFECTS));
  });
}
