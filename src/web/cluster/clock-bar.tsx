// The clock of a cluster: what it shows, and everything that turns it.

import { useMemo, useState } from 'preact/hooks';
import { clockWords } from '../clusters/cluster-card.tsx';
import { useKeys } from '../shell/keys.ts';
import { text } from '../text/text.ts';
import { formatDuration, formatElapsed, formatTime } from '../text/time.ts';
import { type Advance, parseAdvance } from './advance-grammar.ts';
import { ClockControl, type Rate } from './clock-control.ts';
import type { Session } from './session.ts';

const RATES: readonly Rate[] = [1, 10, 60, 600, 3600, 'auto'];
const ANY_POD_READY: Advance = { until: { for: 'condition=Ready', resource: 'pods' } };

export function ClockBar({ session }: { readonly session: Session }) {
  const control = useMemo(() => new ClockControl(session), [session]);
  useKeys({
    p: () => void control.toggle(),
    s: () => void control.turn({ steps: 1 }),
    1: () => void control.turn({ by: '10s' }),
    2: () => void control.turn({ by: '1m' }),
    3: () => void control.turn({ by: '1h' }),
  });
  return (
    <section class="clock-bar" aria-label={text.clock.title}>
      <ClockFace session={session} />
      <div class="turns">
        <button type="button" class="primary play" onClick={() => void control.toggle()}>
          {control.isRunning ? text.clock.pause : text.clock.play}
        </button>
        <RateChoice session={session} control={control} />
        <div class="group" role="group" aria-label={text.clock.turn}>
          <Turn label={text.clock.step} title={text.keys.step} body={{ steps: 1 }} control={control} />
          <Turn label="+10 s" title={text.keys.seconds} body={{ by: '10s' }} control={control} />
          <Turn label="+1 m" title={text.keys.minute} body={{ by: '1m' }} control={control} />
          <Turn label="+1 h" title={text.keys.hour} body={{ by: '1h' }} control={control} />
          <Turn label={text.clock.untilReady} body={ANY_POD_READY} control={control} />
          <Turn label={text.clock.untilIdle} body={{ until: 'idle' }} control={control} />
        </div>
        <FreeField control={control} />
        {control.isTurning.value ? (
          <button type="button" onClick={() => control.stop()}>
            {text.clock.stop}
          </button>
        ) : null}
      </div>
    </section>
  );
}

function RateChoice({ session, control }: { readonly session: Session; readonly control: ClockControl }) {
  const chosen = String(session.clock.value?.rate ?? control.rate.value);
  const rates = [...new Set([...RATES.map(String), chosen])];
  const choose = (value: string) => void control.choose(value === 'auto' ? 'auto' : Number(value));
  return (
    <label>
      <span class="hidden">{text.clock.rate}</span>
      <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
        {rates.map((rate) => (
          <option key={rate} value={rate}>
            {rate === 'auto' ? text.clock.auto : `${rate}×`}
          </option>
        ))}
      </select>
    </label>
  );
}

function ClockFace({ session }: { readonly session: Session }) {
  const clock = session.clock.value;
  const cluster = session.cluster.value;
  const nowMs = session.nowMs.value ?? (clock === undefined ? undefined : Date.parse(clock.now));
  if (clock === undefined || nowMs === undefined || cluster === undefined) return <p class="face muted">{text.loading}</p>;
  const nextMs = clock.nextChangeAt === null ? undefined : Date.parse(clock.nextChangeAt);
  const next = nextMs === undefined ? text.clock.nothingNext : text.clock.next(formatDuration(Math.max(0, nextMs - nowMs)));
  const { value: pastMs } = session.pastMs;
  const elapsed = (ms: number): string => formatElapsed((ms - Date.parse(cluster.startTime)) / 1000);
  return (
    <p class="face number">
      <strong data-testid="elapsed" class={pastMs === undefined ? '' : 'past-time'}>
        {elapsed(pastMs ?? nowMs)}
      </strong>
      <span class="muted small">
        {formatTime(new Date(pastMs ?? nowMs).toISOString())}
        <br />
        {pastMs === undefined ? `${clockWords(clock)} · ${next}` : `${text.timeline.present}: ${elapsed(nowMs)}`}
      </span>
    </p>
  );
}

interface TurnProps {
  readonly label: string;
  readonly title?: string;
  readonly body: Advance;
  readonly control: ClockControl;
}

function Turn({ label, title, body, control }: TurnProps) {
  return (
    <button type="button" title={title} disabled={control.isTurning.value} onClick={() => void control.turn(body)}>
      {label}
    </button>
  );
}

function FreeField({ control }: { readonly control: ClockControl }) {
  const [typed, setTyped] = useState('');
  const [isWrong, setWrong] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const body = parseAdvance(typed);
    setWrong(body === undefined);
    if (body !== undefined) void control.turn(body);
  };
  return (
    <form class="free" onSubmit={submit}>
      <input
        value={typed}
        aria-label={text.clock.free}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? 'free-hint' : undefined}
        placeholder={text.clock.freeExample}
        title={text.clock.freeHint}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <button type="submit" disabled={control.isTurning.value || typed.trim() === ''}>
        {text.clock.turn}
      </button>
      {isWrong ? (
        <span id="free-hint" class="problem small">
          {text.clock.freeHint}
        </span>
      ) : null}
    </form>
  );
}
