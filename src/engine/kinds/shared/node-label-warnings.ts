// Warnings about labels of nodes that have newer names. Upstream: pkg/api/node/util.go (v1.33). Rule: P4.

import type { StringMap } from '../../apimachinery/meta.ts';
import { labelValueProblems } from '../../apimachinery/names.ts';
import type { NodeSelectorTerm } from './pod-spec.ts';

const DEPRECATED: ReadonlyMap<string, string> = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  ['failure-domain.beta.kubernetes.io/region', 'deprecated since v1.17; use "topology.kubernetes.io/region" instead'],
  ['failure-domain.beta.kubernetes.io/zone', 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
  ['beta.kubernetes.io/instance-type', 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'],
  ['app.kubernetes.io/created-by', 'deprecated since v1.9'],
  ['scheduler.alpha.kubernetes.io/preferAvoidPods', 'deprecated since v1.22; use Taints and Tolerations instead'],
  ['node-role.kubernetes.io/master', 'use "node-role.kubernetes.io/control-plane" instead'],
]);

/** What to use instead of a label, or undefined. */
export function deprecationOf(label: string): string | undefined {
  return DEPRECATED.get(label);
}

/** `spec.nodeSelector[<label>]: <text>`. */
export function warnAboutNodeLabels(selector: StringMap | undefined, pathOf: (label: string) => string): string[] {
  return Object.keys(selector ?? {}).flatMap((label) => {
    const text = DEPRECATED.get(label);
    return text === undefined ? [] : [`${pathOf(label)}: ${text}`];
  });
}

/** Preferred terms are not validated, so that their values are warned about as well. */
export function warnAboutNodeTerm(term: NodeSelectorTerm | undefined, path: string, checksValues: boolean): string[] {
  return (term?.matchExpressions ?? []).flatMap(({ key, values = [] }, index) => {
    const at = `${path}.matchExpressions[${index}]`;
    const text = DEPRECATED.get(key);
    const wrong = (value: string, position: number): string[] =>
      labelValueProblems(value).map((problem) => `${at}.values[${position}]: ${value} is invalid, ${problem}`);
    return [...(text === undefined ? [] : [`${at}.key: ${key} is ${text}`]), ...(checksValues ? values.flatMap(wrong) : [])];
  });
}
