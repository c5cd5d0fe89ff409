// The ConfigMaps and Secrets that a container's environment names and that are not there, or lack a key.
// Upstream: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables (v1.33).

import { getObject } from '../../apiserver/api.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { configMapKind } from '../../kinds/configmap/index.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import { secretKind } from '../../kinds/secret/index.ts';
import { type Message, say } from '../words/message.ts';
import type { Reference } from './finding.ts';

interface Source {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

interface MissingSource {
  readonly reference: Reference;
  /** The object is there, its key is not. */
  readonly isKey: boolean;
  /** `the ConfigMap "settings"`. */
  readonly text: Message;
}

/** What is missing, in the order in which the container asks for it. */
export function missingSources(state: ClusterState, pod: Pod, container: Container): readonly MissingSource[] {
  const whole = (container.envFrom ?? []).flatMap((entry) => sourcesOf(entry, 'configMapRef', 'secretRef'));
  const keys = (container.env ?? []).flatMap(({ valueFrom }) => sourcesOf(valueFrom ?? {}, 'configMapKeyRef', 'secretKeyRef'));
  return [...whole, ...keys].flatMap((wanted) => missingOf(state, pod.metadata.namespace ?? '', wanted));
}

interface Wanted extends Source {
  readonly resource: 'configmaps' | 'secrets';
}

function sourcesOf(entry: Readonly<Record<string, unknown>>, map: string, secret: string): readonly Wanted[] {
  const of = (member: string, resource: Wanted['resource']): Wanted[] =>
    entry[member] === undefined ? [] : [{ ...(entry[member] as Source), resource }];
  return [...of(map, 'configmaps'), ...of(secret, 'secrets')];
}

function missingOf(state: ClusterState, namespace: string, { resource, name = '', key, optional }: Wanted): readonly MissingSource[] {
  if (optional === true) return [];
  const isSecret = resource === 'secrets';
  const found = getObject(state, isSecret ? secretKind : configMapKind, namespace, name);
  const text = say(isSecret ? 'secret' : 'configMap', { name });
  if (found === undefined) return [{ reference: { resource, namespace, name }, isKey: false, text }];
  const has = ['data', 'binaryData'].some((member) => key === undefined || Object.hasOwn((found[member] ?? {}) as object, key));
  return has ? [] : [{ reference: { resource, namespace, name, field: `data.${key ?? ''}` }, isKey: true, text }];
}
