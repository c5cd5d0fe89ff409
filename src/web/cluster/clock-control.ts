// What turns the clock: one advance at a time, which can be stopped.

import { signal } from '@preact/signals';
import { api, dataOf } from '../api/client.ts';
import type { Schemas } from '../api/schemas.ts';
import { attempt, say } from '../state/notices.ts';
import { text } from '../text/text.ts';
import { formatDuration } from '../text/time.ts';
import type { Advance } from './advance-grammar.ts';
import type { Session } from './session.ts';

export type Rate = number | 'auto';

export class ClockControl {
  readonly isTurning = signal(false);
  /** At which it runs, or would. */
  readonly rate = signal<Rate>(10);
  private readonly session: Session;
  private abort: AbortController | undefined;

  constructor(session: Session) {
    this.session = session;
  }

  get isRunning(): boolean {
    return this.session.clock.value?.mode === 'running';
  }

  async turn(body: Advance): Promise<void> {
    if (this.abort !== undefined) return;
    const { signal } = (this.abort = new AbortController());
    this.isTurning.value = true;
    this.session.show(undefined);
    const params = { path: { cluster: this.session.name } };
    await attempt(async () => {
      try {
        tell(await dataOf(api.POST('/v1/clusters/{cluster}/clock/advance', { params, body, signal })));
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    });
    this.abort = undefined;
    this.isTurning.value = false;
    await this.session.loadClock();
  }

  stop(): void {
    this.abort?.abort();
  }

  async toggle(): Promise<void> {
    await this.run(this.isRunning ? undefined : this.rate.value);
  }

  async choose(rate: Rate): Promise<void> {
    this.rate.value = rate;
    if (this.isRunning) await this.run(rate);
  }

  private async run(rate: Rate | undefined): Promise<void> {
    const params = { path: { cluster: this.session.name } };
    const body = rate === undefined ? ({ mode: 'manual' } as const) : ({ mode: 'running', rate } as const);
    await attempt(async () => {
      this.session.clock.value = await dataOf(api.PUT('/v1/clusters/{cluster}/clock', { params, body }));
      if (rate !== undefined) this.session.show(undefined);
    });
  }
}

function tell({ from, now, watchEvents, reached, nearest, explanation }: Schemas['AdvanceResult']): void {
  const passed = formatDuration(Date.parse(now) - Date.parse(from));
  if (reached) {
    say(text.clock.turned(passed, watchEvents));
    return;
  }
  const why = explanation?.[0]?.sentence ?? '';
  const where = nearest === undefined ? '' : `${nearest.resource}/${nearest.name}: ${nearest.state}. `;
  say(`${text.clock.notReached(passed)} ${where}${why}`, true);
}
