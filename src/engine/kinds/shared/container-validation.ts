// Validation of the containers of a pod: regular ones, init containers and ephemeral ones.
// Upstream: pkg/apis/core/validation/validation.go validateContainers, validateInitContainers, validateEphemeralContainers (v1.33).
// Rules: P4, P5, K401, M5.

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
import { labelProblems, portNameProblems } from '../../apimachinery/names.ts';
import { checkRange, eachItem, type Fields, invalidFor, requireChoice } from './field-checks.ts';
import { validateEnv, validateEnvFrom } from './env-validation.ts';
import { forbidHandlers, validateHandlers } from './handler-validation.ts';
import { validateDevices, validateMounts } from './mount-validation.ts';
import type { Container, ContainerPort, PodSpec } from './pod-spec.ts';
import { validateResources } from './resources-validation.ts';
import { validateContainerSecurity } from './security-validation.ts';
import type { Volumes } from './volume-validation.ts';
import { isRestartableInitContainer } from './pod-state.ts';

/** Errors of all containers. `path` is that of the spec. */
export function validateAllContainers(spec: PodSpec, volumes: Volumes, path: string): FieldError[] {
  const { containers = [], initContainers = [], ephemeralContainers = [], terminationGracePeriodSeconds: graceSeconds } = spec;
  const names = new Set<string>();
  const at = `${path}.containers`;
  const regular = eachItem(containers, at, (container, itemPath) => [
    ...validateContainer(container, spec, volumes, itemPath),
    ...checkName(container, names, itemPath),
    ...validateHandlers(container, itemPath, graceSeconds),
    ...(container.restartPolicy === undefined ? [] : [forbidden(`${itemPath}.restartPolicy`, 'may not be set for non-init containers')]),
  ]);
  return [
    ...(containers.length === 0 ? [required(at)] : [...regular, ...checkHostPorts(containers, at)]),
    ...eachItem(initContainers, `${path}.initContainers`, (container, itemPath) => [
      ...validateContainer(container, spec, volumes, itemPath),
      ...checkRestartPolicy(container, itemPath),
      ...checkName(container, names, itemPath),
      // Init containers run one by one, so that only their own ports are in each other's way. Upstream's path is that of the list.
      ...checkHostPorts([container], `${path}.initContainers`),
      ...(isRestartableInitContainer(container)
        ? validateHandlers(container, itemPath, graceSeconds)
        : forbidHandlers(container, itemPath)),
    ]),
    ...validateEphemeral(ephemeralContainers, spec, volumes, path),
  ];
}

/** What only pods are held to, not templates. */
export function checkImage({ image = '' }: Container, path: string): FieldError[] {
  return image === image.trim() ? [] : [invalid(`${path}.image`, image, 'must not have leading or trailing whitespace')];
}

