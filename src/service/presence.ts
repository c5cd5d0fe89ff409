// Who waits for a cluster to go on, and whether they are done with what they got: a clock with rate `auto` goes on when nobody has been told or has
// done anything for a while of wall time. Contract, section 3.

export class Presence {
  /** Clients that wait. */
  count = 0;
  /** Those of them who look at everything that happens, not at changes of objects only. */
  followers = 0;
  /** Those who were handed something and have not come back for more. */
  private readers = 0;
  /** Reading of the monotonic clock when somebody last came, was told something or did something, and when somebody was last handed something. */
  private actedAtMs = Number.NEGATIVE_INFINITY;
  private readAtMs = Number.NEGATIVE_INFINITY;

  join(): void {
    this.count += 1;
    this.act();
  }

  leave(): void {
    this.count -= 1;
  }

  follow(by: 1 | -1): void {
    this.followers += by;
  }

  read(by: 1 | -1): void {
    this.readers += by;
    if (by === 1) this.readAtMs = performance.now();
  }

  /** Somebody was answered, or asked for something. */
  act(): void {
    this.actedAtMs = performance.now();
  }

  /** Whether somebody waits, and all who do have had `patienceMs` to say more. */
  isQuiet(patienceMs: number): boolean {
    if (this.count === 0) return false;
    const beforeMs = performance.now() - patienceMs;
    return this.actedAtMs <= beforeMs && (this.readers === 0 || this.readAtMs <= beforeMs);
  }
}
