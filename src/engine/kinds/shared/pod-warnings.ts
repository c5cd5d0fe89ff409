// Warnings about a pod spec: accepted, but worth a word (P4, A8, C160).
// Upstream: pkg/api/pod/warnings.go, pkg/api/node/util.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import { labelProblems } from '../../apimachinery/names.ts';
import { isWholeQuantity } from '../../apimachinery/quantity.ts';
import type { PodSpec } from './pod-spec.ts';
import type { PodTemplateSpec } from './types.ts';

/** Warnings about a pod spec. */
export function warnAboutPodSpec(spec: PodSpec, path: string): string[] {
  const warnings: string[] = [...warnAboutNodeLabels(spec, path)];
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0)
    warnings.push(`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`);
  spec.containers.forEach((container, index) => {
    const at = `${path}.containers[${index}]`;
    (container.ports ?? []).forEach((port, position) => {
      const first = (container.ports ?? []).findIndex(
        (other) => other.containerPort === port.containerPort && other.protocol === port.protocol,
      );
      if (first < position) warnings.push(`${at}.ports[${position}]: duplicate port definition with ${at}.ports[${first}]`);
    });
    for (const list of ['limits', 'requests'] as const) {
      for (const [name, quantity] of Object.entries(container.resources?.[list] ?? {})) {
        if ((name === 'memory' || name === 'ephemeral-storage') && !isWholeQuantity(quantity)) {
          warnings.push(
            `${at}.resources.${list}[${name}]: fractional byte value ${JSON.stringify(quantity)} is invalid, must be an integer`,
          );
        }
      }
    }
  });
  return warnings;
}

/** Labels of nodes that have newer names. */
const DEPRECATED_NODE_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

function warnAboutNodeLabels(spec: PodSpec, path: string): string[] {
  return Object.keys(spec.nodeSelector ?? {}).flatMap((key) =>
    Object.hasOwn(DEPRECATED_NODE_LABELS, key) ? [`${path}.nodeSelector[${key}]: ${DEPRECATED_NODE_LABELS[key]}`] : [],
  );
}

/**
 * Warnings about a workload: on creation about a name that its pods will carry, and about a template that is new. DaemonSets and StatefulSets say
 * nothing of names (`namesPods`).
 */
export function warnAboutWorkload<T extends KubeObject>(
  templateOf: (object: T) => PodTemplateSpec | undefined,
  path: string,
  namesPods: boolean,
): (object: T, previous: T | undefined) => readonly string[] {
  return (object, previous) => {
    const template = templateOf(object);
    const isSame = previous !== undefined && templateOf(previous) === template;
    const problems = namesPods && previous === undefined ? labelProblems(object.metadata.name) : [];
    const names = problems.length === 0 ? [] : [`${POD_NAMES} [${problems.join(' ')}]`];
    return [...names, ...(isSame || template?.spec === undefined ? [] : warnAboutPodSpec(template.spec, `${path}.spec`))];
  };
}

/** Warnings about the name of a pod. */
export function warnAboutHostname(name: string): readonly string[] {
  const problems = labelProblems(name);
  return problems.length === 0 ? [] : [`${HOSTNAME} [${problems.join(' ')}]`];
}

const POD_NAMES =
  'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended:';
const HOSTNAME = "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended:";