/** What all containers have in common. */
function validateContainer(container: Container, spec: PodSpec, volumes: Volumes, path: string): FieldError[] {
  const { name = '', image = '' } = container;
  const security = container['securityContext'] as Fields | undefined;
  return [
    ...(name === '' ? [required(`${path}.name`)] : invalidFor(`${path}.name`, name, labelProblems(name))),
    ...(image === '' ? [required(`${path}.image`)] : []),
    ...requireChoice(`${path}.terminationMessagePolicy`, container.terminationMessagePolicy, ['File', 'FallbackToLogsOnError']),
    ...validatePorts(container.ports ?? [], `${path}.ports`),
    ...validateEnv(container.env, `${path}.env`),
    ...validateEnvFrom(container.envFrom, `${path}.envFrom`),
    ...validateMounts(container, volumes, `${path}.volumeMounts`),
    ...validateDevices(container, volumes, `${path}.volumeDevices`),
    ...requireChoice(`${path}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...validateResources(container.resources ?? {}, `${path}.resources`),
    ...validateResizePolicy(container, spec, `${path}.resizePolicy`),
    ...validateContainerSecurity(security, `${path}.securityContext`, spec['hostUsers'] !== false),
  ];
}

/** `names` are those of the containers before. */
function checkName({ name = '' }: Container, names: Set<string>, path: string): FieldError[] {
  if (names.has(name)) return [duplicate(`${path}.name`, name)];
  if (name !== '') names.add(name);
  return [];
}

function checkRestartPolicy({ restartPolicy }: Container, path: string): FieldError[] {
  return restartPolicy === undefined || restartPolicy === 'Always'
    ? []
    : [notSupported(`${path}.restartPolicy`, restartPolicy as string, ['Always'])];
}

function validatePorts(ports: readonly ContainerPort[], path: string): FieldError[] {
  const names = new Set<string>();
  return eachItem(ports, path, (port, at) => {
    const { name = '', containerPort = 0, hostPort = 0 } = port;
    const problems = name === '' ? [] : portNameProblems(name);
    const isRepeated = name !== '' && problems.length === 0 && names.has(name);
    names.add(name);
    return [
      ...invalidFor(`${at}.name`, name, problems),
      ...(isRepeated ? [duplicate(`${at}.name`, name)] : []),
      ...(containerPort === 0 ? [required(`${at}.containerPort`)] : checkRange(`${at}.containerPort`, containerPort, 1, 65_535)),
      ...(hostPort === 0 ? [] : checkRange(`${at}.hostPort`, hostPort, 1, 65_535)),
      ...requireChoice(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']),
    ];
  });
}

/** Ports of the node that more than one of the containers wants. */
function checkHostPorts(containers: readonly Container[], path: string): FieldError[] {
  const taken = new Set<string>();
  return eachItem(containers, path, ({ ports }, itemPath) =>
    eachItem(ports, `${itemPath}.ports`, ({ protocol, hostIP = '', hostPort = 0 }, at) => {
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (hostPort === 0) return [];
      if (taken.has(key)) return [duplicate(`${at}.hostPort`, key)];
      taken.add(key);
      return [];
    }),
  );
}

const RESIZED = ['cpu', 'memory'];
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'];

function validateResizePolicy(container: Container, { restartPolicy }: PodSpec, path: string): FieldError[] {
  const names = new Set<string>();
  const policies = container['resizePolicy'] as readonly { readonly resourceName?: string; readonly restartPolicy?: string }[] | undefined;
  return eachItem(policies, path, ({ resourceName: name = '', restartPolicy: policy = '' }, at) => {
    const repeated = names.has(name) ? [duplicate(at, goText(name))] : [];
    names.add(name);
    const never = "must be 'NotRequired' when `restartPolicy` is 'Never'";
    return [
      ...repeated,
      ...(name === '' ? [required(path)] : RESIZED.includes(name) ? [] : [notSupported(path, goText(name), RESIZED)]),
      ...requireChoice(path, policy, RESIZE_POLICIES),
      ...(restartPolicy === 'Never' && policy !== 'NotRequired' ? [invalid(path, policy, never)] : []),
    ];
  });
}

/** Members that an ephemeral container may not have, in the order of upstream's type; `restartPolicy` and `resizePolicy` are among them. */
const FORBIDDEN_FOR_EPHEMERAL = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
];
const NOT_FOR_EPHEMERAL = 'cannot be set for an Ephemeral Container';

/** What is wrong with the ephemeral containers of a pod (M5). */
function validateEphemeral(containers: readonly Container[], spec: PodSpec, volumes: Volumes, path: string): FieldError[] {
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name));
  const names = new Set(others);
  return eachItem(containers, `${path}.ephemeralContainers`, (container, at) => {
    const target = (container['targetContainerName'] ?? '') as string;
    const isRepeated = names.has(container.name);
    names.add(container.name);
    return [
      ...validateContainer(container, spec, volumes, at),
      ...checkImage(container, at),
      ...(isRepeated ? [duplicate(`${at}.name`, container.name)] : []),
      ...(target !== '' && !others.has(target) ? [notFoundValue(`${at}.targetContainerName`, target)] : []),
      ...FORBIDDEN_FOR_EPHEMERAL.filter((member) => isSet(container[member])).map((member) =>
        forbidden(`${at}.${member}`, NOT_FOR_EPHEMERAL),
      ),
      ...eachItem(container.volumeMounts, `${at}.volumeMounts`, (mount, mountPath) =>
        ['subPath', 'subPathExpr']
          .filter((member) => (mount[member] ?? '') !== '')
          .map((member) => forbidden(`${mountPath}.${member}`, NOT_FOR_EPHEMERAL)),
      ),
    ];
  });
}

/** The defaults leave an empty object where nothing was said of resources. */
function isSet(value: unknown): boolean {
  return value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
