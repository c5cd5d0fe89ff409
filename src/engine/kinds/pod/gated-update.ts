// What may change about the place of a pod while gates keep it from being scheduled: more may be asked of its node, nothing less.
// Upstream: pkg/apis/core/validation/validation.go validateNodeSelectorMutation, validateNodeAffinityMutation (v1.33). Rules: I7, C802.

import { type FieldError, goText, invalid } from '../../apimachinery/field-errors.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { goTexts } from '../shared/field-checks.ts';
import type { NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '../shared/pod-spec.ts';
import { goMap } from '../shared/template.ts';

const TERMS = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
const SELECTOR = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';

export function validateGatedUpdate(spec: PodSpec, previous: PodSpec): FieldError[] {
  const isLess = Object.entries(previous.nodeSelector ?? {}).some(([key, value]) => spec.nodeSelector?.[key] !== value);
  return [
    ...(isLess ? [invalid('spec.nodeSelector', goText(goMap(spec.nodeSelector)), SELECTOR)] : []),
    ...validateTerms(termsOf(spec), termsOf(previous)),
  ];
}

function termsOf({ affinity }: PodSpec): readonly NodeSelectorTerm[] {
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
}

function validateTerms(terms: readonly NodeSelectorTerm[], previous: readonly NodeSelectorTerm[]): FieldError[] {
  if (previous.length === 0) return [];
  if (previous.length !== terms.length) {
    const text = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    const dump = terms.length === 0 ? '[]core.NodeSelectorTerm(nil)' : `[]core.NodeSelectorTerm{${terms.map(goTerm).join(', ')}}`;
    return [invalid(TERMS, goText(dump), text)];
  }
  return previous.flatMap((old, index) => {
    const term = terms[index] ?? {};
    if (onlyAdds(term, old)) return [];
    return [invalid(`${TERMS}[${index}]`, goText(goTerm(term)), 'only additions are allowed (no mutations or deletions)')];
  });
}

function onlyAdds(term: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const lists = [
    [term.matchExpressions ?? [], old.matchExpressions ?? []],
    [term.matchFields ?? [], old.matchFields ?? []],
  ] as const;
  if (lists.every(([, before]) => before.length === 0) && lists.some(([after]) => after.length > 0)) return false;
  return lists.every(([after, before]) => isJsonEqual(after.slice(0, before.length), before));
}

function goTerm({ matchExpressions, matchFields }: NodeSelectorTerm): string {
  return `core.NodeSelectorTerm{MatchExpressions:${goRequirements(matchExpressions)}, MatchFields:${goRequirements(matchFields)}}`;
}

function goRequirements(requirements: readonly NodeSelectorRequirement[] | undefined): string {
  const type = 'core.NodeSelectorRequirement';
  if (requirements === undefined) return `[]${type}(nil)`;
  const items = requirements.map(({ key, operator, values }) => {
    const list = values === undefined ? '[]string(nil)' : goTexts(values);
    return `${type}{Key:${JSON.stringify(key)}, Operator:${JSON.stringify(operator)}, Values:${list}}`;
  });
  return `[]${type}{${items.join(', ')}}`;
}
