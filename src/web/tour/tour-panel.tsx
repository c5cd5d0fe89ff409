// The guided first visit, seven steps beside what they are about: each can be done by hand, by the page, or skipped.

import { useEffect, useState } from 'preact/hooks';
import { api, dataOf } from '../api/client.ts';
import type { Session } from '../cluster/session.ts';
import { attempt } from '../state/notices.ts';
import { route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { useLive } from '../objects/use-live.ts';
import { doStep } from './actions.ts';
import { isDone, type Seen, STEPS } from './progress.ts';
import { firstCluster, goToStep, keepCluster, shownSession, step } from './tour.ts';

export function TourPanel() {
  const at = step.value;
  const name = STEPS[at ?? 0] ?? 'create';
  const [isBusy, setBusy] = useState(false);
  const seen = useSeen(at !== undefined);
  if (at === undefined) return null;
  const done = isDone(name, seen);
  const [title, explanation] = text.tour.steps[name];
  const run = async () => {
    setBusy(true);
    await attempt(() => doStep(name));
    shownSession.value?.loadClock();
    setBusy(false);
  };
  return (
    <aside class="tour panel" aria-label={text.tour.title}>
      <header class="panel-head">
        <h2>
          {at + 1}/{STEPS.length} {title}
        </h2>
        <button type="button" class="quiet" aria-label={text.tour.end} title={text.tour.end} onClick={() => goToStep(undefined)}>
          ×
        </button>
      </header>
      <div class="pad">
        <p>{explanation}</p>
        <p role="status" class="small">
          {done ? `✓ ${text.tour.done}` : ''}
        </p>
        <div class="actions">
          <button type="button" disabled={at === 0} onClick={() => goToStep(at - 1)}>
            {text.tour.back}
          </button>
          <button type="button" disabled={done || isBusy} onClick={() => void run()}>
            {text.tour.doIt}
          </button>
          <button type="button" class={done ? 'primary' : ''} onClick={() => goToStep(at + 1)}>
            {at === STEPS.length - 1 ? text.tour.finish : text.tour.next}
          </button>
        </div>
      </div>
    </aside>
  );
}

/** The cluster that is looked at, as the steps see it. */
function useSeen(isWanted: boolean): Seen {
  const { cluster, object, tab } = route.value;
  const session = cluster === undefined ? undefined : shownSession.value;
  const version = session?.version.value ?? 0;
  const { value: faults } = useLive(`tour ${cluster ?? ''} ${isWanted}`, String(version), async () =>
    isWanted && cluster !== undefined ? readFaults(cluster) : undefined,
  );
  const isAtWork = step.value !== undefined && step.value > 0;
  useEffect(() => {
    if (isAtWork && firstCluster.value === undefined && cluster !== undefined) keepCluster(cluster);
  }, [isAtWork, cluster]);
  return {
    cluster,
    podStates: session === undefined ? [] : podStatesOf(session),
    // A fault that was ended is only in the history.
    wasBroken: session !== undefined && wasStruck(session),
    isBroken: faults?.some((state) => state !== 'over') ?? false,
    showsReasons: object?.startsWith('pods/') === true && (tab === undefined || tab === 'why'),
    isFork: cluster !== undefined && firstCluster.value !== undefined && cluster !== firstCluster.value,
  };
}

function wasStruck({ timeline }: Session): boolean {
  return [timeline, ...timeline.rows.values()].some(({ marks }) => marks.some(({ type }) => type === 'fault'));
}

function podStatesOf({ timeline, nowMs }: Session): readonly string[] {
  const states: string[] = [];
  for (const row of timeline.rows.values()) {
    const span = row.kind === 'pod' ? timeline.stateAt(row, nowMs.value ?? 0) : undefined;
    if (span !== undefined) states.push(span.state);
  }
  return states;
}

/** States of the faults of a cluster. */
async function readFaults(cluster: string): Promise<readonly string[]> {
  const { items } = await dataOf(api.GET('/v1/clusters/{cluster}/faults', { params: { path: { cluster }, query: {} } }));
  return items.map(({ state }) => state);
}
