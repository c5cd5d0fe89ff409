// The conditions of an object over time: a lane for each, and in words when it became what, and why.

import type { Session } from '../cluster/session.ts';
import { sayTime } from '../cluster/session-time.ts';
import { text } from '../text/text.ts';
import { barsOf, type Range } from '../timeline/layout.ts';
import { lastNotAfter } from '../timeline/model.ts';
import type { ConditionSpan, ObjectHistory } from './object-history.ts';

interface LanesProps {
  readonly session: Session;
  readonly history: ObjectHistory;
  readonly range: Range;
}

export function ConditionLanes({ session, history, range }: LanesProps) {
  if (history.conditions.size === 0) return <p class="muted">{text.history.noConditions}</p>;
  const shownMs = session.shownMs.value ?? range.toMs;
  return (
    <ul class="conditions">
      {[...history.conditions].map(([type, spans]) => (
        <li key={type}>
          <Condition session={session} type={type} spans={spans} range={range} shownMs={shownMs} />
        </li>
      ))}
    </ul>
  );
}

interface ConditionProps {
  readonly session: Session;
  readonly type: string;
  readonly spans: readonly ConditionSpan[];
  readonly range: Range;
  readonly shownMs: number;
}

function Condition({ session, type, spans, range, shownMs }: ConditionProps) {
  const now = spans[lastNotAfter(spans, shownMs)];
  return (
    <details>
      <summary>
        <span class="condition-name">
          <bdi>{type}</bdi> <strong>{now === undefined || now.state === '' ? text.history.absent : now.state}</strong>{' '}
          <span class="muted small">
            <bdi>{now?.reason}</bdi>
          </span>
        </span>
        <Bars spans={spans} range={range} shownMs={shownMs} />
      </summary>
      <ol class="turns-of-condition small">
        {spans
          .slice(-TURNS_MAX)
          .reverse()
          .map((span) => (
            <li key={`${span.fromMs} ${span.state} ${span.reason}`}>
              <button type="button" class="link number" title={text.inspector.goTo} onClick={() => session.show(span.fromMs)}>
                {sayTime(session, span.fromMs)}
              </button>{' '}
              <strong>{span.state === '' ? text.history.absent : span.state}</strong>{' '}
              <bdi>{[span.reason, span.message].filter(Boolean).join(': ')}</bdi>
            </li>
          ))}
      </ol>
    </details>
  );
}

/** Turns of a condition that are told in words; more are seen on the lane. */
const TURNS_MAX = 100;
/** Spans that are shorter than a part of so many of a lane are one. */
const PARTS = 300;

/** Whether it is good that something is true depends on the condition: looks say only which it is. */
const LOOKS: Readonly<Record<string, string>> = { True: 'is-true', False: 'is-false', Unknown: 'is-unknown' };

function Bars({ spans, range, shownMs }: Omit<ConditionProps, 'session' | 'type'>) {
  const lengthMs = range.toMs - range.fromMs;
  const share = (ms: number) => `${(Math.min(1, Math.max(0, (ms - range.fromMs) / lengthMs)) * 100).toFixed(3)}%`;
  return (
    <span class="condition-lane" aria-hidden="true">
      {barsOf({ spans }, range, range.toMs, lengthMs / PARTS)
        .filter(({ state }) => state !== '')
        .map(({ state, fromMs, toMs }) => (
          <span
            key={fromMs}
            class={`condition-bar ${LOOKS[state] ?? 'is-unknown'}`}
            style={{ left: share(fromMs), right: `calc(100% - ${share(toMs)})` }}
          />
        ))}
      <span class="condition-moment" style={{ left: share(shownMs) }} />
    </span>
  );
}
