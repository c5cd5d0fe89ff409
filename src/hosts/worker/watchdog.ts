// Ends a thread whose event loop does not turn any more. Silence is counted in looks of its own, not read off a clock: time in which this process was
// stopped, or busy itself, is nobody's silence.

import type { Pulse } from './pulse.ts';

/** Looks that make up the longest silence. */
const LOOKS = 10;

export class Watchdog {
  private readonly timer: NodeJS.Timeout;
  private lastBeats = 0;
  private silentLooks = 0;

  constructor(pulse: Pulse, silenceMsMax: number, onSilent: () => void) {
    this.timer = setInterval(() => {
      const { beats } = pulse;
      // A thread that has not begun has nothing to be silent about.
      this.silentLooks = beats === this.lastBeats && beats > 0 ? this.silentLooks + 1 : 0;
      this.lastBeats = beats;
      if (this.silentLooks < LOOKS) return;
      this.stop();
      onSilent();
    }, silenceMsMax / LOOKS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
