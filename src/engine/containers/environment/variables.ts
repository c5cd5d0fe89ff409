// The environment of a container: service variables, `envFrom`, `env`, and the commands that refer to it.
// Upstream: pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables), container/helpers.go (ExpandContainerCommandAndArgs) (v1.33). Rule: K233.
// Upstream's order of variables is that of a Go map; here it is that of the manifest.

import { decodeBase64 } from '../../apimachinery/base64.ts';
import { ARGUMENT_LENGTH_MAX, ARGUMENTS_LENGTH_MAX } from '../../kernel/limits.ts';
import type { StringMap } from '../../apimachinery/meta.ts';
import type { Container, EnvVar, Pod } from '../../kinds/pod/types.ts';
import { expand } from './expansion.ts';
import { fieldValue, type PodAddresses } from './fields.ts';
import type { Outcome } from './outcome.ts';
import { ownValue } from './own.ts';
import { type ResourceSelector, resourceValue } from './resources.ts';
import { KUBERNETES_SERVICE, type ServiceLink, serviceVariables } from './services.ts';

export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** Data of the objects a pod may refer to, and what else its environment depends on. */
export interface EnvironmentSources extends PodAddresses {
  /** The data of a ConfigMap of the pod's namespace, or undefined when there is no such object. */
  configMap(name: string): { readonly data?: StringMap; readonly binaryData?: StringMap } | undefined;
  /** The data of a Secret, base64. */
  secret(name: string): { readonly data?: StringMap } | undefined;
  /** Services of the pod's namespace that have a cluster IP; `kubernetes` is always added. */
  readonly services: readonly ServiceLink[];
  /** `status.allocatable` of the node. */
  readonly allocatable: StringMap;
}

export interface Environment {
  readonly variables: readonly Variable[];
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly hostname: string;
  /** The process cannot be executed with so much. */
  readonly isTooLong: boolean;
}

/** What a container's process is given, or why it cannot be made. The runtime adds HOSTNAME, which no `$(...)` sees. */
export function containerEnvironment(pod: Pod, container: Container, sources: EnvironmentSources): Outcome<Environment> {
  const made = kubeletVariables(pod, container, sources);
  if (!made.ok) return made;
  const values = new Map(made.value.map((variable) => [variable.name, variable.value]));
  const room = { left: ARGUMENTS_LENGTH_MAX };
  const expanded = (texts: readonly string[] | undefined): string[] =>
    (texts ?? []).map((text) => {
      const word = room.left < 0 ? '' : expand(text, (name) => values.get(name));
      room.left -= word.length;
      return word;
    });
  const hostname = hostnameOf(pod);
  const [command, args] = [expanded(container.command), expanded(container.args)];
  return {
    ok: true,
    value: {
      variables: values.has('HOSTNAME') ? made.value : [{ name: 'HOSTNAME', value: hostname }, ...made.value],
      command,
      args,
      hostname,
      isTooLong: isTooLong(made.value, [...command, ...args]),
    },
  };
}

/** What Linux says of so many variables and arguments (E2BIG). */
function isTooLong(variables: readonly Variable[], words: readonly string[]): boolean {
  const lengths = [...variables.map(({ name, value }) => name.length + 1 + value.length), ...words.map((word) => word.length)];
  return (
    lengths.some((length) => length > ARGUMENT_LENGTH_MAX) || lengths.reduce((sum, length) => sum + length + 1, 0) > ARGUMENTS_LENGTH_MAX
  );
}

/** Names that are longer are cut (a host name has 63 characters at most). */
const HOSTNAME_LENGTH_MAX = 63;

/** The host name inside the pod's containers. */
export function hostnameOf(pod: Pod): string {
  if (pod.spec.hostNetwork === true) return pod.spec.nodeName ?? '';
  const own = pod.spec['hostname'];
  const name = typeof own === 'string' && own !== '' ? own : pod.metadata.name;
  return name.length <= HOSTNAME_LENGTH_MAX ? name : name.slice(0, HOSTNAME_LENGTH_MAX).replace(/[-.]+$/, '');
}

