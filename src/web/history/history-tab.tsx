// An object over time: its conditions as lanes, what it counts and the pods that belong to it as curves.

import { useMemo } from 'preact/hooks';
import type { Session } from '../cluster/session.ts';
import { Chart } from '../curves/chart.tsx';
import { RowChart } from '../curves/curve-view.tsx';
import { curvesOfSteps } from '../curves/curves.ts';
import type { Kind } from '../objects/kube-objects.ts';
import { useLive } from '../objects/use-live.ts';
import { text } from '../text/text.ts';
import type { Row, TimelineModel } from '../timeline/model.ts';
import { formatObject, type ObjectName, rowIdOf } from '../timeline/objects.ts';
import { ConditionLanes } from './condition-lanes.tsx';
import { HistoryReader } from './history-reader.ts';
import type { ObjectHistory } from './object-history.ts';

interface HistoryProps {
  readonly session: Session;
  readonly object: ObjectName;
  readonly kind: Kind;
}

export function HistoryTab({ session, object, kind }: HistoryProps) {
  const key = formatObject(object);
  // A stream that begins anew may tell another history: that of a cluster that was rewound.
  const { timeline } = session;
  const reader = useMemo(() => new HistoryReader(session.name, object, kind), [session, key, timeline]);
  const changed = session.revision.value;
  const { value, problem } = useLive(key, `${changed} ${timeline.fromMs}`, () => reader.read(Number(changed)));
  if (value === undefined) return <p class="muted">{problem ?? text.loading}</p>;
  const nowMs = session.nowMs.value ?? 0;
  const endMs = value.endMs ?? nowMs;
  const range = { fromMs: Math.min(value.fromMs ?? endMs, endMs - 1_000), toMs: endMs };
  const isPart = partOf(timeline, object);
  return (
    <div class="charts">
      {problem === undefined ? null : <p class="problem">{problem}</p>}
      <h3>{text.history.conditions}</h3>
      <ConditionLanes session={session} history={value} range={range} />
      {groupsOf(value).map(([group, series]) => (
        <Chart key={group} session={session} title={titleOf(group)} curves={curvesOfSteps(series, endMs)} range={range} />
      ))}
      {isPart === undefined ? null : <RowChart session={session} title={text.history.pods} range={range} isMeant={isPart} />}
    </div>
  );
}

type Series = ReturnType<ObjectHistory['numbers']['get']> & object;

function groupsOf({ numbers }: ObjectHistory): readonly (readonly [string, readonly Series[]])[] {
  const groups = new Map<string, Series[]>();
  for (const series of numbers.values()) groups.set(series.group, [...(groups.get(series.group) ?? []), series]);
  return [...groups];
}

function titleOf(group: string): string {
  return group === 'counts' ? text.history.counts : group === 'restarts' ? text.history.restarts : group;
}

/** Which rows are pods of an object; undefined where it has none. */
function partOf(timeline: TimelineModel, object: ObjectName): ((row: Row) => boolean) | undefined {
  if (object.resource === 'nodes') return ({ kind, node }: Row) => kind === 'pod' && node === object.name;
  const id = rowIdOf(formatObject(object));
  if (id === undefined || timeline.rows.get(id)?.kind !== 'workload') return undefined;
  const belongs = (row: Row): boolean => {
    const parent = row.parent === undefined ? undefined : timeline.rows.get(row.parent);
    return row.parent === id || (parent !== undefined && belongs(parent));
  };
  return (row) => row.kind === 'pod' && belongs(row);
}
