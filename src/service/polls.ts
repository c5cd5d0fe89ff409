// Who asks again and again for a cluster until something happens: for so long a clock that runs while somebody waits is wanted.

export class Polls {
  /** Readings of the monotonic clock, by cluster. */
  private readonly untilMs = new Map<string, number>();

  expect(cluster: string, withinMs: number): void {
    this.untilMs.set(cluster, performance.now() + withinMs);
  }

  isExpected(cluster: string): boolean {
    const untilMs = this.untilMs.get(cluster);
    if (untilMs !== undefined && untilMs <= performance.now()) this.untilMs.delete(cluster);
    return this.untilMs.has(cluster);
  }
}
