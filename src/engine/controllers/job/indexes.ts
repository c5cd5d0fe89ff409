// Completion indexes: sets of them as compressed lists like `0-2,5`, and the index that a pod carries.
// Upstream: pkg/controller/job/indexed_job_utils.go (v1.33). Rules: C324, C325.

import type { Pod } from '../../kinds/pod/types.ts';

export const INDEX_ANNOTATION = 'batch.kubernetes.io/job-completion-index';

/** The index of a pod, or undefined when it carries none that is below `completions`. */
export function indexOf(pod: Pod, completions: number): number | undefined {
  const text = pod.metadata.annotations?.[INDEX_ANNOTATION];
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const index = Number(text);
  return index < completions ? index : undefined;
}

/** Indexes of a compressed list that are below `completions`; what cannot be read counts as nothing. */
export function parseIndexes(text: string | undefined, completions: number): ReadonlySet<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) continue;
    const end = Math.min(Number(match[2] ?? match[1]), completions - 1);
    for (let index = Number(match[1]); index <= end; index += 1) indexes.add(index);
  }
  return indexes;
}

/** C324: a run of three and more becomes `a-b`. */
export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to + 1 < sorted.length && sorted[to + 1] === (sorted[to] as number) + 1) to += 1;
    const [first, last] = [sorted[from], sorted[to]];
    if (to === from) parts.push(`${first}`);
    else if (to === from + 1) parts.push(`${first}`, `${last}`);
    else parts.push(`${first}-${last}`);
    from = to + 1;
  }
  return parts.join(',');
}
