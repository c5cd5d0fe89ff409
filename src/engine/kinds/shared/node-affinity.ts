// Node selectors and node affinity. Upstream: component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go,
// pkg/scheduler/framework/plugins/nodeaffinity (v1.33). Rules: C810, C811, C834, C1026.

import type { StringMap } from '../../apimachinery/meta.ts';
import type { Node } from '../node/types.ts';
import type { NodeSelectorRequirement, NodeSelectorTerm, Pod } from './pod-spec.ts';

/** True when the node satisfies spec.nodeSelector and the required node affinity. */
export function matchesRequiredAffinity(pod: Pod, node: Node): boolean {
  const { nodeSelector } = pod.spec;
  const labels = node.metadata.labels;
  for (const key in nodeSelector) if (labels?.[key] !== nodeSelector[key]) return false;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** Whether the pod restricts its nodes by labels at all. */
export function hasRequiredAffinity(pod: Pod): boolean {
  return (
    pod.spec.nodeSelector !== undefined || pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined
  );
}

/** C834: the weights of the preferred terms that match. */
export function preferredWeight(pod: Pod, node: Node): number {
  let weight = 0;
  for (const preferred of pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
    if (preferred.weight !== 0 && matchesTerm(preferred.preference, node)) weight += preferred.weight;
  }
  return weight;
}

/**
 * The names to which every term of the required affinity restricts the pod; undefined when some term names none. An empty set means
 * that the terms contradict themselves.
 */
export function requiredNodeNames(pod: Pod): ReadonlySet<string> | undefined {
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined || required.nodeSelectorTerms.length === 0) return undefined;
  const names = new Set<string>();
  for (const term of required.nodeSelectorTerms) {
    const termNames = namesOfTerm(term);
    if (termNames === undefined) return undefined;
    for (const name of termNames) names.add(name);
  }
  return names;
}

function namesOfTerm(term: NodeSelectorTerm): readonly string[] | undefined {
  let names: readonly string[] | undefined;
  for (const field of term.matchFields ?? []) {
    if (field.key !== 'metadata.name' || field.operator !== 'In') continue;
    const values = field.values ?? [];
    names = names === undefined ? values : names.filter((name) => values.includes(name));
  }
  return names;
}

/** C1026: expressions are ANDed; an empty term matches nothing. */
export function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return false;
  return (
    expressions.every((expression) => matchesExpression(expression, node.metadata.labels)) &&
    fields.every((field) => matchesExpression(field, { 'metadata.name': node.metadata.name }))
  );
}

const INTEGER = /^[+-]?\d+$/;

function matchesExpression(expression: NodeSelectorRequirement, labels: StringMap | undefined): boolean {
  const { key, operator, values = [] } = expression;
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const bound = values[0];
      if (value === undefined || bound === undefined || !INTEGER.test(value) || !INTEGER.test(bound)) return false;
      return operator === 'Gt'
        ? BigInt(value.replace('+', '')) > BigInt(bound.replace('+', ''))
        : BigInt(value.replace('+', '')) < BigInt(bound.replace('+', ''));
    }
  }
}