/** All variables the kubelet hands to the runtime, without HOSTNAME. */
function kubeletVariables(pod: Pod, container: Container, sources: EnvironmentSources): Outcome<readonly Variable[]> {
  const links = pod.spec['enableServiceLinks'] === false ? [] : sources.services.filter((service) => service.name !== 'kubernetes');
  const services = new Map(serviceVariables([KUBERNETES_SERVICE, ...links]).map((variable) => [variable.name, variable.value]));
  const values = new Map<string, string>();
  const error = addFrom(values, container, sources) ?? addDeclared(values, services, pod, container, sources);
  if (error !== undefined) return { ok: false, error };
  // A declared variable hides the service's of the same name.
  for (const [name, value] of services) if (!values.has(name)) values.set(name, value);
  return { ok: true, value: Array.from(values, ([name, value]) => ({ name, value })) };
}

interface EnvFrom {
  readonly prefix?: string;
  readonly configMapRef?: Reference;
  readonly secretRef?: Reference;
}

interface Reference {
  readonly name?: string;
  readonly optional?: boolean;
}

interface KeyReference extends Reference {
  readonly key: string;
}

function addFrom(values: Map<string, string>, container: Container, sources: EnvironmentSources): string | undefined {
  const room = { left: ARGUMENTS_LENGTH_MAX };
  for (const { prefix = '', configMapRef, secretRef } of (container.envFrom ?? []) as readonly EnvFrom[]) {
    const reference = configMapRef ?? secretRef;
    const name = reference?.name ?? '';
    const data = configMapRef !== undefined ? sources.configMap(name) : sources.secret(name);
    if (data === undefined) {
      if (reference === undefined || reference.optional === true) continue;
      return `${configMapRef !== undefined ? 'configmap' : 'secret'} ${JSON.stringify(name)} not found`;
    }
    for (const [key, value] of Object.entries(data.data ?? {})) {
      // What comes behind so much is never seen: nothing is executed with it.
      if (room.left < 0) break;
      room.left -= prefix.length + key.length + value.length / 2;
      values.set(prefix + key, configMapRef !== undefined ? value : decodeBase64(value));
    }
  }
  return undefined;
}

/** A later variable sees the earlier ones, those of `envFrom` and the services. */
function addDeclared(
  values: Map<string, string>,
  services: ReadonlyMap<string, string>,
  pod: Pod,
  container: Container,
  sources: EnvironmentSources,
): string | undefined {
  const room = { left: ARGUMENTS_LENGTH_MAX };
  for (const variable of container.env ?? []) {
    if (room.left < 0) return undefined;
    if ((variable.value ?? '') !== '' || variable.valueFrom === undefined) {
      const value = expand(variable.value ?? '', (name) => values.get(name) ?? services.get(name));
      room.left -= value.length;
      values.set(variable.name, value);
      continue;
    }
    const found = sourceValue(variable.valueFrom, pod, container, sources);
    if (!found.ok) return found.error;
    room.left -= found.value?.length ?? 0;
    if (found.value !== undefined) values.set(variable.name, found.value);
  }
  return undefined;
}

/** Undefined: an optional source that is not there, so the variable is left out. */
function sourceValue(
  valueFrom: NonNullable<EnvVar['valueFrom']>,
  pod: Pod,
  container: Container,
  sources: EnvironmentSources,
): Outcome<string | undefined> {
  const field = valueFrom['fieldRef'] as { readonly fieldPath: string } | undefined;
  if (field !== undefined) return fieldValue(field.fieldPath, pod, sources);
  const resource = valueFrom['resourceFieldRef'] as ResourceSelector | undefined;
  if (resource !== undefined) return resourceValue(resource, pod, container, sources.allocatable);
  const fromMap = valueFrom['configMapKeyRef'] as KeyReference | undefined;
  const fromSecret = valueFrom['secretKeyRef'] as KeyReference | undefined;
  const reference = fromMap ?? fromSecret;
  if (reference === undefined) return { ok: true, value: '' };
  const name = reference.name ?? '';
  const object = fromMap !== undefined ? sources.configMap(name) : sources.secret(name);
  const value = ownValue(object?.data, reference.key);
  if (value !== undefined) return { ok: true, value: fromMap !== undefined ? value : decodeBase64(value) };
  if (reference.optional === true) return { ok: true, value: undefined };
  if (object === undefined)
    return { ok: false, error: `${fromMap !== undefined ? 'configmap' : 'secret'} ${JSON.stringify(name)} not found` };
  const kind = fromMap !== undefined ? 'ConfigMap' : 'Secret';
  return { ok: false, error: `couldn't find key ${reference.key} in ${kind} ${pod.metadata.namespace ?? ''}/${name}` };
}
