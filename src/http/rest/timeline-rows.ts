// Steps of a timeline, put together by row.

import { inWords, type Language, type Mark, type TimelineStep } from '../../engine/cluster/index.ts';
import type { TimelineBody, TimelineStepBody } from './schemas/timeline.ts';

type RowBody = TimelineBody['rows'][number];
type MarkBody = TimelineBody['marks'][number];

export function collectRows(steps: readonly TimelineStep[], language: Language): Pick<TimelineBody, 'rows' | 'marks'> {
  const rows = new Map<string, RowBody>();
  const marks: MarkBody[] = [];
  const voids = voidMarks(steps);
  for (const step of steps) {
    if (step.type === 'mark' && voids.has(step.mark)) continue;
    const row = step.type === 'row' ? undefined : rows.get(step.row ?? '');
    if (step.type === 'row') rows.set(step.row.id, { spans: [], marks: [], ...rows.get(step.row.id), ...step.row });
    else if (step.type === 'mark') (row?.marks ?? marks).push(describeMark(step.mark, language));
    else if (step.type === 'end') endSpan(row, step.toMs);
    else {
      const { state, reason } = step.standing;
      endSpan(row, step.fromMs);
      const last = row?.spans.at(-1);
      // A state that was left for no time goes on.
      if (last?.toMs === step.fromMs && last.state === state && last.reason === reason) delete last.toMs;
      else row?.spans.push({ fromMs: step.fromMs, state, ...(reason === undefined ? {} : { reason }) });
    }
  }
  return { rows: [...rows.values()], marks };
}

/** Marks of faults that were ended before their time: they never struck. */
function voidMarks(steps: readonly TimelineStep[]): ReadonlySet<Mark> {
  const set = new Map<string, Mark>();
  const found = new Set<Mark>();
  for (const step of steps) {
    if (step.type !== 'mark' || step.mark.fault === undefined) continue;
    const known = set.get(step.mark.fault);
    if (known === undefined) set.set(step.mark.fault, step.mark);
    else if (step.mark.atMs < known.atMs) found.add(known);
  }
  return found;
}

/** A span of no time is none. */
function endSpan(row: RowBody | undefined, toMs: number): void {
  const last = row?.spans.at(-1);
  if (row === undefined || last === undefined || last.toMs !== undefined) return;
  if (last.fromMs === toMs) row.spans.pop();
  else last.toMs = toMs;
}

/** A step as a stream tells it. */
export function describeStep(step: TimelineStep, language: Language): TimelineStepBody {
  if (step.type === 'row') return { type: 'row', row: { ...step.row } };
  if (step.type === 'mark')
    return { type: 'mark', ...(step.row === undefined ? {} : { row: step.row }), mark: describeMark(step.mark, language) };
  if (step.type === 'end') return step;
  const { state, reason } = step.standing;
  return { type: 'span', row: step.row, fromMs: step.fromMs, state, ...(reason === undefined ? {} : { reason }) };
}

function describeMark(mark: Mark, language: Language): MarkBody {
  return { ...mark, text: inWords(mark.text, language) };
}
