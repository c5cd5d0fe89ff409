// The conditions of a namespace that is being emptied. Upstream: pkg/controller/namespace/deletion/status_condition_utils.go (v1.33). Rule C919.

import { compareText } from '../../apimachinery/text.ts';
import type { Condition } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';

/** What is left of one kind of content. */
export interface RemainingContent {
  /** `pods`, `replicasets`. */
  readonly plural: string;
  readonly group: string;
  readonly count: number;
  /** Finalizer → how many objects carry it. */
  readonly finalizers: ReadonlyMap<string, number>;
}

export interface ContentReport {
  readonly remaining: readonly RemainingContent[];
  /** Texts of what went wrong. */
  readonly errors: readonly string[];
}

interface Finding {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** Each type with its reason and message when all is well, in the order in which they are written. */
const WELL: readonly Finding[] = [
  { type: 'NamespaceDeletionDiscoveryFailure', reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' },
  {
    type: 'NamespaceDeletionGroupVersionParsingFailure',
    reason: 'ParsedGroupVersions',
    message: 'All legacy kube types successfully parsed',
  },
  {
    type: 'NamespaceDeletionContentFailure',
    reason: 'ContentDeleted',
    message: 'All content successfully deleted, may be waiting on finalization',
  },
  { type: 'NamespaceContentRemaining', reason: 'ContentRemoved', message: 'All content successfully removed' },
  { type: 'NamespaceFinalizersRemaining', reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' },
];

/** The five conditions after a pass; a condition that says the same as before keeps its time. */
export function namespaceConditions(present: readonly Condition[], report: ContentReport, nowMs: number): readonly Condition[] {
  const findings = findingsOf(report);
  return WELL.map((well): Condition => {
    const finding = findings.find((item) => item.type === well.type);
    const { type, reason, message } = finding ?? well;
    const status = finding === undefined ? 'False' : 'True';
    const before = present.find((condition) => condition.type === type);
    const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? null) : formatTime(nowMs);
    return { type, status, lastTransitionTime, reason, message };
  });
}

function findingsOf({ remaining, errors }: ContentReport): readonly Finding[] {
  const findings: Finding[] = [];
  if (errors.length > 0) {
    const message = `Failed to delete all resource types, ${errors.length} remaining: ${sorted(errors).join(', ')}`;
    findings.push({ type: 'NamespaceDeletionContentFailure', reason: 'ContentDeletionFailed', message });
  }
  const content = remaining.map(({ plural, group, count }) => `${plural}.${group} has ${count} resource instances`);
  if (content.length > 0) {
    const message = `Some resources are remaining: ${sorted(content).join(', ')}`;
    findings.push({ type: 'NamespaceContentRemaining', reason: 'SomeResourcesRemain', message });
  }
  const counts = new Map<string, number>();
  for (const { finalizers } of remaining) for (const [name, count] of finalizers) counts.set(name, (counts.get(name) ?? 0) + count);
  if (counts.size > 0) {
    const holders = [...counts].map(([name, count]) => `${name} in ${count} resource instances`);
    const message = `Some content in the namespace has finalizers remaining: ${sorted(holders).join(', ')}`;
    findings.push({ type: 'NamespaceFinalizersRemaining', reason: 'SomeFinalizersRemain', message });
  }
  return findings;
}

function sorted(texts: readonly string[]): string[] {
  return [...texts].sort(compareText);
}
